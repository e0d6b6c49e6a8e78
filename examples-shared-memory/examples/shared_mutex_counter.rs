//! A critical section begins at `lock` and ends where the guard is dropped. Only work on shared
//! data belongs in it.
//!
//! `lock` waits until the lock is free, and returns a guard. The guard is the only way to the data.
//! In Python this is `with lock:`, but there nothing stops a thread from using the counter without
//! the lock.
//!
//! Run: `cargo run --example shared_mutex_counter`
//!
//! Expected output:
//!
//! ```text
//! 4 workers, 131072 critical sections, one at a time
//! 33554432 points counted: none lost
//! 26350640 hits, as in serial: pi is about 3.1412
//! time: [..]
//! ```
//!
//! Try: move the line with `lock` above the line with `fold`. The answer stays right, but now only
//! one worker at a time throws points: look at the time.

use std::thread;
use std::time::Instant;

use parking_lot::Mutex;
use workloads::monte_carlo_pi::{BLOCK, MonteCarloPi};
use workloads::{Reduce, println};

const WORKERS: usize = 4;
const BLOCKS: usize = 131_072;
const POINTS: usize = BLOCKS * BLOCK; // A block has 256 points.

/// Numbers that belong together, so one lock guards them all.
#[derive(Default)]
struct Tally {
    critical_sections: usize,
    points: usize,
    hits: u64,
}

fn main() {
    let workload = MonteCarloPi::new(POINTS);
    let shared = Mutex::new(Tally::default());
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (workload, shared) = (&workload, &shared); // `move` moves these references.
            scope.spawn(move || {
                // Worker 0 takes the blocks 0, 4, 8, ..., worker 1 the blocks 1, 5, 9, ...
                for block in (worker..BLOCKS).step_by(WORKERS) {
                    count(workload, block, shared);
                }
            });
        }
    });
    let time = start.elapsed();

    let tally = shared.into_inner(); // No worker is left, so no lock is needed.
    let serial = workload.fold(0..POINTS);
    assert_eq!((tally.points, tally.hits), (POINTS, serial));
    let (sections, hits) = (tally.critical_sections, tally.hits);
    println!("{WORKERS} workers, {sections} critical sections, one at a time");
    println!("{POINTS} points counted: none lost");
    let pi = workload.estimate(hits);
    println!("{hits} hits, as in serial: pi is about {pi:.4}");
    println!("time: {time:.1?}");
}

fn count(workload: &MonteCarloPi, block: usize, shared: &Mutex<Tally>) {
    let hits = workload.fold(block * BLOCK..(block + 1) * BLOCK); // Uses nothing that is shared.
    let mut tally = shared.lock(); // The critical section begins ...
    tally.critical_sections += 1;
    tally.points += BLOCK;
    tally.hits += hits;
} // ... and ends here, where the guard `tally` is dropped.
