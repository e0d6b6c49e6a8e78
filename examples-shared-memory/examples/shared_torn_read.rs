//! A torn read: a reader sees one of two numbers before a change, and the other one after it.
//!
//! Each number is atomic, so there is no data race. But the two belong together: money moves from
//! one account to the other, and their sum must stay 100. Two atomic stores are two steps, and a
//! reader can look in between. A clock of two words, seconds and nanoseconds, has the same problem.
//! The Linux kernel mends it with the third way of this lesson, a *sequence lock*.
//!
//! Run: `cargo run --example shared_torn_read`
//!
//! Expected output:
//!
//! ```text
//! one thread moves 30 from account a to account b, which have (100, 0):
//!   broken, two atomics:       a reader sees (70, 0)
//!   mended, one lock for both: a reader finds it locked, waits, and sees (70, 30)
//!   mended, a version counter: the attempts of a reader see [(100, 30), (70, 30)]
//! ```
//!
//! Try: let the writer of the first version store `b` before `a` (exchange the two lines). The
//! reader sees (100, 30), and the assertion that expects (70, 0) fails. Whatever the order of two
//! stores is, there is a moment in between.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::{sync::Barrier, thread};

use parking_lot::Mutex;
use workloads::println;

fn main() {
    println!("one thread moves 30 from account a to account b, which have (100, 0):");
    let step = Barrier::new(2); // The writer and the reader meet here between their steps.
    let (a, b) = (AtomicU64::new(100), AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            a.store(70, SeqCst);
            step.wait();
            step.wait(); // Between the two, the reader reads.
            b.store(30, SeqCst);
        });
        step.wait();
        let seen = (a.load(SeqCst), b.load(SeqCst));
        step.wait();
        println!("  broken, two atomics:       a reader sees {seen:?}");
        assert_eq!(seen, (70, 0));
    });

    let accounts = Mutex::new((100, 0));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut accounts = accounts.lock();
            accounts.0 = 70;
            step.wait();
            step.wait(); // Between the two, the reader tries to lock.
            accounts.1 = 30;
        });
        step.wait();
        assert!(accounts.try_lock().is_none());
        step.wait();
        let seen = *accounts.lock(); // Waits for the writer.
        println!("  mended, one lock for both: a reader finds it locked, waits, and sees {seen:?}");
        assert_eq!(seen, (70, 30));
    });

    let (a, b) = (AtomicU64::new(100), AtomicU64::new(0));
    let version = AtomicU64::new(0); // Odd while the writer is at work. It never goes back.
    let write = || {
        version.fetch_add(1, SeqCst);
        a.store(70, SeqCst);
        b.store(30, SeqCst);
        version.fetch_add(1, SeqCst);
    };
    let mut attempts = Vec::new();
    loop {
        let before = version.load(SeqCst);
        let seen_a = a.load(SeqCst);
        if attempts.is_empty() {
            thread::scope(|scope| _ = scope.spawn(write)); // Waits for the writer.
        }
        attempts.push((seen_a, b.load(SeqCst)));
        if before.is_multiple_of(2) && version.load(SeqCst) == before {
            break; // No change began or ended since `before`, so the two belong together.
        }
    }
    println!("  mended, a version counter: the attempts of a reader see {attempts:?}");
    assert_eq!(attempts, [(100, 30), (70, 30)]);
}
