//! A lost update: two workers add 1 to a counter, and the counter says 1.
//!
//! `load`, add, `store` are three steps, and another worker may come in between. Every single access
//! is atomic, so there is no data race and no undefined behaviour: it is a race condition, a program
//! whose answer depends on timing. The barrier makes the bad timing happen every time.
//!
//! Run: `cargo run --example shared_lost_update`
//!
//! Expected output:
//!
//! ```text
//! load, then store: the workers saw 0 and 0, the counter is 1: one update lost
//! fetch_add: the workers saw 0 and 1, the counter is 2: none lost
//! 200000 updates with no barrier, load then store: [..] lost in this run
//! 200000 updates with no barrier, fetch_add: 0 lost in every run
//! ```
//!
//! Try: run it several times and watch the third line. Then set `UPDATES` to 10: the loss
//! disappears, and the mistake is still there. That is why such mistakes survive testing.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

const UPDATES: u64 = 100_000;

fn main() {
    let (seen, total) = one_update_each(|counter, barrier| {
        let seen = counter.load(Relaxed);
        barrier.wait(); // Nobody stores before both have loaded.
        counter.store(seen + 1, Relaxed);
        seen
    });
    assert_eq!((seen, total), ([0, 0], 1));
    println!("load, then store: the workers saw 0 and 0, the counter is {total}: one update lost");

    let (seen, total) = one_update_each(|counter, barrier| {
        let seen = counter.fetch_add(1, Relaxed); // One step: there is no "in between".
        barrier.wait();
        seen
    });
    assert_eq!((seen, total), ([0, 1], 2));
    println!("fetch_add: the workers saw 0 and 1, the counter is {total}: none lost");

    let lost = lost_of_many(|counter| counter.store(counter.load(Relaxed) + 1, Relaxed));
    println!(
        "{} updates with no barrier, load then store: {lost} lost in this run",
        2 * UPDATES
    );
    let lost = lost_of_many(|counter| {
        counter.fetch_add(1, Relaxed);
    });
    println!(
        "{} updates with no barrier, fetch_add: {lost} lost in every run",
        2 * UPDATES
    );
}

/// Two workers update a counter once; what each saw before its update, smallest first, and the total.
fn one_update_each(update: impl Fn(&AtomicU64, &Barrier) -> u64 + Sync) -> ([u64; 2], u64) {
    let (counter, barrier) = (AtomicU64::new(0), Barrier::new(2));
    let mut seen = thread::scope(|scope| {
        [(); 2]
            .map(|()| scope.spawn(|| update(&counter, &barrier)))
            .map(|worker| worker.join().expect("an update does not panic"))
    });
    seen.sort_unstable();
    (seen, counter.into_inner())
}

/// Two workers update a counter many times, as they happen to be scheduled; how many updates are missing.
fn lost_of_many(update: impl Fn(&AtomicU64) + Sync) -> u64 {
    let counter = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..UPDATES).for_each(|_| update(&counter)));
        }
    });
    2 * UPDATES - counter.into_inner()
}
