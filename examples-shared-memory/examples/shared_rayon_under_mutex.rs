//! A rayon call while a mutex is locked: the worker that waits for its subtask runs another task
//! meanwhile. That task wants the same mutex, and waits for its own thread.
//!
//! A rayon worker that waits does not sleep while the pool has other tasks. It runs one of them, on
//! top of the function that waits. The function below holds the mutex, and cannot go on before the
//! task above it has ended. In this program, barriers force that order, and the task only tries to
//! lock. The mended version calls rayon first, and locks to store the result.
//!
//! Run: `cargo run --example shared_rayon_under_mutex`
//!
//! Expected output:
//!
//! ```text
//! broken: the first task locks, calls rayon, and adds
//!   while it waits, its worker runs the second task, which finds the mutex locked
//! mended: the first task calls rayon, locks, and adds
//!   while it waits, its worker runs the second task, which finds the mutex free
//! the total is 500500 each time, as in serial
//! ```
//!
//! Try: write `eprintln!("{}", std::backtrace::Backtrace::force_capture());` as the first line of
//! `second_task`. In each of the two lists, find `second_task`, and below it the first task: both
//! are on the stack of the same thread.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use parking_lot::Mutex;
use rayon::{ThreadPoolBuilder, current_thread_index, join};
use workloads::println;

const SERIAL: u64 = 500_500; // 1 + 2 + ... + 1000

static TOTAL: Mutex<u64> = Mutex::new(0);
static FIRST_WORKER: AtomicUsize = AtomicUsize::new(0);
static HALVES_RUN: Barrier = Barrier::new(3); // Both halves of the first task, and `main`.
static SECOND_TASK_HAS_LOOKED: Barrier = Barrier::new(2);

fn main() {
    println!("broken: the first task locks, calls rayon, and adds");
    assert!(run(first_task_broken));
    println!("mended: the first task calls rayon, locks, and adds");
    assert!(!run(first_task_mended));
    println!("the total is {SERIAL} each time, as in serial");
}

/// Returns whether the second task found the mutex locked.
fn run(first_task: fn()) -> bool {
    *TOTAL.lock() = 0;
    let mut locked = false;
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("the system can start two threads");
    pool.in_place_scope(|scope| {
        scope.spawn(|_| first_task());
        HALVES_RUN.wait(); // Now both workers are busy with the first task.
        scope.spawn(|_| locked = second_task());
    });
    assert_eq!(*TOTAL.lock(), SERIAL);
    locked
}

fn first_task_broken() {
    let mut total = TOTAL.lock();
    let (low, high) = join(low_half, high_half); // Waits for both halves.
    *total += low + high;
}

fn first_task_mended() {
    let (low, high) = join(low_half, high_half);
    *TOTAL.lock() += low + high;
}

fn low_half() -> u64 {
    let worker = current_thread_index().expect("it is a worker of the pool");
    FIRST_WORKER.store(worker, Relaxed);
    HALVES_RUN.wait();
    (1..=500).sum()
}

fn high_half() -> u64 {
    HALVES_RUN.wait(); // So the other worker has stolen this half.
    SECOND_TASK_HAS_LOOKED.wait(); // So this half takes longer than the other one.
    (501..=1_000).sum()
}

fn second_task() -> bool {
    let worker = current_thread_index().expect("it is a worker of the pool");
    assert_eq!(worker, FIRST_WORKER.load(Relaxed));
    let locked = TOTAL.try_lock().is_none(); // In the broken version, `lock` would wait forever.
    let state = if locked { "locked" } else { "free" };
    println!("  while it waits, its worker runs the second task, which finds the mutex {state}");
    SECOND_TASK_HAS_LOOKED.wait();
    locked
}
