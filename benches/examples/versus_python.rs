//! The same work in Python and in Rust: which is faster, and at which size does parallel start to win in each?
//!
//! Our own Python programs (`benches/laboratory/python`) run the chapter's two examples in every way that Python
//! offers. Our paradigms run the same, with the plain kernel, in turns with Python, and every answer is
//! checked to be the same. It needs `python3` with NumPy; joblib is measured where it is installed.
//!
//! Run: `cargo run --release --example versus_python` (about three minutes; `-- --quick` takes half a minute)
//!
//! Expected output: for each workload a table of Python's ways and ours, and below it three comparisons in
//! words. At the end, where the same was written as HTML, with the figure of time against size.
//!
//! Try: `--workers 1`. Which of Python's ways still cost something, and what do they cost it for?

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use benches::command::{Budget, Progress, Refusal, Workers, finish, name_failures};
use benches::output::{
    LATEST_COMPARISONS, check_both, in_target_directory, keep_latest, write_json, write_whole,
};
use clap::Parser;
use laboratory::python::WORKLOADS;
use laboratory::versus::{Comparison, Plan, compare};
use report::{page, sentences::versus as sentences, tables, terminal};

/// Measures Python's ways to run something in parallel, and ours, side by side.
#[derive(Parser)]
#[command(name = COMMAND, max_term_width = 100)]
struct Options {
    /// Workload to measure, random-squares or squares; may be repeated [default: both]
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,

    /// Largest number of items, however long it takes [default: as many as the budget has the time for]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_n: Option<u64>,

    #[command(flatten)]
    workers: Workers,

    #[command(flatten)]
    budget: Budget,

    /// Writes every round, the machine and the results to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Where the HTML page goes [default: `versus_python.html` in the target directory]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const COMMAND: &str = "versus_python";

/// Seconds for one workload.
const BUDGET: f64 = 90.0;
/// The same with `--quick`, which of Python's ways measures only the pool.
const QUICK_BUDGET: f64 = 15.0;

fn main() -> ExitCode {
    laboratory::take_role_if_asked();
    let options = Options::parse();
    finish(COMMAND, plans(&options), |plans| run(&options, &plans))
}

/// What the options ask for.
fn plans(options: &Options) -> Result<Vec<Plan>, Refusal> {
    check_both(&html(options), options.json.as_deref())?;
    let is_known = |name: &&String| WORKLOADS.contains(&name.as_str());
    if let Some(name) = options.workload.iter().find(|name| !is_known(name)) {
        let known = WORKLOADS.join(", ");
        return Err(format!(
            "there is no Python program for {name:?}; there are {known}"
        ));
    }
    let is_asked =
        |name: &&str| options.workload.is_empty() || options.workload.iter().any(|w| w == name);
    let asked: Vec<_> = WORKLOADS.into_iter().filter(is_asked).collect();
    let count = asked.len() as f64;
    let budget = options.budget.time(count * BUDGET, count * QUICK_BUDGET)?;
    let workers = options.workers.number()?;
    let plan = |name: &str| Plan {
        workload: name.to_owned(),
        workers,
        budget: budget.div_f64(count),
        every_way: !options.budget.quick,
        largest: options.max_n.map(|n| n as usize),
    };
    Ok(asked.into_iter().map(plan).collect())
}

fn html(options: &Options) -> PathBuf {
    let asked = options.html.clone();
    asked.unwrap_or_else(|| in_target_directory("versus_python.html"))
}

/// Measures, writes and prints. If something must be installed first, a sentence says so, as for a wrong option.
fn run(options: &Options, plans: &[Plan]) -> Result<ExitCode, Box<dyn Error>> {
    let progress = Progress::new(COMMAND)?;
    let mut comparisons = Vec::new();
    for (k, plan) in plans.iter().enumerate() {
        let show = |share| progress.show(&plan.workload, (k as f64 + share) / plans.len() as f64);
        match compare(plan, show) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                eprintln!("{COMMAND}: {error}");
                return Ok(ExitCode::from(2));
            }
            comparison => comparisons.push(comparison?),
        }
    }
    drop(progress);

    let html = html(options);
    write_whole(&html, page::versus(&comparisons).as_bytes())?;
    write_json(options.json.as_deref(), &comparisons)?;
    let is_whole = options.workload.is_empty() && options.max_n.is_none();
    if is_whole && options.workers.asked.is_none() && options.budget.is_default() {
        // The report shows the latest.
        keep_latest(LATEST_COMPARISONS, &comparisons)?;
    }
    let width = terminal::width();
    for comparison in &comparisons {
        println!(
            "{}\n",
            terminal::prose(&sentences::heading(comparison), "", width)
        );
        println!("{}\n", terminal::table(&tables::versus(comparison), width));
        for sentence in sentences::what_to_see(comparison) {
            println!("- {}", terminal::prose(&sentence, "  ", width));
        }
        println!();
    }
    println!("The same as a page with figures: {}", html.display());
    if let Some(json) = &options.json {
        println!("Every round: {}", json.display());
    }
    let cells = comparisons.iter().flat_map(Comparison::cells);
    Ok(name_failures(
        COMMAND,
        cells.filter_map(|cell| cell.outcome.as_ref().err()),
    ))
}
