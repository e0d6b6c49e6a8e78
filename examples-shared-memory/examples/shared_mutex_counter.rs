//! Many workers, one counter behind a mutex: no increment is lost.
//!
//! `lock` returns a guard, and the guard is the only way to the data. The critical section is the
//! guard's life: it begins when `lock` returns, and ends when the guard is dropped. In Python that is
//! `with lock:`, except that nothing there stops you from touching the counter without the lock.
//!
//! Run: `cargo run --example shared_mutex_counter`
//!
//! Expected output:
//!
//! ```text
//! 4 workers, 16384 critical sections, one at a time
//! 4194304 of 4194304 points counted: none lost
//! 3295025 hits, as in the serial loop: pi is about 3.1424
//! time: [..]
//! ```
//!
//! Try: in `count`, take the lock before `fold` instead of after it. The answer stays right, but now
//! the work itself is done by one worker at a time: watch the time.

use std::num::NonZero;
use std::ops::Range;
use std::time::Instant;
use std::{io, thread};

use parking_lot::Mutex;
use workloads::monte_carlo_pi::{BLOCK, MonteCarloPi};
use workloads::{Paradigm, Reduce, Serial, Workload, println};

const WORKERS: usize = 4;
const BLOCKS: usize = 16_384;

/// The shared state: numbers that belong together, so one lock guards them all.
#[derive(Default)]
struct Tally {
    entries: usize,
    points: usize,
    hits: u64,
}

fn main() -> io::Result<()> {
    let workload = MonteCarloPi::with_input(BLOCKS * BLOCK, &[])?;
    let shared = Mutex::new(Tally::default());
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (workload, shared) = (&workload, &shared);
            scope.spawn(move || {
                for block in (worker..BLOCKS).step_by(WORKERS) {
                    count(workload, block * BLOCK..(block + 1) * BLOCK, shared);
                }
            });
        }
    });
    let time = start.elapsed();
    // The workers have ended, so no guard is left: the value comes out without a lock.
    let tally = shared.into_inner();
    let expected = Serial::start(NonZero::<usize>::MIN)?.reduce(&workload)?;
    assert_eq!((tally.points, tally.hits), (workload.len(), expected));
    let (entries, points, hits) = (tally.entries, tally.points, tally.hits);
    println!("{WORKERS} workers, {entries} critical sections, one at a time");
    println!("{points} of {} points counted: none lost", workload.len());
    let pi = workload.estimate(hits);
    println!("{hits} hits, as in the serial loop: pi is about {pi:.4}");
    println!("time: {time:.1?}");
    Ok(())
}

fn count(workload: &MonteCarloPi, points: Range<usize>, shared: &Mutex<Tally>) {
    let hits = workload.fold(points.clone()); // Throwing points touches nothing shared.
    let mut tally = shared.lock(); // The critical section begins ...
    tally.entries += 1;
    tally.points += points.len();
    tally.hits += hits;
} // ... and ends here, where the guard is dropped.
