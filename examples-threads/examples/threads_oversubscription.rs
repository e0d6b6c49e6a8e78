//! More workers than cores: computing gains nothing from them, waiting does.
//!
//! A worker that computes needs a core, and the extra ones only take turns. A worker that waits
//! (for a disk, a server, a user) needs no core, so the right number of such workers has nothing to
//! do with cores.
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
//! 1 x to 4 x cores: computing [..] times as fast, waiting [..] times
//! ```
//!
//! Try: add a row of 40 x cores and 10 times as many requests, and look at the waiting column.

use std::io;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use examples_threads::Scoped;
use workloads::chunks::Chunks;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Paradigm, Serial, println};

fn main() -> io::Result<()> {
    let cores = thread::available_parallelism()?.get();
    let requests = 4 * cores;
    let workload = RandomSquares::new(16_000, Kernel::Plain);
    let serial = Serial.map(&workload)?;

    println!("workers       computing     waiting");
    let rows = [
        ("one", 1),
        ("1 x cores", cores),
        ("2 x cores", 2 * cores),
        ("4 x cores", 4 * cores),
    ];
    let mut times = Vec::new();
    for (name, workers) in rows {
        let workers = NonZero::new(workers).expect("there is at least one core");
        let (computing, squares) = timed(|| Scoped::start(workers)?.map(&workload));
        assert_eq!(squares?, serial);
        let (waiting, ()) = timed(|| await_replies(requests, workers));
        println!("{name:10} {computing:9.1} ms {waiting:8.1} ms");
        times.push((computing, waiting));
    }

    let (few, many) = (times[1], times[3]);
    let (computing, waiting) = (few.0 / many.0, few.1 / many.1);
    println!(
        "1 x to 4 x cores: computing {computing:.1} times as fast, waiting {waiting:.1} times"
    );
    Ok(())
}

/// Makes each worker send its share of the requests, one after the other, and wait for the replies.
fn await_replies(requests: usize, workers: NonZero<usize>) {
    thread::scope(|scope| {
        for share in Chunks::one_each(requests, workers).iter() {
            scope.spawn(move || share.for_each(|_| thread::sleep(Duration::from_millis(3))));
        }
    });
}

/// The milliseconds that `work` takes, and its result.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64() * 1e3, result)
}
