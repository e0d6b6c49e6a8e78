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
//! one worker:          computing [..], waiting [..]
//! 1 worker per core:   computing [..], waiting [..]
//! 2 workers per core:  computing [..], waiting [..]
//! 4 workers per core:  computing [..], waiting [..]
//! ```
//!
//! Try: add a line for 8 workers per core. Computing is no faster in the new line, and waiting is.

use std::time::{Duration, Instant};
use std::{io, thread};

use workloads::println;
use workloads::random_squares::square_of_draw;

fn main() -> io::Result<()> {
    // At most 8, so that the first line takes less than a second on any machine.
    let cores = thread::available_parallelism()?.get().min(8);
    let tasks = 8 * cores;
    let print = |name, workers| {
        let computing = run(tasks, workers, compute);
        let waiting = run(tasks, workers, wait);
        println!("{name:20} computing {computing:.1?}, waiting {waiting:.1?}");
    };
    print("one worker:", 1);
    print("1 worker per core:", cores);
    print("2 workers per core:", 2 * cores);
    print("4 workers per core:", 4 * cores);
    Ok(())
}

/// Shares out the tasks among the workers, and returns how long all of them take.
fn run(tasks: usize, workers: usize, task: fn()) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || {
                // Worker 0 of 3 does the tasks 0, 3, 6, ..., worker 1 the tasks 1, 4, 7, ...
                for _ in (worker..tasks).step_by(workers) {
                    task();
                }
            });
        }
    });
    start.elapsed()
}

fn compute() {
    // Square the digits that random generators draw, and add up.
    let sum: u64 = (0..2_000).map(|seed| u64::from(square_of_draw(seed))).sum();
    assert_eq!(sum, 56_813);
}

/// Stands for a request to a server and its reply.
fn wait() {
    thread::sleep(Duration::from_millis(10));
}
