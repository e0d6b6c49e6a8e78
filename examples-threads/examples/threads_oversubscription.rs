//! More workers than cores: work that computes gains nothing from them, work that waits does.
//!
//! A worker that computes needs a core, so workers beyond the number of cores only take turns. A
//! worker that waits (for a disk, a server, a user) needs no core. So the best number of such
//! workers does not depend on the cores.
//!
//! Run: `cargo run --example threads_oversubscription`
//!
//! Expected output:
//!
//! ```text
//! workers       computing     waiting
//! one        [..] ms [..] ms
//! 1 x cores  [..] ms [..] ms
//! 2 x cores  [..] ms [..] ms
//! 4 x cores  [..] ms [..] ms
//! ```
//!
//! Try: set `TASKS` to 320 and add a row of 40 x cores. Computing is no faster in the new row, and
//! waiting is.

use std::time::{Duration, Instant};
use std::{io, thread};

use workloads::println;
use workloads::random_squares::square_of_draw;

const TASKS: usize = 32;

fn main() -> io::Result<()> {
    let cores = thread::available_parallelism()?.get();
    let rows = [
        ("one", 1),
        ("1 x cores", cores),
        ("2 x cores", 2 * cores),
        ("4 x cores", 4 * cores),
    ];
    println!("workers       computing     waiting");
    for (name, workers) in rows {
        let computing = milliseconds(workers, compute);
        let waiting = milliseconds(workers, wait);
        println!("{name:10} {computing:9.1} ms {waiting:8.1} ms");
    }
    Ok(())
}

/// Shares out all tasks among the workers, and returns how long they take.
fn milliseconds(workers: usize, task: fn()) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || {
                // Worker 0 of 3 does the tasks 0, 3, 6, ..., worker 1 the tasks 1, 4, 7, ...
                for _ in (worker..TASKS).step_by(workers) {
                    task();
                }
            });
        }
    });
    start.elapsed().as_secs_f64() * 1e3
}

fn compute() {
    let sum: u64 = (0..1_000).map(|seed| u64::from(square_of_draw(seed))).sum();
    assert_eq!(sum, 28_781);
}

/// Stands for a request to a server and its reply.
fn wait() {
    thread::sleep(Duration::from_millis(3));
}
