//! How often to lock: once an item, once a chunk, once a worker. The sum is the same, the time is not.
//!
//! Adding two numbers costs next to nothing, so the time goes into taking the lock, and into
//! waiting for the worker that holds it. A worker that first adds up many items by itself needs the
//! lock less often.
//!
//! Run: `cargo run --example shared_lock_granularity`
//!
//! Expected output:
//!
//! ```text
//! 4 workers add up 200000 squares
//! items a lock   locks  time
//!            1  200000  [..]
//!         1000     200  [..]
//!        50000       4  [..]
//! 2666646666700000 each time, as in the serial loop
//! ```
//!
//! Try: set `WORKERS` to 1. What the first row still takes is the price of locks that no other
//! worker wants. The rest was the price of several workers that want the same lock.

use std::num::NonZero;
use std::time::Instant;
use std::{io, thread};

use parking_lot::Mutex;
use workloads::squares::Squares;
use workloads::{Paradigm, Serial, Workload, println};

const WORKERS: usize = 4;
const ITEMS: usize = 200_000;

/// The locks are counted under the lock, so that the count is exact.
#[derive(Default)]
struct Shared {
    sum: u64,
    locks: u32,
}

fn main() -> io::Result<()> {
    let workload = Squares::with_input(ITEMS, &[])?;
    let squares = Serial::start(NonZero::<usize>::MIN)?.map(&workload)?;
    let expected: u64 = squares.iter().sum();
    println!("{WORKERS} workers add up {ITEMS} squares");
    println!("items a lock   locks  time");
    for run in [1, 1_000, ITEMS / WORKERS] {
        let start = Instant::now();
        let Shared { sum, locks } = add_up(&squares, run);
        println!("{run:>12}  {locks:>6}  {:.2?}", start.elapsed());
        assert_eq!(sum, expected);
    }
    println!("{expected} each time, as in the serial loop");
    Ok(())
}

/// Each worker adds up its share of the numbers, `run` of them under one lock.
fn add_up(numbers: &[u64], run: usize) -> Shared {
    let shared = Mutex::new(Shared::default());
    thread::scope(|scope| {
        for share in numbers.chunks(ITEMS / WORKERS) {
            scope.spawn(|| {
                for items in share.chunks(run) {
                    let partial: u64 = items.iter().sum();
                    let mut shared = shared.lock();
                    shared.sum += partial;
                    shared.locks += 1;
                }
            });
        }
    });
    shared.into_inner()
}
