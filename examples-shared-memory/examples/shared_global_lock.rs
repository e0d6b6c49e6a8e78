//! When Python hands its global lock to another thread: a thread that wants it asks after 5 ms.
//!
//! `threads_gil` showed that threads compute in turn under a global lock. This lock also has
//! Python's rule for the end of a turn. A thread that wants the lock waits for the *switch
//! interval*, and then sets a flag. The thread that computes looks at the flag after each small
//! step, gives the lock up, and waits until the other thread has taken it. So a thread that only
//! waits for input, and is ready after 1 ms, may have to wait for 5 ms more. (In Python's source,
//! the lock is the file `Python/ceval_gil.c`. Up to version 3.11 its name is `ceval_gil.h`.)
//!
//! Run: `cargo run --example shared_global_lock`
//!
//! Expected output (times of a task that computes, then of a task that waits for 1 ms; `+` is what
//! a second thread does at the same time; without `python3`, the last line says so):
//!
//! ```text
//!           compute  +compute     +wait      wait  +compute     +wait
//! this lock[..]
//! Python   [..]
//! ```
//!
//! Try: write 50 for 5 in `take`. A thread that wants the lock now has to wait until the other
//! thread has computed everything. So the time below the second `+compute` grows, to nearly that
//! below `compute`. In Python, `sys.setswitchinterval(0.05)` does the same.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{process::Command, thread};

use parking_lot::{Condvar, Mutex};
use workloads::{println, random_squares::square_of_draw};

const PYTHON: &str = include_str!("shared_global_lock.py");

static HELD: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();
static ASKED: AtomicBool = AtomicBool::new(false);
static SUM: AtomicU32 = AtomicU32::new(0);

fn take() {
    let mut held = HELD.lock();
    while *held {
        let end = CHANGED.wait_for(&mut held, Duration::from_millis(5));
        ASKED.store(end.timed_out(), Relaxed); // After 5 ms, ask for the lock.
    }
    *held = true;
    ASKED.store(false, Relaxed);
    CHANGED.notify_all();
}

fn release() {
    let mut held = HELD.lock();
    *held = false;
    CHANGED.notify_all();
    // If a thread has asked, it is the next to have the lock.
    CHANGED.wait_while(&mut held, |_| ASKED.load(Relaxed));
}

fn compute() {
    take();
    for seed in 0..10_000 {
        // A load and a store, but no addition is lost: only the thread that has the lock adds.
        SUM.store(SUM.load(Relaxed) + u32::from(square_of_draw(seed)), Relaxed);
        if ASKED.load(Relaxed) {
            release();
            take();
        }
    }
    release();
}

fn wait() {
    thread::sleep(Duration::from_millis(1)); // Without the lock.
    take();
    release();
}

fn main() {
    println!("          compute  +compute     +wait      wait  +compute     +wait");
    let mut times = String::new();
    for task in [compute, wait] {
        for other in [|| (), compute, wait] {
            let start = Instant::now();
            let other = thread::spawn(other);
            task();
            times = format!("{times}{:>10.1?}", start.elapsed());
            other.join().expect("it does not panic");
        }
    }
    println!("this lock{times}");
    assert_eq!(SUM.load(Relaxed), 5 * 282_918, "an addition is lost");

    let python = Command::new("python3").args(["-c", PYTHON]).output();
    let times = python.map_or("  is not here".into(), |python| python.stdout);
    println!("Python   {}", String::from_utf8_lossy(&times));
}
