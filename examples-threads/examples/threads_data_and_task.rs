//! Task parallelism gives each worker a task of its own. Data parallelism splits one task among the
//! workers.
//!
//! With task parallelism no task has to be split, but the program takes as long as its longest
//! task, and it has work for no more workers than tasks. With data parallelism all workers help
//! with every task.
//!
//! Run: `cargo run --example threads_data_and_task`
//!
//! Expected output:
//!
//! ```text
//! serial: squares [..] ms, then pi [..] ms, together [..] ms
//! task parallelism: a thread for squares, a thread for pi, together [..] ms
//! data parallelism: squares split among all workers, then pi, together [..] ms
//! the same two answers each time: 570239 and 1570668
//! ```
//!
//! Try: set `SEEDS` to 3500. The two tasks now take about the same time, and on two cores task
//! parallelism is as fast as data parallelism. On four cores it is not: two tasks are work for two
//! threads.

use std::ops::Range;
use std::thread;
use std::time::Instant;

use rayon::prelude::*;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::random_squares::square_of_draw;
use workloads::{Reduce, println};

const SEEDS: usize = 20_000;
const POINTS: usize = 2_000_000;
const CHUNKS: usize = 100;

fn main() {
    rayon::broadcast(|_| ()); // Starts the pool.

    let ((sum, squares_time), (hits, pi_time)) = (
        timed(|| sum_of_squares(0..SEEDS)),
        timed(|| count_hits(0..POINTS)),
    );
    let time = squares_time + pi_time;
    println!(
        "serial: squares {squares_time:.1} ms, then pi {pi_time:.1} ms, together {time:.1} ms"
    );

    let (answers, time) = timed(|| {
        thread::scope(|scope| {
            let squares = scope.spawn(|| sum_of_squares(0..SEEDS));
            let pi = scope.spawn(|| count_hits(0..POINTS));
            let no_panic = "no worker panics";
            (squares.join().expect(no_panic), pi.join().expect(no_panic))
        })
    });
    assert_eq!(answers, (sum, hits));
    println!("task parallelism: a thread for squares, a thread for pi, together {time:.1} ms");

    let (answers, time) = timed(|| {
        (
            in_chunks(SEEDS, sum_of_squares),
            in_chunks(POINTS, count_hits),
        )
    });
    assert_eq!(answers, (sum, hits));
    println!("data parallelism: squares split among all workers, then pi, together {time:.1} ms");
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
    let chunks = (0..CHUNKS).into_par_iter();
    chunks
        .map(|chunk| task(chunk * size..(chunk + 1) * size))
        .sum()
}

/// What `work` returns, and how many milliseconds it takes.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let answer = work();
    (answer, start.elapsed().as_secs_f64() * 1e3)
}
