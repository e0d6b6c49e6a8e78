//! The chapter's program: ten million times, seed a random generator, draw a digit, square it.
//!
//! In Python this takes half a minute, and half of that with a `multiprocessing.Pool` of two workers. Here
//! the same numbers are computed one seed at a time, then by the lanes kernel, which uses all of one core,
//! and then by every paradigm with the lanes kernel.
//!
//! Run: `cargo run --release --example random_squares` (about 20 s; `-- --n 1000000` is a tenth)
//!
//! Expected output: a line with the execution time of each way, and that its sum is NumPy's.
//!
//! Try: `-- --kernel plain`: the paradigms then share out the slow code, as the Python program does.
//! Compare them with `serial, lanes kernel`: with few cores, one core with the better kernel is faster.

use std::process::ExitCode;
use std::slice;
use std::time::{Duration, Instant};

use benches::command::{self, Outcome, Workers, count};
use benches::session::Session;
use clap::Parser;
use estimator::{Run, Side, Stopwatch};
use laboratory::catalogue;
use laboratory::measuring::{MeasuringProcess, Problem, Subject, Trial};
use report::words;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, Workload, zeroed_items};

/// Times the Python chapter's program, serially and in every parallel way.
#[derive(Parser)]
struct Options {
    /// Number of items
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count(1..=4_000_000_000))]
    #[arg(default_value = "10M")]
    n: u64,

    #[command(flatten)]
    workers: Workers,

    /// What the paradigms' workers compute with: many seeds at once, in SIMD lanes, or one at a time
    #[arg(long, value_parser = ["lanes", "plain"], default_value = "lanes")]
    kernel: String,
}

/// The slow serial code computes this many items between two steps of the progress bar, and has half of the bar.
const STEP: usize = 100_000;
const SHARE_OF_SERIAL: f64 = 0.5;

/// Numbers of items, and NumPy's own sums.
const NUMPY_SUMS: [(usize, u64); 2] = [(1_000_000, 28_524_147), (10_000_000, 285_170_439)];

fn main() -> ExitCode {
    command::main("random_squares", run)
}

fn run(options: &Options, session: &mut Session) -> Outcome {
    let Options { n, workers, kernel } = options;
    let (n, workers) = (*n as usize, workers.number());
    let squares = words::number_of(n, "random square");
    let workers_in_words = words::number_of(workers.get(), "worker");
    session.print(&format!("{squares}, {workers_in_words}\n\n"));
    session.print(&line("", "Execution time", "speedup over the first"));

    let plain = RandomSquares::new(n, Kernel::Plain);
    let start = Instant::now();
    let mut items = zeroed_items(n)?;
    for (k, step) in items.chunks_mut(STEP).enumerate() {
        let first = k * STEP;
        session.show(SHARE_OF_SERIAL * first as f64 / n as f64, "serial");
        plain.fill(first, step);
    }
    let serial = start.elapsed().as_secs_f64();
    let timed = |name: &str, seconds: f64| {
        line(name, &words::time(seconds), &words::ratio(serial / seconds))
    };
    session.print(&timed("serial", serial));

    session.show(SHARE_OF_SERIAL, "serial, lanes kernel");
    let start = Instant::now();
    let mut by_lanes = zeroed_items(n)?;
    RandomSquares::new(n, Kernel::Lanes).fill(0, &mut by_lanes);
    session.print(&timed(
        "serial, lanes kernel",
        start.elapsed().as_secs_f64(),
    ));
    assert_eq!(items, by_lanes, "both kernels draw the same");

    let problem = Problem::new(RandomSquares::NAME, n, slice::from_ref(kernel))?;
    let side = Side::Rival;
    let paradigms = catalogue::paradigms();
    let mut all_are_right = true;
    for (k, paradigm) in paradigms.iter().enumerate() {
        if session.cannot_print() {
            return Ok(());
        }
        let name = format!("{}, {kernel} kernel", paradigm.name);
        let rest = k as f64 / paradigms.len() as f64;
        session.show(SHARE_OF_SERIAL + (1.0 - SHARE_OF_SERIAL) * rest, &name);
        // In a process of its own, which checks that the answer is the serial one.
        let trial = Trial::by_items(paradigm.name, workers, &problem);
        let time = MeasuringProcess::start(&Subject::Paradigm(trial)).and_then(|mut process| {
            process.time(&[Run { side, at: n }], Duration::from_secs_f64(serial))
        });
        match time {
            Ok(seconds) => session.print(&timed(&name, seconds[0])),
            Err(error) => {
                all_are_right = false;
                session.print(&line(&name, "failed", ""));
                session.fail([error]);
            }
        }
    }

    let sum: u64 = items.into_iter().map(u64::from).sum();
    let every = if all_are_right {
        "Every answer"
    } else {
        "Every other answer"
    };
    let end = match NUMPY_SUMS.into_iter().find(|(items, _)| *items == n) {
        Some((_, numpy)) => {
            assert_eq!(sum, numpy, "NumPy's sum");
            format!("the sum {sum} equals the sum of NumPy")
        }
        None => format!("the sum is {sum}"),
    };
    session.print(&format!("\n{every} equals the serial answer; {end}.\n"));
    Ok(())
}

/// A line of the table.
fn line(name: &str, time: &str, speedup: &str) -> String {
    format!("{name:38} {time:>14} {speedup:>24}\n")
}
