//! Loom's cell: it fails if two threads use what is in it at the same time, and one of them writes.

use loom::cell;

/// As the project's cell.
#[derive(Debug)]
pub struct UnsafeCell<T>(cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// With this value.
    pub fn new(value: T) -> Self {
        Self(cell::UnsafeCell::new(value))
    }

    /// For reading.
    pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        self.0.with(read)
    }

    /// For writing.
    pub fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        self.0.with_mut(write)
    }
}
