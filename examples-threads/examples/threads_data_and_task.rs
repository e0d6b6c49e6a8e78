//! Task parallelism gives each worker a task of its own. Data parallelism splits one task among the
//! workers.
//!
//! With task parallelism no task has to be split, but the program takes as long as its longest
//! task, and it has work for no more workers than tasks. With data parallelism all workers help
//! with every task. Each time is the shortest of three.
//!
//! Run: `cargo run --example threads_data_and_task`
//!
//! Expected output:
//!
//! ```text
//! serial: squares [..], then pi [..]
//! task parallelism: a thread for squares, a thread for pi, together [..]
//! data parallelism: squares on all workers, then pi on all, together [..]
//! the same two answers each time: 570239 and 1570668
//! ```
//!
//! Try: set `SEEDS` to 3000. The two tasks now take about the same time, and on two cores task
//! parallelism is as fast as data parallelism. On four cores it is not: two tasks are work for two
//! threads.

use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::random_squares::square_of_draw;
use workloads::{Reduce, println};

const SEEDS: usize = 20_000;
const POINTS: usize = 2_000_000;
const CHUNKS: usize = 100;

fn main() {
    let (sum, squares) = timed(|| sum_of_squares(0..SEEDS));
    let (hits, pi) = timed(|| count_hits(0..POINTS));
    println!("serial: squares {squares:.1?}, then pi {pi:.1?}");

    let (answers, time) = timed(|| {
        thread::scope(|scope| {
            let squares = scope.spawn(|| sum_of_squares(0..SEEDS));
            let hits = count_hits(0..POINTS);
            (squares.join().expect("no worker panics"), hits)
        })
    });
    assert_eq!(answers, (sum, hits));
    println!("task parallelism: a thread for squares, a thread for pi, together {time:.1?}");

    let (answers, time) = timed(|| {
        let sum = in_chunks(SEEDS, sum_of_squares);
        (sum, in_chunks(POINTS, count_hits))
    });
    assert_eq!(answers, (sum, hits));
    println!("data parallelism: squares on all workers, then pi on all, together {time:.1?}");
    println!("the same two answers each time: {sum} and {hits}");
}

fn sum_of_squares(seeds: Range<usize>) -> u64 {
    seeds
        .map(|seed| u64::from(square_of_draw(seed as u32)))
        .sum()
}

fn count_hits(points: Range<usize>) -> u64 {
    MonteCarloPi::new(POINTS).fold(points)
}

/// Splits the items into chunks, lets rayon's workers do them, and adds up what they return.
fn in_chunks(items: usize, task: fn(Range<usize>) -> u64) -> u64 {
    let size = items / CHUNKS;
    let chunks = (0..CHUNKS).into_par_iter(); // Each number of a chunk is a task of the pool.
    chunks
        .map(|chunk| task(chunk * size..(chunk + 1) * size))
        .sum()
}

/// What `work` returns, and how long it takes: the shortest of three times.
fn timed<T>(work: impl Fn() -> T) -> (T, Duration) {
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        work();
        shortest = shortest.min(start.elapsed());
    }
    (work(), shortest)
}
