//! Many workers, one counter behind a mutex: no increment is lost.
//!
//! `lock` returns a guard, the only way to the data. The critical section is the guard's life: it
//! begins when `lock` returns and ends when the guard is dropped. In Python that is
//! `with lock:`, except that there nothing stops you from touching the counter without the lock.
//!
//! Run: `cargo run --example shared_mutex_counter`
//!
//! Expected output:
//!
//! ```text
//! 4 workers entered the critical section 16384 times, one at a time
//! points: 4194304 of 4194304, none lost
//! hits: HITS, as in the serial loop
//! pi is about ESTIMATE
//! time: [..] ms, serial [..] ms
//! ```
//!
//! Try: take the lock before `fold` instead of after it. The answer stays right, but now the work
//! itself is done one worker at a time: compare the times.

use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::thread;
use std::time::Instant;

use parking_lot::Mutex;
use workloads::monte_carlo_pi::{BLOCK, MonteCarloPi};
use workloads::{Paradigm, Reduce, Serial, Workload};

const WORKERS: usize = 4;
const BLOCKS: usize = 16_384;

/// The shared state. Its numbers belong together, so one lock guards them all.
#[derive(Default)]
struct Tally {
    entries: u64,
    points: usize,
    hits: u64,
}

fn main() -> io::Result<()> {
    let workload = MonteCarloPi::with_input(BLOCKS * BLOCK, &[])?;
    let tally = Mutex::new(Tally::default());
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (workload, tally) = (&workload, &tally);
            scope.spawn(move || {
                for block in (worker..BLOCKS).step_by(WORKERS) {
                    count(workload, block * BLOCK..(block + 1) * BLOCK, tally);
                }
            });
        }
    });
    let time = start.elapsed().as_secs_f64() * 1e3;
    // The scope has ended, so nobody else has access: the value comes out without a lock.
    let Tally {
        entries,
        points,
        hits,
    } = tally.into_inner();

    let start = Instant::now();
    let expected = Serial::start(NonZero::<usize>::MIN)?.reduce(&workload)?;
    let serial = start.elapsed().as_secs_f64() * 1e3;
    assert_eq!(
        (points, hits),
        (workload.len(), expected),
        "an update was lost"
    );
    println!("{WORKERS} workers entered the critical section {entries} times, one at a time");
    println!("points: {points} of {}, none lost", workload.len());
    println!("hits: {hits}, as in the serial loop");
    println!("pi is about {:.4}", workload.estimate(hits));
    println!("time: {time:.1} ms, serial {serial:.1} ms");
    Ok(())
}

fn count(workload: &MonteCarloPi, points: Range<usize>, tally: &Mutex<Tally>) {
    let size = points.len();
    let hits = workload.fold(points); // The work needs no shared state, so it needs no lock.
    let mut tally = tally.lock(); // The critical section begins ...
    tally.entries += 1;
    tally.points += size;
    tally.hits += hits;
} // ... and ends here, where the guard is dropped.
