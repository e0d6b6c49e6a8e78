//! A lost update: two workers add 1 to a counter, and the counter says 1.
//!
//! `load`, add, `store` are three steps, and another worker may come in between. Every single access
//! is atomic, so there is no data race and no undefined behaviour. It is a race condition: the answer
//! depends on timing. Here a barrier makes the bad timing happen every time.
//!
//! Run: `cargo run --example shared_lost_update`
//!
//! Expected output:
//!
//! ```text
//! one update each, both before either goes on:
//!   load and store: the workers saw 0 and 0, the counter says 1
//!   fetch_add:      the workers saw 0 and 1, the counter says 2
//! 1000000 updates each, as they come:
//!   load and store: the counter says [..] of 2000000
//!   fetch_add:      the counter says 2000000 of 2000000
//! ```
//!
//! Try: run it several times and watch the line with the gap. Then set `UPDATES` to 10: the losses
//! disappear, and the mistake is still there. That is how such mistakes survive testing.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use workloads::println;

const UPDATES: u64 = 1_000_000;

fn main() {
    println!("one update each, both before either goes on:");
    update_once("load and store:", |counter, both_have_begun| {
        let seen = counter.load(Relaxed);
        both_have_begun.wait();
        counter.store(seen + 1, Relaxed); // What the other has stored meanwhile is overwritten.
        seen
    });
    update_once("fetch_add:", |counter, both_have_begun| {
        let seen = counter.fetch_add(1, Relaxed); // One step: no other worker can come in between.
        both_have_begun.wait();
        seen
    });
    println!("{UPDATES} updates each, as they come:");
    update_often("load and store:", |counter| {
        counter.store(counter.load(Relaxed) + 1, Relaxed);
    });
    update_often("fetch_add:", |counter| {
        counter.fetch_add(1, Relaxed);
    });
}

/// Two workers update a counter once. `update` returns what it saw before.
fn update_once(how: &str, update: impl Fn(&AtomicU64, &Barrier) -> u64 + Sync) {
    let (counter, barrier) = (AtomicU64::new(0), Barrier::new(2));
    let mut seen = thread::scope(|scope| {
        [(); 2]
            .map(|()| scope.spawn(|| update(&counter, &barrier)))
            .map(|worker| worker.join().expect("an update does not panic"))
    });
    seen.sort_unstable(); // Which worker comes first is not the point.
    let [one, other] = seen;
    let total = counter.into_inner();
    println!("  {how:<15} the workers saw {one} and {other}, the counter says {total}");
}

/// Two workers update a counter many times, without waiting for each other.
fn update_often(how: &str, update: impl Fn(&AtomicU64) + Sync) {
    let counter = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..UPDATES).for_each(|_| update(&counter)));
        }
    });
    let (total, updates) = (counter.into_inner(), 2 * UPDATES);
    println!("  {how:<15} the counter says {total} of {updates}");
}
