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

use std::error::Error;
use std::num::NonZero;
use std::process::ExitCode;
use std::time::Instant;

use benches::command::{Workers, finish};
use clap::{Parser, ValueEnum};
use estimator::{Run, Side, Stopwatch};
use indicatif::ProgressBar;
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::problem::Problem;
use laboratory::trial::Trial;
use laboratory::{catalogue, take_role_if_asked};
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

    /// What the paradigms' workers compute with
    #[arg(long, value_enum, default_value_t = KernelName::Lanes)]
    kernel: KernelName,
}

#[derive(Clone, Copy, ValueEnum)]
enum KernelName {
    /// Many seeds at once, in SIMD lanes
    Lanes,
    /// One seed at a time
    Plain,
}

/// NumPy's own sums, for n = 10, 100 ...
const NUMPY_SUMS: [(usize, u64); 7] = [
    (10, 367),
    (100, 2_806),
    (1_000, 28_781),
    (10_000, 282_918),
    (100_000, 2_852_978),
    (1_000_000, 28_524_147),
    (10_000_000, 285_170_439),
];

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    let n = options.n as usize;
    finish("random_squares", options.workers.number(), |workers| {
        run(n, workers, options.kernel)
    })
}

fn run(n: usize, workers: NonZero<usize>, kernel: KernelName) -> Result<ExitCode, Box<dyn Error>> {
    let squares = words::number_of(n, "random square");
    println!("{squares}, {}\n", words::number_of(workers.get(), "worker"));
    println!("{:38} {:>14} {:>9}", "", "Execution time", "speedup");

    let serial = report("serial", None, || serial_with_progress(n));
    let lanes = report("serial, lanes kernel", Some(&serial), || {
        RandomSquares::new(n, Kernel::Lanes).items(0..n)
    });
    assert_eq!(serial.items, lanes.items, "both kernels draw the same");
    let kernel = match kernel {
        KernelName::Lanes => "lanes",
        KernelName::Plain => "plain",
    };
    let problem = Problem::new(RandomSquares::NAME, n, &[kernel.to_owned()])?;
    for paradigm in catalogue::paradigms() {
        // In a process of its own, which checks that the answer is the serial one.
        let trial = Trial::by_items(paradigm.name, workers, &problem);
        let mut process = MeasuringProcess::start(&Subject::Paradigm(trial))?;
        let run = Run {
            side: Side::Rival,
            at: n,
        };
        let seconds = process.time(&[run])?[0];
        let name = format!("{}, {kernel} kernel", paradigm.name);
        print_line(&name, seconds, serial.seconds / seconds);
    }

    let sum: u64 = lanes.items.iter().map(|&square| u64::from(square)).sum();
    match NUMPY_SUMS.iter().find(|(size, _)| *size == n) {
        Some((_, numpy)) => {
            assert_eq!(sum, *numpy, "NumPy's sum");
            println!("\nEvery answer is the serial one, and its sum {sum} is NumPy's.");
        }
        None => println!("\nEvery answer is the serial one; its sum is {sum}."),
    }
    Ok(ExitCode::SUCCESS)
}

struct Timed {
    seconds: f64,
    items: Vec<u8>,
}

/// Times `compute` and prints a line about it.
fn report(name: &str, baseline: Option<&Timed>, compute: impl FnOnce() -> Vec<u8>) -> Timed {
    let start = Instant::now();
    let items = compute();
    let seconds = start.elapsed().as_secs_f64();
    print_line(
        name,
        seconds,
        baseline.map_or(1.0, |baseline| baseline.seconds / seconds),
    );
    Timed { seconds, items }
}

fn print_line(name: &str, seconds: f64, speedup: f64) {
    println!("{name:38} {:>14} {speedup:>9.2}", words::time(seconds));
}

/// One seed after the other; a bar shows how far it has come.
fn serial_with_progress(n: usize) -> Vec<u8> {
    let workload = RandomSquares::new(n, Kernel::Plain);
    let bar = ProgressBar::new(n as u64);
    let mut items = vec![0; n];
    let part = 100_000;
    for (k, out) in items.chunks_mut(part).enumerate() {
        workload.fill(k * part, out);
        bar.inc(out.len() as u64);
    }
    bar.finish_and_clear();
    items
}
