//! The project's own locks, compiled for a checker: the files that run, with the `platform` of the checker.

#[path = "../examples-shared-memory/src/sync/barrier.rs"]
mod barrier;
#[path = "../examples-shared-memory/src/sync/condvar.rs"]
mod condvar;
#[path = "../examples-shared-memory/src/sync/event.rs"]
mod event;
#[path = "../examples-shared-memory/src/sync/limit.rs"]
mod limit;
#[path = "../examples-shared-memory/src/sync/mutex.rs"]
mod mutex;
#[path = "../examples-shared-memory/src/sync/queue.rs"]
mod queue;
#[path = "../examples-shared-memory/src/sync/refused.rs"]
mod refused;
#[path = "../examples-shared-memory/src/sync/ring.rs"]
mod ring;
#[path = "../examples-shared-memory/src/sync/semaphore.rs"]
mod semaphore;

use std::ops::Deref;

pub use barrier::Barrier;
pub use condvar::Condvar;
pub use event::Event;
pub use mutex::{Mutex, MutexGuard};
pub use queue::Queue;
pub use refused::Refused;
pub use ring::{Consumer, Producer, Ring};
pub use semaphore::{Permit, Semaphore};

/// A value, without the cache lines of its own that it has outside: a checker has no caches.
#[derive(Debug, Default)]
pub(crate) struct Apart<T>(pub(crate) T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
