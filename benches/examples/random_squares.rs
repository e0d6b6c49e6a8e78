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

use benches::command::{self, Outcome, Workers};
use clap::Parser;
use estimator::{Run, Side, Stopwatch};
use laboratory::catalogue;
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::problem::Problem;
use laboratory::trial::Trial;
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

    let timed = |kernel| {
        let start = Instant::now();
        let items = RandomSquares::new(n, kernel).items(0..n);
        (items, start.elapsed().as_secs_f64())
    };
    let (items, serial) = timed(Kernel::Plain);
    let print = |name: &str, seconds: f64| {
        let time = words::time(seconds);
        println!("{name:38} {time:>14} {:>9.2}", serial / seconds);
    };
    print("serial", serial);
    let (by_lanes, seconds) = timed(Kernel::Lanes);
    print("serial, lanes kernel", seconds);
    assert_eq!(items, by_lanes, "both kernels draw the same");

    let problem = Problem::new(RandomSquares::NAME, n, slice::from_ref(kernel))?;
    let side = Side::Rival;
    for paradigm in catalogue::paradigms() {
        // In a process of its own, which checks that the answer is the serial one.
        let trial = Trial::by_items(paradigm.name, workers, &problem);
        let mut process = MeasuringProcess::start(&Subject::Paradigm(trial))?;
        let seconds = process.time(&[Run { side, at: n }])?[0];
        print(&format!("{}, {kernel} kernel", paradigm.name), seconds);
    }

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
