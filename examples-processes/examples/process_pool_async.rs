//! Tasks of a pool that go on while the parent does something else.
//!
//! `map_async` and `apply_async` return at once, with a handle to a result that is not there yet. A
//! handle says how far its tasks are. It can be waited for with a time limit, and cancelled.
//! `as_completed` takes several handles and returns their results as they become ready. In Python
//! such a handle is an `AsyncResult` (of a pool) or a `Future` (of an executor).
//!
//! Run: `cargo run --example process_pool_async`
//!
//! Expected output:
//!
//! ```text
//! 20000 tasks are under way; meanwhile, main has found 1229 prime numbers
//! 20000 of 20000 tasks are done, and the results are as in serial
//! result 1 is ready, after 1 ms
//! result 0 is ready, after 400 ms
//! not ready after 100 ms, so it is cancelled
//! the pool can be used again: [1, 4, 9, 16]
//! ```
//!
//! Try: delete the line with `cancel`. The other worker computes the squares, and the program ends
//! as before, without waiting a minute: a pool that is dropped kills workers that are busy. Then
//! add `pool.join();` above `Ok(())`. Now the program waits for all tasks: one minute.

use std::time::Duration;
use std::{io, num::NonZero, thread};

#[cfg(unix)]
use examples_processes::ProcessPool;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, println};

examples_processes::needs_unix!();

const SEEDS: usize = 20_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let pool = ProcessPool::start(NonZero::new(2).expect("two workers"))?;

    let squares = pool.map_async(random_square, 0..SEEDS);
    let (_, tasks) = squares.progress();
    let primes = (2..10_000).filter(|&number| is_prime(number)).count();
    println!("{tasks} tasks are under way; meanwhile, main has found {primes} prime numbers");
    while !squares.wait_for(Duration::from_millis(5)) {
        // Not ready yet. Here, a program could show the progress.
    }
    let (done, tasks) = squares.progress();
    let serial: Vec<u8> = (0..SEEDS).map(random_square).collect();
    assert_eq!(squares.wait()?, serial);
    println!("{done} of {tasks} tasks are done, and the results are as in serial");

    let [slow, quick] = [400, 1].map(|milliseconds| pool.apply_async(sleep, milliseconds));
    let mut ready = Vec::new();
    for (number, result) in pool.as_completed([slow, quick]) {
        let milliseconds = result?;
        println!("result {number} is ready, after {milliseconds} ms");
        ready.push(milliseconds);
    }
    assert_eq!(ready, [1, 400]);

    let long = pool.apply_async(sleep, 60_000);
    if !long.wait_for(Duration::from_millis(100)) {
        long.cancel(); // Its worker is killed, and replaced.
        println!("not ready after 100 ms, so it is cancelled");
    }
    let squares = pool.map(|number: u64| number * number, 1..5)?;
    println!("the pool can be used again: {squares:?}");
    Ok(())
}

/// Sleeps for this many milliseconds, and returns their number.
fn sleep(milliseconds: u64) -> u64 {
    thread::sleep(Duration::from_millis(milliseconds));
    milliseconds
}

/// Seeds a generator, draws a digit, and squares it.
fn random_square(seed: usize) -> u8 {
    let workload = RandomSquares::new(seed + 1, Kernel::Plain);
    workload.items(seed..seed + 1)[0]
}

fn is_prime(number: u32) -> bool {
    (2..=number.isqrt()).all(|divisor| !number.is_multiple_of(divisor))
}
