//! The same work in Python and here: who is faster, and from which size on does parallel pay in each?
//!
//! Our own Python programs (`benches/python`) run the chapter's two examples in every way that Python
//! offers. Our paradigms run the same, with the plain kernel, in the same rounds, and every answer is
//! checked to be the same. It needs `python3` with NumPy; joblib is measured where it is installed.
//!
//! Run: `cargo run --release --example versus_python` (about two minutes; `-- --quick` is half of one)
//!
//! Expected output: for each workload a table of Python's ways and ours, and below it three comparisons in
//! words. At the end, where the same was written as HTML, with the figure of time against size.
//!
//! Try: `--workers 1`. Which of Python's ways still cost something, and what do they cost it for?

use std::error::Error;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::thread::available_parallelism;
use std::time::Duration;

use benches::measuring::take_role_if_asked;
use benches::output::{check_writable, keep_latest, write_whole};
use benches::versus::{self, LATEST_COMPARISONS, Plan, WORKLOADS, compare};
use benches::{in_target_directory, page, tables, terminal, words};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

/// Measures Python's ways to run something in parallel, and ours, side by side.
#[derive(Parser)]
#[command(name = "versus_python", max_term_width = 100)]
struct Options {
    /// Workload to measure, random-squares or squares; may be repeated [default: both]
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,

    /// Workers of each parallel way [default: the cores that this process may use]
    #[arg(long, value_name = "N")]
    workers: Option<usize>,

    /// A tenth of the largest sizes, and fewer rounds: done within half a minute
    #[arg(long)]
    quick: bool,

    /// Writes every sample, the machine and the results to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Where the HTML page goes [default: `versus_python.html` in the target directory]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// In columns.
const LINE: usize = 98;

const MOST_WORKERS: usize = 512;

/// What the short sizes of one workload may take.
const BUDGET: Duration = Duration::from_secs(25);
const QUICK_BUDGET: Duration = Duration::from_secs(6);

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    let html = options
        .html
        .clone()
        .unwrap_or_else(|| in_target_directory("versus_python.html"));
    let plans = match plans(&options, &html) {
        Ok(plans) => plans,
        Err(sentence) => {
            eprintln!("versus_python: {sentence}");
            return ExitCode::from(2);
        }
    };
    let keep = options.workload.is_empty() && options.workers.is_none() && !options.quick;
    match run(&plans, &html, options.json.as_deref(), keep) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("versus_python: {error}");
            let missing = error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
            ExitCode::from(if missing { 2 } else { 1 })
        }
    }
}

/// What the options ask for, or one sentence that says what is wrong with them.
fn plans(options: &Options, html: &Path) -> Result<Vec<Plan>, String> {
    if options.json.as_deref() == Some(html) {
        return Err("--json and --html name the same file".to_owned());
    }
    check_writable(html)?;
    if let Some(json) = &options.json {
        check_writable(json)?;
    }
    let workers = match options.workers {
        None => available_parallelism().map_or(1, NonZero::get),
        Some(workers) => workers,
    };
    let workers = NonZero::new(workers)
        .filter(|workers| workers.get() <= MOST_WORKERS)
        .ok_or_else(|| format!("--workers must be 1 to {MOST_WORKERS}, not {workers}"))?;
    for name in &options.workload {
        if !WORKLOADS.contains(&name.as_str()) {
            let known = WORKLOADS.join(", ");
            return Err(format!(
                "there is no Python program for {name:?}; there are {known}"
            ));
        }
    }
    let is_asked =
        |name: &str| options.workload.is_empty() || options.workload.iter().any(|w| w == name);
    let plan = |name: &str| {
        let largest = match name {
            "random-squares" => 1_000_000,
            _ => 10_000_000,
        };
        Plan {
            workload: name.to_owned(),
            largest: if options.quick { largest / 10 } else { largest },
            workers,
            budget: if options.quick { QUICK_BUDGET } else { BUDGET },
        }
    };
    let asked = WORKLOADS.into_iter().filter(|name| is_asked(name));
    Ok(asked.map(plan).collect())
}

/// Measures, writes and prints.
fn run(plans: &[Plan], html: &Path, json: Option<&Path>, keep: bool) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::new(1_000).with_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3}%  {elapsed}  {msg}",
    )?);
    let interrupted = bar.clone();
    ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        eprintln!("versus_python: interrupted, nothing was written");
        // Measuring processes end with this one; Python's when their input closes, which it now does.
        exit(130);
    })?;
    let mut comparisons = Vec::new();
    for (k, plan) in plans.iter().enumerate() {
        bar.set_message(plan.workload.clone());
        let comparison = compare(plan, |share| {
            bar.set_position((1_000.0 * (k as f64 + share) / plans.len() as f64) as u64);
        });
        comparisons.push(comparison.inspect_err(|_| bar.finish_and_clear())?);
    }
    bar.finish_and_clear();

    write_whole(html, page::versus::page(&comparisons).as_bytes())?;
    let samples = serde_json::to_vec_pretty(&comparisons)?;
    if let Some(json) = json {
        write_whole(json, &samples)?;
    }
    if keep {
        // For the report, which shows the latest.
        keep_latest(LATEST_COMPARISONS, &samples)?;
    }
    for comparison in &comparisons {
        println!("{}\n", versus::heading(comparison));
        println!("{}\n", terminal::text(tables::versus(comparison)));
        for sentence in versus::what_to_see(comparison) {
            println!("- {}", words::wrapped(&sentence, LINE).join("\n  "));
        }
        println!();
    }
    println!("The same as a page with figures: {}", html.display());
    if let Some(json) = json {
        println!("Every sample: {}", json.display());
    }
    Ok(())
}
