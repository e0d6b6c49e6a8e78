//! As `std::sync`, but also for processes: each of these types may lie in memory that processes share.
//!
//! A type of `std::sync` may not: what it is made of is not promised, and a thread that sleeps on it is found by an
//! address that means something in one process only. These types have no pointers, and their sleepers are found by the
//! memory itself. Each, except the condition variable, spins for a bounded time before it sleeps, because waking up a
//! thread costs more than most waits. A process that is killed gives nothing back: neither a lock nor a permit. So a wait
//! that must survive this has a time limit. Only `RobustMutex` (Linux) and [`Ring`] report that a process has ended.
//!
//! A child that is forked while its parent has a guard or a permit has a copy of it. The child must neither use nor drop
//! the copy (a child that ends by `_exit` does not): to drop it would unlock what its parent has locked.

mod barrier;
mod condvar;
mod event;
mod limit;
mod mutex;
mod queue;
mod refused;
mod ring;
#[cfg(target_os = "linux")]
mod robust_mutex;
mod semaphore;

use std::ops::Deref;

pub use barrier::Barrier;
pub use condvar::Condvar;
pub use event::Event;
pub use mutex::{Mutex, MutexGuard};
pub use queue::Queue;
pub use refused::Refused;
pub use ring::{Consumer, Producer, Ring};
#[cfg(target_os = "linux")]
pub use robust_mutex::{HalfChanged, LockError, RobustGuard, RobustMutex};
pub use semaphore::{Permit, Semaphore};

/// A value on cache lines of its own: two lines, because some processors fetch lines in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Apart<T>(pub(crate) T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
