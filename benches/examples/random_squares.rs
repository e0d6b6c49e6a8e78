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
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use benches::catalogue;
use benches::measuring::{MeasuringProcess, Problem, Run, Subject, Who, take_role_if_asked};
use benches::words;
use clap::{Parser, ValueEnum};
use indicatif::ProgressBar;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, Workload};

/// Times the Python chapter's program, serially and in every parallel way.
#[derive(Parser)]
struct Options {
    /// Number of items
    #[arg(long, default_value_t = 10_000_000)]
    n: u32,

    /// Workers of each paradigm [default: the cores that this process may use]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=512))]
    workers: Option<u16>,

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
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("random_squares: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let n = options.n as usize;
    let workers = match options.workers {
        Some(workers) => NonZero::new(usize::from(workers)).ok_or("no workers")?,
        None => available_parallelism()?,
    };
    println!(
        "{} random squares, {workers} workers\n",
        words::thousands(n as u64)
    );
    println!("{:38} {:>14} {:>9}", "", "Execution time", "speedup");

    let serial = report("serial", None, || serial_with_progress(n));
    let lanes = report("serial, lanes kernel", Some(&serial), || {
        RandomSquares::new(n, Kernel::Lanes).items(0..n)
    });
    assert_eq!(serial.items, lanes.items, "both kernels draw the same");
    let kernel = match options.kernel {
        KernelName::Lanes => "lanes",
        KernelName::Plain => "plain",
    };
    let problem = Problem::new(RandomSquares::NAME, n, &[kernel.to_owned()])?;
    for paradigm in catalogue::paradigms() {
        // In a process of its own, which checks that the answer is the serial one.
        let subject = Subject {
            paradigm: paradigm.name.to_owned(),
            workers,
            problem: problem.clone(),
        };
        let run = Run {
            who: Who::Paradigm,
            n,
            repeat: 1,
        };
        let time = MeasuringProcess::start(&subject)?.time(&[run])?[0];
        print_line(
            &format!("{}, {kernel} kernel", paradigm.name),
            time,
            Some(serial.time),
        );
    }

    let sum: u64 = lanes.items.iter().map(|&square| u64::from(square)).sum();
    match NUMPY_SUMS.iter().find(|(size, _)| *size == n) {
        Some((_, numpy)) => {
            assert_eq!(sum, *numpy, "NumPy's sum");
            println!("\nEvery answer is the serial one, and its sum {sum} is NumPy's.");
        }
        None => println!("\nEvery answer is the serial one; its sum is {sum}."),
    }
    Ok(())
}

struct Timed {
    time: Duration,
    items: Vec<u8>,
}

/// Times `compute` and prints a line about it.
fn report(name: &str, baseline: Option<&Timed>, compute: impl FnOnce() -> Vec<u8>) -> Timed {
    let start = Instant::now();
    let items = compute();
    let time = start.elapsed();
    print_line(name, time, baseline.map(|baseline| baseline.time));
    Timed { time, items }
}

fn print_line(name: &str, time: Duration, baseline: Option<Duration>) {
    let speedup = baseline.map_or(1.0, |baseline| baseline.as_secs_f64() / time.as_secs_f64());
    println!(
        "{name:38} {:>14} {speedup:>9.2}",
        words::time(time.as_secs_f64())
    );
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
