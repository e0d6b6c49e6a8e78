//! Compare and swap: store a number only if no other thread has changed it in the meantime.
//!
//! `compare_exchange(seen, new)` is one step: if the number is still `seen`, it becomes `new`.
//! Otherwise it stays as it is, and the call returns it as an error. So any change can be made
//! without a lock: load, compute, try to store, and compute again if another thread was faster.
//! This mends `shared_lost_update`: both threads load 0, and one of them has to try twice.
//!
//! Run: `cargo run --example shared_compare_and_swap`
//!
//! Expected output:
//!
//! ```text
//! two threads add 1 to 0: the counter says 2, failed attempts: 1
//! the largest number: 4294955749 by fetch_max, 4294955749 by a loop
//! 150 tickets: 4 threads have sold 150, 0 are left
//! ```
//!
//! Try: replace the first `while` loop by `counter.store(seen + 1, Relaxed);`. The counter says 1:
//! an update is lost, although the load and the store are both atomic.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;

use workloads::println;

const NUMBERS: u32 = 100_000;

fn main() {
    let (counter, failed) = (AtomicU32::new(0), AtomicU32::new(0));
    let both_have_loaded = Barrier::new(2);
    in_threads(2, |_| {
        let mut seen = counter.load(Relaxed);
        both_have_loaded.wait();
        while let Err(now) = counter.compare_exchange(seen, seen + 1, Relaxed, Relaxed) {
            failed.fetch_add(1, Relaxed);
            seen = now;
        }
    });
    println!("two threads add 1 to 0: the counter says {counter:?}, failed attempts: {failed:?}");
    assert_eq!((counter.into_inner(), failed.into_inner()), (2, 1));

    let number = |n: u32| n.wrapping_mul(2_654_435_761); // Looks random.
    let (largest, by_hand) = (AtomicU32::new(0), AtomicU32::new(0));
    in_threads(4, |thread| {
        for n in (thread..NUMBERS).step_by(4) {
            largest.fetch_max(number(n), Relaxed);
            raise(&by_hand, number(n));
        }
    });
    println!("the largest number: {largest:?} by fetch_max, {by_hand:?} by a loop");
    let serial = (0..NUMBERS).map(number).max().expect("there are numbers");
    assert_eq!(largest.into_inner(), serial);
    assert_eq!(by_hand.into_inner(), serial);

    let (left, sold) = (AtomicU32::new(150), AtomicU32::new(0));
    let sold_out = AtomicBool::new(false);
    in_threads(4, |_| {
        while !sold_out.load(Relaxed) {
            // The closure says what to store, or `None`: below 0 there is nothing to store.
            match left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)) {
                Ok(_) => _ = sold.fetch_add(1, Relaxed),
                Err(_) => sold_out.store(true, Relaxed), // All threads stop.
            }
        }
    });
    println!("150 tickets: 4 threads have sold {sold:?}, {left:?} are left");
    assert_eq!((sold.into_inner(), left.into_inner()), (150, 0));
}

/// As `fetch_max`, by hand.
fn raise(largest: &AtomicU32, number: u32) {
    let mut seen = largest.load(Relaxed);
    while seen < number {
        // `weak` may fail even if nothing has changed. In a loop, that does no harm.
        match largest.compare_exchange_weak(seen, number, Relaxed, Relaxed) {
            Ok(_) => return,
            Err(now) => seen = now,
        }
    }
}

fn in_threads(count: u32, work: impl Fn(u32) + Sync) {
    thread::scope(|scope| {
        for thread in 0..count {
            let work = &work;
            scope.spawn(move || work(thread));
        }
    });
}
