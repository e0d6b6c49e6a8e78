//! What it costs to wake a thread up: calls to a worker that sleeps between them, and to one that
//! spins.
//!
//! A call needs two messages: the caller tells the worker to begin, and the worker tells the
//! caller that it has finished. Each message is a number in memory, stored with `Release` and
//! loaded with `Acquire`. A thread that waits for it can *sleep* (`park`): then the other one
//! must wake it up, by the operating system. Or it can *spin*: it loads the number again and
//! again, and keeps its core busy.
//!
//! Run: `cargo run --example shared_spinning`
//!
//! Expected output:
//!
//! ```text
//! 1000 calls, one after the other:
//!   a new thread for each call:         [..] us a call
//!   a worker that sleeps between calls: [..] us a call
//!   a worker that spins between calls:  [..] us a call
//! all sums are as in serial code
//! ```
//!
//! Try: run it with `taskset -c 0` in front, on one core. Which of the three gains from that, and
//! why does the last one lose?

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use workloads::println;

const CALLS: u64 = 1_000;

fn main() {
    println!("{CALLS} calls, one after the other:");
    let start = Instant::now();
    let mut by_threads = 0;
    for k in 1..=CALLS {
        by_threads += thread::spawn(move || k).join().expect("it does not panic");
    }
    report("a new thread for each call:        ", start);
    let start = Instant::now();
    let by_sleeper = call_worker(true);
    report("a worker that sleeps between calls:", start);
    let start = Instant::now();
    let by_spinner = call_worker(false);
    report("a worker that spins between calls: ", start);
    let serial = (1..=CALLS).sum();
    assert_eq!([by_threads, by_sleeper, by_spinner], [serial; 3]);
    println!("all sums are as in serial code");
}

/// Calls a worker again and again, and returns the sum of the numbers that it was given.
fn call_worker(sleeps: bool) -> u64 {
    let [call, finished, sum] = [const { AtomicU64::new(0) }; 3];
    let caller = thread::current();
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            for k in 1..=CALLS {
                wait_until(sleeps, || call.load(Ordering::Acquire) == k);
                sum.fetch_add(k, Ordering::Relaxed);
                finished.store(k, Ordering::Release);
                caller.unpark(); // Without effect if it does not sleep.
            }
        });
        for k in 1..=CALLS {
            call.store(k, Ordering::Release);
            worker.thread().unpark();
            wait_until(sleeps, || finished.load(Ordering::Acquire) == k);
        }
    });
    sum.into_inner()
}

fn wait_until(sleeps: bool, has_come: impl Fn() -> bool) {
    for looks in 1_u64.. {
        if has_come() {
            return;
        }
        match looks {
            _ if sleeps => thread::park(), // Returns at once if the thread was woken up before.
            _ if looks % 1_000 == 0 => thread::yield_now(), // The other thread may need this core.
            _ => spin_loop(),
        }
    }
}

fn report(how: &str, start: Instant) {
    let each = start.elapsed().as_secs_f64() * 1e6 / CALLS as f64;
    println!("  {how} {each:.1} us a call");
}
