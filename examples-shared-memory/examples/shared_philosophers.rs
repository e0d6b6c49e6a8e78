//! The dining philosophers: five threads, five locks, and each thread needs two of them.
//!
//! Five philosophers sit round a table, with one fork between each two. To eat takes two forks, the
//! one on the left and the one on the right. If all take their left fork first, each waits for the
//! next one: a circle of five. (Dijkstra posed the problem in 1965, with tape drives in place of
//! forks.) The first two cures make the circle impossible. With the last one, a thread leaves it.
//!
//! Run: `cargo run --example shared_philosophers`
//!
//! Expected output:
//!
//! ```text
//! how often each fork was used:
//!   broken, the left fork first:  [0, 0, 0, 0, 0]
//!   mended, the lower fork first: [2000, 2000, 2000, 2000, 2000]
//!   mended, a waiter gives both:  [2000, 2000, 2000, 2000, 2000]
//!   mended, try, and step back:   [2000, 2000, 2000, 2000, 2000], [..] attempts
//! ```
//!
//! Try: move the line `drop(asks);` above the line with `both`. The program still ends in nearly
//! all runs. Then lock the two forks in two lines, with `thread::yield_now();` in between: now it
//! waits forever. (End it with Ctrl-C.)

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::{sync::Barrier, thread, time::Duration};

use parking_lot::{Mutex, MutexGuard};
use workloads::println;

type Forks = [Mutex<u32>; 5]; // A fork counts how often it is used.

fn main() {
    println!("how often each fork was used:");
    let (all_hold_one, all_have_tried) = (Barrier::new(5), Barrier::new(5));
    let uses = dine(1, &|forks, left, right| {
        let _left = forks[left].lock();
        all_hold_one.wait();
        let right = forks[right].try_lock_for(Duration::from_millis(20));
        all_have_tried.wait(); // Until here, all hold their left fork.
        assert!(right.is_none());
    });
    println!("  broken, the left fork first:  {uses:?}");

    let uses = dine(1000, &|forks, left, right| {
        let (lower, higher) = (left.min(right), left.max(right));
        eat(forks[lower].lock(), forks[higher].lock()); // Philosopher 4 begins with fork 0.
    });
    println!("  mended, the lower fork first: {uses:?}");

    let waiter = Mutex::new(());
    let uses = dine(1000, &|forks, left, right| {
        let asks = waiter.lock(); // The waiter serves one philosopher at a time.
        let both = (forks[left].lock(), forks[right].lock());
        drop(asks);
        eat(both.0, both.1);
    });
    println!("  mended, a waiter gives both:  {uses:?}");

    let attempts = AtomicU32::new(0);
    let uses = dine(1000, &|forks, left, right| loop {
        let left = forks[left].lock();
        if attempts.fetch_add(1, Relaxed) < 5 {
            all_hold_one.wait(); // As above, in the first attempt of each thread.
        }
        if let Some(right) = forks[right].try_lock() {
            break eat(left, right);
        }
        drop(left); // A step back: now the neighbour can eat.
        thread::yield_now();
    });
    println!("  mended, try, and step back:   {uses:?}, {attempts:?} attempts");
    assert!(attempts.into_inner() > 5000); // At least one thread has stepped back.
}

/// Uses two forks, and puts them back.
fn eat(mut left: MutexGuard<u32>, mut right: MutexGuard<u32>) {
    *left += 1;
    *right += 1;
}

/// Five threads, each with a number of meals between two forks. Returns how often each fork was
/// used.
fn dine(meals: u32, meal: &(impl Fn(&Forks, usize, usize) + Sync)) -> [u32; 5] {
    let forks = Forks::default();
    thread::scope(|scope| {
        for seat in 0..5 {
            let forks = &forks;
            scope.spawn(move || (0..meals).for_each(|_| meal(forks, seat, (seat + 1) % 5)));
        }
    });
    let uses = forks.map(Mutex::into_inner);
    assert!(uses == [0; 5] || uses == [2 * meals; 5]); // None has eaten, or all equally often.
    uses
}
