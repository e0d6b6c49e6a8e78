//! How many inputs should travel together? Too few, and the messages take longer than the work. Too
//! many, and one worker computes alone at the end.
//!
//! The pool counts the divisors of each number up to 100,000, in less than a microsecond each.
//! Large numbers take longer than small ones. Each time is the shortest of three, and a bar shows
//! it. In the line "default", each worker has four chunks, as in Python, but a chunk has at most
//! 8,192 numbers. In the line "half a ms", a chunk takes half a millisecond: the pool measures how
//! many numbers that is.
//!
//! Run: `cargo run --example process_pool_chunks`
//!
//! Expected output:
//!
//! ```text
//! numbers a chunk: time
//!               1: [..]
//!              10: [..]
//!             100: [..]
//!            1000: [..]
//!           10000: [..]
//!           50000: [..]
//!          100000: [..]
//!         default: [..]
//!       half a ms: [..]
//! all answers are the serial answer
//! chunks of 1 number take [..] times as long as the best size
//! one chunk for all numbers is computed by 1 worker
//! ```
//!
//! Try: let `root` be `number.isqrt() / 100`, so that a number costs next to nothing. Which chunks
//! are the best now? (Serial code takes less than a millisecond for all numbers.)

use std::collections::HashSet;
use std::time::{Duration, Instant};
use std::{io, num::NonZero, process};

#[cfg(unix)]
use examples_processes::{ProcessPool, process_pool::Chunking};
use workloads::println;

examples_processes::needs_unix!();

const NUMBERS: u32 = 100_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let serial: Vec<u32> = (1..=NUMBERS).map(divisors).collect();
    let pool = ProcessPool::start(NonZero::new(2).expect("two workers"))?;
    let size = |inputs| Chunking::Size(NonZero::new(inputs).expect("at least one input"));
    let mut chunkings = Vec::new();
    for inputs in [1, 10, 100, 1_000, 10_000, 50_000, 100_000] {
        chunkings.push((inputs.to_string(), size(inputs)));
    }
    chunkings.push(("default".to_owned(), Chunking::FourEach));
    let half_a_millisecond = Duration::from_micros(500);
    chunkings.push((
        "half a ms".to_owned(),
        Chunking::Lasting(half_a_millisecond),
    ));

    println!("numbers a chunk: time");
    let mut times = Vec::new();
    for (name, chunking) in chunkings {
        let mut shortest = Duration::MAX;
        for _ in 0..3 {
            let start = Instant::now();
            // After `chunks`, functions have a first argument: a value that all tasks share. Here: `()`.
            let answer = pool
                .chunks(chunking)
                .map(|(), number| divisors(number), 1..=NUMBERS)?;
            shortest = shortest.min(start.elapsed());
            assert_eq!(answer, serial);
        }
        let bar = "#".repeat(shortest.as_millis() as usize / 4);
        println!("{name:>15}: {shortest:>8.1?} {bar}");
        times.push(shortest);
    }
    println!("all answers are the serial answer");
    let best = times.iter().min().expect("there are times");
    let factor = times[0].div_duration_f64(*best);
    println!("chunks of 1 number take {factor:.1} times as long as the best size");

    let by = pool
        .chunks(size(NUMBERS as usize))
        .map(|(), _number: u32| process::id(), 1..=NUMBERS)?;
    let workers = HashSet::<u32>::from_iter(by).len();
    println!("one chunk for all numbers is computed by {workers} worker");
    Ok(())
}

/// How many divisors a number has.
fn divisors(number: u32) -> u32 {
    let root = number.isqrt();
    let pairs = (1..=root)
        .filter(|divisor| number.is_multiple_of(*divisor))
        .count() as u32;
    // A divisor below the root has a partner above it.
    2 * pairs - u32::from(root * root == number)
}
