//! How often to lock: once for each item, once for 1000 items, once for each worker.
//!
//! The sum is the same, the time is not. Adding two numbers costs next to nothing, so the time goes
//! into taking the lock, and into waiting for the worker that holds it. A worker that first adds up
//! many items by itself needs the lock less often.
//!
//! Run: `cargo run --example shared_lock_granularity`
//!
//! Expected output:
//!
//! ```text
//! 4 workers add up 3000000 squares
//! items per lock    locks      time
//!              1  3000000  [..]
//!           1000     3000  [..]
//!         750000        4  [..]
//! 8999995500000500000 each time, as in serial
//! ```
//!
//! Try: set `WORKERS` to 1, and run it several times. The first row is the price of locks that no
//! other worker wants. On a machine with few cores, that is nearly all of the price.

use std::thread;
use std::time::Instant;

use parking_lot::Mutex;
use workloads::squares::Squares;
use workloads::{Map, println};

const WORKERS: usize = 4;
const ITEMS: usize = 3_000_000;

/// The locks are counted under the lock, so the count is exact.
#[derive(Default)]
struct Tally {
    sum: u64,
    locks: u32,
}

fn main() {
    let squares = Squares::new(ITEMS).items(0..ITEMS);
    let serial: u64 = squares.iter().sum();
    println!("{WORKERS} workers add up {ITEMS} squares");
    println!("items per lock    locks      time");
    for items_per_lock in [1, 1_000, ITEMS / WORKERS] {
        let start = Instant::now();
        let Tally { sum, locks } = add_up(&squares, items_per_lock);
        let time = start.elapsed();
        println!("{items_per_lock:>14}  {locks:>7}  {time:>8.2?}");
        assert_eq!(sum, serial);
    }
    println!("{serial} each time, as in serial");
}

fn add_up(numbers: &[u64], items_per_lock: usize) -> Tally {
    let shared = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for share in numbers.chunks(ITEMS / WORKERS) {
            scope.spawn(|| {
                for items in share.chunks(items_per_lock) {
                    let partial: u64 = items.iter().sum();
                    let mut tally = shared.lock();
                    tally.sum += partial;
                    tally.locks += 1;
                }
            });
        }
    });
    shared.into_inner()
}
