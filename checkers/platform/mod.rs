//! What the models are written with, the same under both checkers.
//!
//! `crate::checker` is loom or shuttle. Both have the locks and threads of `std` with the same names, but each operation
//! is a place at which the checker may go on with another thread.

pub(crate) mod fault;
pub(crate) mod fences;
pub(crate) mod futex;
mod locks;
mod notes;
pub(crate) mod processes;

use std::sync::Arc;

use crate::checker::thread;

pub use fault::{Fault, set_fault};
pub use locks::{Condvar, Mutex, MutexGuard};
pub use notes::{forget_notes, note, notes};

/// Runs each function in a thread of its own, all at the same time, and waits for all. A function is given what all
/// share, and the number of its thread. Thread 0 is the one that calls: each further thread makes more schedules.
pub fn together<T, const N: usize>(shared: T, threads: [fn(&T, usize); N]) -> Arc<T>
where
    T: Send + Sync + 'static,
{
    let shared = Arc::new(shared);
    let mut others = Vec::new();
    for (number, run) in threads.into_iter().enumerate().skip(1) {
        let shared = Arc::clone(&shared);
        others.push(thread::spawn(move || run(&shared, number)));
    }
    threads[0](&shared, 0);
    for other in others {
        other.join().expect("a panic has ended the execution");
    }
    shared
}
