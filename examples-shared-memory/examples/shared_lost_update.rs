//! A lost update: two threads add 1 to a counter, and the counter says 1.
//!
//! Reading the counter and writing it back are two critical sections here. Between the two, the
//! other thread can read the same number. Every access is locked, so there is no *data race*: Rust
//! refuses those. It is a *race condition*: the answer depends on timing, and no compiler sees
//! that.
//!
//! Run: `cargo run --example shared_lost_update`
//!
//! Expected output:
//!
//! ```text
//! one update each, and both threads read before either writes:
//!   two critical sections: the counter says 1
//! 5000000 updates each:
//!   two critical sections: the counter says [..], [..] updates are lost
//!   one critical section:  the counter says 10000000, 0 updates are lost
//! ```
//!
//! Try: set `UPDATES` to 1 and run it twenty times. The second count is right in nearly all runs,
//! and the mistake is still there. That is how such mistakes pass all tests.

use std::sync::Barrier;
use std::thread;

// As the mutex of the standard library, but its `lock` returns the guard, and not a `Result`.
use parking_lot::Mutex;
use workloads::println;

const UPDATES: u64 = 5_000_000;

fn main() {
    println!("one update each, and both threads read before either writes:");
    let counter = Mutex::new(0);
    let both_have_read = Barrier::new(2); // `wait` returns when two threads wait.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let seen = *counter.lock(); // Locked and unlocked in this line.
                both_have_read.wait();
                // The second to write overwrites what the first has written.
                *counter.lock() = seen + 1;
            });
        }
    });
    println!(
        "  two critical sections: the counter says {}",
        counter.into_inner()
    );

    println!("{UPDATES} updates each:");
    let total = update_often(|counter| {
        let seen = *counter.lock();
        *counter.lock() = seen + 1;
    });
    report("two critical sections:", total);
    let total = update_often(|counter| *counter.lock() += 1);
    report("one critical section: ", total);
}

/// Two threads start together and update a counter many times. Returns what the counter says at
/// the end.
fn update_often(update: fn(&Mutex<u64>)) -> u64 {
    let counter = Mutex::new(0);
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..UPDATES {
                    update(&counter);
                }
            });
        }
    });
    counter.into_inner()
}

fn report(how: &str, total: u64) {
    let lost = 2 * UPDATES - total;
    println!("  {how} the counter says {total}, {lost} updates are lost");
}
