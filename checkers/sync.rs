//! The project's own locks, compiled for a checker: the files that run, with the `platform` of the checker.

#[path = "../examples-shared-memory/src/sync/barrier.rs"]
mod barrier;

use std::ops::Deref;

pub use barrier::Barrier;

/// A value, without the cache lines of its own that it has outside: a checker has no caches.
#[derive(Debug, Default)]
pub(crate) struct Apart<T>(pub(crate) T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
