//! How often to lock: once an item, once a chunk, once a worker. The sum is the same, the time is not.
//!
//! A lock is fine-grained if it is taken often and held briefly. The work here is next to nothing,
//! so taking the lock is what the time goes into, and waiting for whoever has it.
//!
//! Run: `cargo run --example shared_lock_granularity`
//!
//! Expected output:
//!
//! ```text
//! sum of the first 200000 squares, 4 workers, every sum as in the serial loop
//! one item at a time:     200000 locks, [..] ms
//! 1000 items at a time:      200 locks, [..] ms
//! 50000 items at a time:       4 locks, [..] ms
//! ```
//!
//! Try: replace `Squares` by `random_squares::RandomSquares` (its items are `u8`), whose items cost
//! far more than a lock. Compare the first time with the last: the lock no longer matters.

use std::io;
use std::num::NonZero;
use std::thread;
use std::time::Instant;

use parking_lot::Mutex;
use workloads::chunks::Chunks;
use workloads::squares::Squares;
use workloads::{Map, Paradigm, Serial, Workload};

const WORKERS: NonZero<usize> = NonZero::new(4).expect("four is not zero");
const ITEMS: usize = 200_000;

/// The shared state. The locks are counted inside the lock, so that the count is exact.
#[derive(Default)]
struct Shared {
    sum: u64,
    locks: u32,
}

fn main() -> io::Result<()> {
    let workload = Squares::with_input(ITEMS, &[])?;
    let expected: u64 = Serial::start(WORKERS)?.map(&workload)?.iter().sum();
    println!(
        "sum of the first {ITEMS} squares, {WORKERS} workers, every sum as in the serial loop"
    );
    for run in [1, 1_000, ITEMS / WORKERS] {
        let start = Instant::now();
        let Shared { sum, locks } = sum_in_runs(&workload, run);
        let time = start.elapsed().as_secs_f64() * 1e3;
        assert_eq!(sum, expected);
        let run = if run == 1 {
            "one item".to_owned()
        } else {
            format!("{run} items")
        };
        println!(
            "{:<22} {locks:>7} locks, {time:.2} ms",
            format!("{run} at a time:")
        );
    }
    Ok(())
}

/// Each worker adds its chunk to the sum, `run` items under one lock.
fn sum_in_runs(workload: &Squares, run: usize) -> Shared {
    let shared = Mutex::new(Shared::default());
    thread::scope(|scope| {
        for chunk in Chunks::one_each(workload.len(), WORKERS).iter() {
            let shared = &shared;
            scope.spawn(move || {
                let mut items = vec![0; run];
                for first in chunk.clone().step_by(run) {
                    let items = &mut items[..run.min(chunk.end - first)];
                    workload.fill(first, items);
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
