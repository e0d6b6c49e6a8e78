//! One page with everything that was measured: when does parallel pay, and why not sooner?
//!
//! Run: `cargo run --release --example report` (some seconds; after `cargo bench` it shows that, too)
//!
//! Expected output: where each part of the report comes from, and the path of the page.
//!
//! It shows the latest results of `crossover`, `floors`, `versus_python` and `cargo bench`. What is missing of the first
//! two is measured now, in a few seconds and so less precisely; `-- --measure` takes its time and measures
//! everything anew, in about two minutes.
//!
//! Try: run `cargo bench --bench granularity`, then the report again. Which pool can afford the smallest tasks?

use std::error::Error;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::thread::available_parallelism;
use std::time::Duration;

use benches::floors::{self, Floors, LATEST_FLOORS};
use benches::measuring::{Problem, take_role_if_asked};
use benches::output::{check_writable, keep_latest, latest, write_whole};
use benches::page::report::{Findings, report};
use benches::survey::{LATEST_SURVEY, Plan, Survey, survey};
use benches::versus::LATEST_COMPARISONS;
use benches::waterfall::{self, LATEST_WATERFALLS, Waterfall};
use benches::{catalogue, criterion_results, in_target_directory};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

/// Writes one page with everything that was measured.
#[derive(Parser)]
#[command(name = "report", max_term_width = 100)]
struct Options {
    /// Measures everything anew, for about two minutes
    #[arg(long)]
    measure: bool,

    /// Where the page goes [default: crossover/index.html in the target directory]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// The workloads of the report: one that computes, one that writes, one that reads files.
const WORKLOADS: [&str; 3] = ["random-squares", "squares", "letters"];
const MOST_ITEMS: usize = 10_000_000;

/// How long each part is measured.
struct Budgets {
    survey: Duration,
    waterfalls: Duration,
    floors: Duration,
    /// Waterfalls are of sizes for which serial code takes about this long.
    sizes: &'static [Duration],
}

const QUICK: Budgets = Budgets {
    survey: Duration::from_millis(3_500),
    waterfalls: Duration::from_millis(1_500),
    floors: Duration::from_millis(1_500),
    sizes: &[Duration::from_micros(500)],
};

const CAREFUL: Budgets = Budgets {
    survey: Duration::from_secs(75),
    waterfalls: Duration::from_secs(40),
    floors: Duration::from_secs(20),
    sizes: &[
        Duration::from_micros(50),
        Duration::from_millis(1),
        Duration::from_millis(20),
    ],
};

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    let html = options
        .html
        .unwrap_or_else(|| in_target_directory("crossover/index.html"));
    let directory = html.parent().map_or(Ok(()), std::fs::create_dir_all);
    let checked = directory
        .map_err(|error| format!("cannot write {}: {error}", html.display()))
        .and_then(|()| check_writable(&html));
    if let Err(sentence) = checked {
        eprintln!("report: {sentence}");
        return ExitCode::from(2);
    }
    match run(&html, options.measure) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("report: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Finds or measures everything, and writes the page.
fn run(html: &Path, measure: bool) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {elapsed}  {msg}")?);
    let interrupted = bar.clone();
    ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        eprintln!("report: interrupted, no report was written");
        // Measuring processes end with this one, and their workers with them.
        exit(130);
    })?;
    let budgets = if measure { CAREFUL } else { QUICK };
    let mut sources = Vec::new();
    let mut source = |what: &str, kept: bool| {
        let from = match (kept, measure) {
            (true, _) => "the latest that was measured",
            (false, true) => "measured now",
            (false, false) => "measured now, in a few seconds; --measure is more precise",
        };
        sources.push(format!("{what}: {from}."));
    };

    let kept = (!measure)
        .then(|| latest::<Survey>(LATEST_SURVEY))
        .flatten();
    source("Crossovers", kept.is_some());
    let survey = match kept {
        Some(survey) => survey,
        None => measure_survey(&budgets, measure, &bar)?,
    };
    let kept = (!measure)
        .then(|| latest::<Vec<Waterfall>>(LATEST_WATERFALLS))
        .flatten();
    source("Where the time goes", kept.is_some());
    let waterfalls = match kept {
        Some(waterfalls) => waterfalls,
        None => measure_waterfalls(&survey, &budgets, measure, &bar)?,
    };
    let kept = (!measure)
        .then(|| latest::<Floors>(LATEST_FLOORS))
        .flatten();
    source("Floors", kept.is_some());
    let floors = match kept {
        Some(floors) => Some(floors),
        None => measure_floors(&budgets, measure, &bar)?,
    };
    let benchmarks = criterion_results::read(&in_target_directory("criterion"))?;
    sources.push(match benchmarks.len() {
        0 => "Scaling, granularity, contention, messages: run `cargo bench` first.".to_owned(),
        count => {
            format!("Scaling, granularity, contention, messages: {count} results of `cargo bench`.")
        }
    });
    let comparisons = latest(LATEST_COMPARISONS).unwrap_or_default();
    if Vec::is_empty(&comparisons) {
        sources.push(
            "Side by side with Python: run `cargo run --release --example versus_python` first."
                .to_owned(),
        );
    }
    bar.finish_and_clear();
    let findings = Findings {
        survey,
        waterfalls,
        floors,
        benchmarks,
        comparisons,
        sources,
    };
    write_whole(html, report(&findings).as_bytes())?;
    for source in &findings.sources {
        println!("{source}");
    }
    println!("The report: {}", html.display());
    Ok(())
}

/// The crossovers. Only careful ones are kept for the next report.
fn measure_survey(
    budgets: &Budgets,
    keep: bool,
    bar: &ProgressBar,
) -> Result<Survey, Box<dyn Error>> {
    let problems = WORKLOADS.map(|name| Problem::new(name, MOST_ITEMS, &[]));
    let plan = Plan {
        problems: problems.into_iter().collect::<Result<_, _>>()?,
        paradigms: paradigms(),
        workers: workers(),
        budget: budgets.survey,
        insist_on_largest: false,
    };
    let survey = survey(&plan, |workload, paradigm, _| {
        bar.set_message(format!("crossovers: {paradigm} on {workload}"));
        bar.tick();
    })?;
    if keep {
        keep_latest(LATEST_SURVEY, &serde_json::to_vec_pretty(&survey)?)?;
    }
    Ok(survey)
}

/// The waterfalls, at sizes that the survey knows the serial times of.
fn measure_waterfalls(
    survey: &Survey,
    budgets: &Budgets,
    keep: bool,
    bar: &ProgressBar,
) -> Result<Vec<Waterfall>, Box<dyn Error>> {
    let mut waterfalls = Vec::new();
    let share = budgets.waterfalls / (WORKLOADS.len() * budgets.sizes.len()) as u32;
    for result in survey
        .workloads
        .iter()
        .filter(|result| WORKLOADS.contains(&result.name.as_str()))
    {
        let problem = Problem::new(&result.name, MOST_ITEMS, &[])?;
        let mut sizes: Vec<usize> = budgets
            .sizes
            .iter()
            .filter_map(|time| {
                let curve = result.serial_curve();
                let at_most = |&&(_, serial): &&(usize, f64)| serial <= time.as_secs_f64();
                curve.iter().rfind(at_most).map(|&(n, _)| n)
            })
            .collect();
        sizes.dedup();
        for n in sizes {
            bar.set_message(format!("where the time goes: {}, n = {n}", result.name));
            bar.tick();
            let of_each = waterfall::of_each_paradigm(&paradigms(), &problem, workers(), n, share);
            waterfalls.extend(of_each?);
        }
    }
    if keep {
        keep_latest(LATEST_WATERFALLS, &serde_json::to_vec_pretty(&waterfalls)?)?;
    }
    Ok(waterfalls)
}

/// The floors; `None` where there are no system calls that we know.
fn measure_floors(
    budgets: &Budgets,
    keep: bool,
    bar: &ProgressBar,
) -> Result<Option<Floors>, Box<dyn Error>> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let floors = floors::measure(budgets.floors, |row, _| {
        bar.set_message(format!("floors: {row}"));
        bar.tick();
    })?;
    if keep {
        keep_latest(LATEST_FLOORS, &serde_json::to_vec_pretty(&floors)?)?;
    }
    Ok(Some(floors))
}

fn paradigms() -> Vec<String> {
    let all = catalogue::paradigms().into_iter();
    all.map(|entry| entry.name.to_owned()).collect()
}

fn workers() -> NonZero<usize> {
    available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}
