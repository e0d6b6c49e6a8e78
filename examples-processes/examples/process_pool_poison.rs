//! An input that ends every worker that takes it: a *poison task*.
//!
//! The pool must not give such an input to one worker after the other forever. After three workers
//! have died while they computed it (`attempts` changes this number), the input has failed: its
//! error has the number of the input and the cause. All other inputs complete. If the function
//! panics, its input has failed at once, and the worker goes on. An input that takes longer than
//! the time limit has failed, too, and its worker is killed and replaced.
//!
//! Run: `cargo run --example process_pool_poison`
//!
//! Expected output:
//!
//! ```text
//! 0
//! 1
//! task 2: its worker was killed by SIGABRT, 3 times
//! 9
//! task 4 panicked at [..]: 4 is not wanted
//! 25
//! task 6 took longer than 300ms
//! 49
//! attempts(2): task 2: its worker was killed by SIGABRT, 2 times
//! attempts(1): task 2: its worker was killed by SIGABRT
//! ```
//!
//! Try: replace `abort()` by `exit(0)`. The status 0 means success, but the pool still reports an
//! error, because the input has no result.

use std::time::Duration;
use std::{io, num::NonZero, process, thread};

#[cfg(unix)]
use examples_processes::ProcessPool;
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> io::Result<()> {
    let two = NonZero::new(2).expect("two workers");
    let limit = Duration::from_millis(300);
    let pool = ProcessPool::builder(two).time_limit(limit).start()?;
    // `imap` returns a result or an error for each input, in the order of the inputs.
    for (number, outcome) in (0..).zip(pool.imap(square, 0..8)) {
        match outcome {
            Ok(square) => {
                println!("{square}");
                assert_eq!(square, number * number);
            }
            Err(error) => {
                println!("{error}");
                assert_eq!(error.index as u64, number);
            }
        }
    }

    for most in [2, 1] {
        let attempts = NonZero::new(most).expect("at least one attempt");
        let pool = ProcessPool::builder(two).attempts(attempts).start()?;
        // `map` returns all results, or the first failure.
        let error = pool.map(square, 0..3).expect_err("input 2 has no result");
        println!("attempts({most}): {error}");
    }
    Ok(())
}

/// Squares a number, except three numbers.
fn square(number: u64) -> u64 {
    match number {
        2 => process::abort(),
        4 => panic!("4 is not wanted"),
        6 => loop {
            thread::sleep(Duration::from_secs(1));
        },
        _ => number * number,
    }
}
