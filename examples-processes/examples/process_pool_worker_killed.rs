//! A worker of a pool is killed, and `map` still returns all results.
//!
//! This happens in real programs: a system without free memory kills the process that uses most of
//! the memory. The system tells the pool that a worker has ended. The pool gives the tasks that
//! this worker had not answered to other workers, and starts another worker. Some of the tasks run
//! a second time, but no result is lost, and none is counted twice. In Python, the result of
//! `map_async` of a `multiprocessing.Pool` then never comes, and an executor of
//! `concurrent.futures` fails and cannot be used again.
//!
//! Run: `cargo run --example process_pool_worker_killed`
//!
//! Expected output:
//!
//! ```text
//! one worker killed, in the middle of 100000 tasks
//! all 100000 results are there, as in serial
//! both workers killed, in the middle of 100000 tasks
//! all 100000 results are there, as in serial
//! the pool has 2 workers, and both are new
//! ```
//!
//! Try: start the pool by `ProcessPool::builder(two).attempts(NonZero::<u32>::MIN).start()`, with
//! the number of workers as `two`. Now no input is tried a second time: `wait` returns an error,
//! which names the input that the killed worker was computing.

use std::time::Duration;
use std::{io, num::NonZero};

#[cfg(unix)]
use examples_processes::ProcessPool;
#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, println};

examples_processes::needs_unix!();

const SEEDS: usize = 100_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let serial: Vec<u8> = (0..SEEDS).map(random_square).collect();
    let pool = ProcessPool::start(NonZero::new(2).expect("two workers"))?;
    let first_workers = pool.workers();
    for (workers, name) in [(1, "one worker"), (2, "both workers")] {
        let squares = pool.map_async(random_square, 0..SEEDS);
        // In the middle of the work.
        while squares.progress().0 == 0 {
            squares.wait_for(Duration::from_millis(1));
        }
        for &worker in &pool.workers()[..workers] {
            kill(Pid::from_raw(worker.cast_signed()), Signal::SIGKILL)?;
        }
        assert!(!squares.is_ready());
        println!("{name} killed, in the middle of {SEEDS} tasks");
        assert_eq!(squares.wait()?, serial);
        println!("all {SEEDS} results are there, as in serial");
    }
    let workers = pool.workers();
    assert!(!workers.iter().any(|worker| first_workers.contains(worker)));
    println!("the pool has {} workers, and both are new", workers.len());
    Ok(())
}

fn random_square(seed: usize) -> u8 {
    let workload = RandomSquares::new(seed + 1, Kernel::Plain);
    workload.items(seed..seed + 1)[0]
}
