//! A pool: worker processes that are started once, and then compute the tasks that they are sent.
//!
//! The task is that of the workload `random-squares`: seed a generator with 0, 1, 2, ..., draw a
//! digit each time, and square it. `map` sends the seeds to the workers, a few at a time, and puts
//! the results in the order of the seeds. In Python: `with Pool(2) as pool: pool.map(random_square,
//! range(20_000))`.
//!
//! Run: `cargo run --example process_pool`
//!
//! Expected output:
//!
//! ```text
//! 2 workers wait for tasks
//! map: [25, 25, 64, 64, 49, 9, 81, 16, 9, 25] and 19990 more, as in serial
//! two arguments are a pair: [3, 8, 15]
//! all tasks ran in the workers, and none in this process
//! after three calls, the workers are the same two processes
//! processes/pool: the same answer
//! ```
//!
//! Try: declare `let offset = 1_u64;` in `main`, and let the second function be `move |(a, b):
//! (u64, u64)| a * b + offset`. It does not compile: the function runs in another process, which
//! has no such variable. `cargo run` shows a message that says what to do instead. (`cargo check`
//! and most editors do not show it.)

use std::{io, num::NonZero, process};

#[cfg(unix)]
use examples_processes::{Pool, ProcessPool};
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, Paradigm, println};

examples_processes::needs_unix!();

const SEEDS: usize = 20_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let serial: Vec<u8> = (0..SEEDS).map(random_square).collect();

    let two = NonZero::new(2).expect("two workers");
    let pool = ProcessPool::start(two)?;
    let workers = pool.workers();
    println!("{} workers wait for tasks", workers.len());

    let squares = pool.map(random_square, 0..SEEDS)?;
    assert_eq!(squares, serial);
    let (first, others) = squares.split_at(10);
    println!("map: {first:?} and {} more, as in serial", others.len());

    let products = pool.map(|(a, b): (u64, u64)| a * b, [(1, 3), (2, 4), (3, 5)])?;
    println!("two arguments are a pair: {products:?}");

    // Which process does a task run in?
    let ids = pool.map(|_task: usize| process::id(), 0..100)?;
    assert!(ids.iter().all(|id| workers.contains(id)));
    println!("all tasks ran in the workers, and none in this process");
    assert_eq!(pool.workers(), workers);
    println!("after three calls, the workers are the same two processes");
    pool.join();

    // The paradigm: a pool, for any workload.
    let workload = RandomSquares::new(SEEDS, Kernel::Plain);
    let squares = Pool::start(two)?.map(&workload)?;
    assert_eq!(squares, serial);
    println!("processes/pool: the same answer");
    Ok(())
}

/// Seeds a generator, draws a digit, and squares it.
fn random_square(seed: usize) -> u8 {
    let workload = RandomSquares::new(seed + 1, Kernel::Plain);
    workload.items(seed..seed + 1)[0]
}
