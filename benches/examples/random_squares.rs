//! The chapter's program: ten million times, seed a random generator, draw a digit, square it.
//!
//! In Python this is a matter of half a minute, and a `multiprocessing.Pool` of two halves it. Here
//! the same numbers are computed one seed at a time, then by the lanes kernel, which fills one core,
//! and then by every paradigm on top of that.
//!
//! Run: `cargo run --release --example random_squares` (about 20 s; `-- --n 1000000` is a tenth)
//!
//! Expected output: a line with the execution time of each way, and that its sum is NumPy's.
//!
//! Try: `-- --kernel plain`: the paradigms then share out the slow code, as the Python program does.
//! No number of cores that this machine has makes up for what the lanes kernel does on one.

use std::process::ExitCode;
use std::slice;
use std::time::Instant;

use benches::command::{self, Outcome, Progress, Workers};
use clap::Parser;
use estimator::{Run, Side, Stopwatch};
use laboratory::catalogue;
use laboratory::measuring::{MeasuringProcess, Problem, Subject, Trial};
use report::words;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, Workload};

/// Times the Python chapter's program, serially and in every parallel way.
#[derive(Parser)]
struct Options {
    /// Number of items
    #[arg(long, default_value_t = 10_000_000)]
    n: u32,

    #[command(flatten)]
    workers: Workers,

    /// What the paradigms' workers compute with: many seeds at once, in SIMD lanes, or one at a time
    #[arg(long, value_parser = ["lanes", "plain"], default_value = "lanes")]
    kernel: String,
}

/// The slow serial code computes so many items between two steps of the progress bar, of which it has half.
const STEP: usize = 100_000;
const SHARE_OF_SERIAL: f64 = 0.5;

/// Numbers of items, and NumPy's own sums.
const NUMPY_SUMS: [(usize, u64); 2] = [(1_000_000, 28_524_147), (10_000_000, 285_170_439)];

fn main() -> ExitCode {
    command::main("random_squares", run)
}

fn run(options: &Options) -> Outcome {
    let Options { n, workers, kernel } = options;
    let (n, workers) = (*n as usize, workers.number());
    let squares = words::number_of(n, "random square");
    println!("{squares}, {}\n", words::number_of(workers.get(), "worker"));
    println!("{:38} {:>14} {:>9}", "", "Execution time", "speedup");

    let progress = Progress::new("random_squares")?;
    let plain = RandomSquares::new(n, Kernel::Plain);
    let start = Instant::now();
    let mut items = vec![0; n];
    for (k, step) in items.chunks_mut(STEP).enumerate() {
        let first = k * STEP;
        progress.show("serial", SHARE_OF_SERIAL * first as f64 / n as f64);
        plain.fill(first, step);
    }
    let serial = start.elapsed().as_secs_f64();
    let print = |name: &str, seconds: f64| {
        let (time, speedup) = (words::time(seconds), serial / seconds);
        progress.print(&format!("{name:38} {time:>14} {speedup:>9.2}"));
    };
    print("serial", serial);

    progress.show("serial, lanes kernel", SHARE_OF_SERIAL);
    let start = Instant::now();
    let by_lanes = RandomSquares::new(n, Kernel::Lanes).items(0..n);
    print("serial, lanes kernel", start.elapsed().as_secs_f64());
    assert_eq!(items, by_lanes, "both kernels draw the same");

    let problem = Problem::new(RandomSquares::NAME, n, slice::from_ref(kernel))?;
    let side = Side::Rival;
    let paradigms = catalogue::paradigms();
    for (k, paradigm) in paradigms.iter().enumerate() {
        let name = format!("{}, {kernel} kernel", paradigm.name);
        let rest = k as f64 / paradigms.len() as f64;
        progress.show(&name, SHARE_OF_SERIAL + (1.0 - SHARE_OF_SERIAL) * rest);
        // In a process of its own, which checks that the answer is the serial one.
        let trial = Trial::by_items(paradigm.name, workers, &problem);
        let mut process = MeasuringProcess::start(&Subject::Paradigm(trial))?;
        let seconds = process.time(&[Run { side, at: n }])?[0];
        print(&name, seconds);
    }
    drop(progress);

    let sum: u64 = items.into_iter().map(u64::from).sum();
    match NUMPY_SUMS.into_iter().find(|(items, _)| *items == n) {
        Some((_, numpy)) => {
            assert_eq!(sum, numpy, "NumPy's sum");
            println!("\nEvery answer is the serial one, and its sum {sum} is NumPy's.");
        }
        None => println!("\nEvery answer is the serial one; its sum is {sum}."),
    }
    Ok(ExitCode::SUCCESS)
}
