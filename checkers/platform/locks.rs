//! The checker's mutex and condition variable, without `unwrap` at each use: a thread that panics ends the execution,
//! so no other thread ever sees a poisoned lock.

use crate::checker::sync;
pub use crate::checker::sync::MutexGuard;

/// A mutex.
#[derive(Debug)]
pub struct Mutex<T>(sync::Mutex<T>);

impl<T> Mutex<T> {
    /// A mutex round this value.
    pub fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    /// Waits until no other thread has the lock, and takes it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().expect("a panic has ended the execution")
    }

    /// Takes the lock if no other thread has it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().ok()
    }
}

/// A condition variable.
#[derive(Debug)]
pub struct Condvar(sync::Condvar);

impl Condvar {
    /// One for which no thread waits.
    #[expect(
        clippy::new_without_default,
        reason = "as the checker's own, which has no default either"
    )]
    pub fn new() -> Self {
        Self(sync::Condvar::new())
    }

    /// Releases the lock and waits for a notification, in one step. Then takes the lock again, which is another step.
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        let guard = self.0.wait(guard);
        guard.expect("a panic has ended the execution")
    }

    /// Wakes up one of the threads that wait.
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Wakes up all threads that wait.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}
