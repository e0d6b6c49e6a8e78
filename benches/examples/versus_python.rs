//! The same work in Python and in Rust: which is faster, and at which size does parallel start to win in each?
//!
//! Our own Python programs (`benches/laboratory/python`) run the chapter's two examples in every way that Python
//! offers. Our paradigms run the same, with the plain kernel, in turns with Python, and every answer is
//! checked to be the same. It needs `python3` with NumPy; joblib is measured where it is installed.
//!
//! Run: `cargo run --release --example versus_python` (about three minutes; `-- --quick` takes half of that)
//!
//! Expected output: for each workload a table of Python's ways and ours, and below it in words how the
//! languages compare. At the end, where the same was written as HTML, with the figure of time against size.
//!
//! Try: `--workers 1`. Which of Python's ways still cost something, and what do they cost it for?

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use benches::command::{self, Measuring, Outcome, Progress, Workers, name_failures, refusal};
use benches::output::{LATEST_COMPARISONS, in_target_directory, keep_latest, writable};
use clap::{Parser, value_parser};
use laboratory::python::WORKLOADS;
use laboratory::versus::{Comparison, Request, compare};
use report::sentences::versus as say;
use report::{page, tables, terminal};

/// Measures Python's ways to run something in parallel, and ours, side by side.
#[derive(Parser)]
#[command(name = COMMAND, max_term_width = 100)]
#[command(after_help = "The default budget of a workload is 90 seconds, 40 with --quick.")]
struct Options {
    /// Workload to measure; may be repeated [default: both]
    #[arg(long, value_name = "NAME", value_parser = WORKLOADS)]
    workload: Vec<String>,

    /// Largest number of items, however long it takes [default: as many as the budget has the time for]
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..=100_000_000))]
    max_n: Option<u64>,

    #[command(flatten)]
    workers: Workers,

    #[command(flatten)]
    measuring: Measuring,

    /// Where the HTML page goes [default: `versus_python.html` in the target directory]
    #[arg(long, value_name = "FILE", value_parser = writable(), hide_default_value = true)]
    #[arg(default_value_os_t = in_target_directory("versus_python.html"))]
    html: PathBuf,
}

const COMMAND: &str = "versus_python";

/// Seconds for one workload.
const BUDGET: f64 = 90.0;
/// The same with `--quick`, which of Python's ways measures only the pool.
const QUICK_BUDGET: f64 = 40.0;

fn main() -> ExitCode {
    command::main(COMMAND, run)
}

/// Measures, writes and prints.
fn run(options: &Options) -> Outcome {
    let (workload, measuring) = (&options.workload, &options.measuring);
    measuring.check(&options.html)?;
    let mut asked = WORKLOADS.to_vec();
    asked.retain(|name| workload.is_empty() || workload.iter().any(|asked| asked == name));
    let count = asked.len() as f64;
    let budget = measuring.time(count * BUDGET, count * QUICK_BUDGET);
    let progress = Progress::new(COMMAND)?;
    let mut comparisons = Vec::new();
    for (k, name) in asked.into_iter().enumerate() {
        let request = Request {
            workload: name.to_owned(),
            workers: options.workers.number(),
            budget: budget.div_f64(count),
            every_way: !measuring.quick,
            largest: options.max_n.map(|n| n as usize),
        };
        let compared = compare(&request, |share| {
            progress.show(name, (k as f64 + share) / count);
        });
        comparisons.push(compared.map_err(|error| match error.kind() {
            // Something must be installed first.
            io::ErrorKind::NotFound => refusal(error).into(),
            _ => Box::<dyn Error>::from(error),
        })?);
    }
    drop(progress);

    let files = measuring.write(&options.html, &page::versus(&comparisons), &comparisons)?;
    let is_whole = workload.is_empty() && options.max_n.is_none();
    let is_slow = measuring.budget.is_none() && !measuring.quick;
    if is_whole && is_slow && options.workers.asked.is_none() {
        // The report shows the latest.
        keep_latest(LATEST_COMPARISONS, &comparisons)?;
    }
    let width = terminal::width();
    for comparison in &comparisons {
        let heading = terminal::prose(&say::heading(comparison), "", width);
        let table = terminal::table(&tables::versus(comparison), width);
        println!("{heading}\n\n{table}\n");
        for sentence in say::what_to_see(comparison) {
            println!("- {}", terminal::prose(&sentence, "  ", width));
        }
        println!();
    }
    print!("{files}");
    let cells = comparisons.iter().flat_map(Comparison::cells);
    let failures = cells.filter_map(|cell| cell.outcome.as_ref().err());
    Ok(name_failures(COMMAND, failures))
}
