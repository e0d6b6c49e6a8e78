//! One page with everything that was measured: when does parallel pay, and why not sooner?
//!
//! Run: `cargo run --release --example report` (less than ten seconds)
//!
//! Expected output: the path of the page, and a sentence if not everything on it was measured with time enough.
//!
//! It shows the latest results of `crossover`, `floors` and `versus_python`, and has a link to the pages of `cargo
//! bench`. Of what is missing, a part is measured now, in a few seconds; `-- --measure` takes two minutes and
//! measures everything.
//!
//! Try: run `cargo bench --bench granularity`, then the report again, and follow its link to criterion. Which pool
//! can afford the smallest tasks?

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use benches::command::{self, Outcome, Progress};
use benches::output::{self, in_target_directory, keep_latest, latest, writable, write_whole};
use clap::Parser;
use laboratory::problem::Problem;
use laboratory::survey::{Plan, WorkloadResult, scaling, survey};
use laboratory::waterfall::waterfalls;
use laboratory::{catalogue, floors};
use report::page::{IN_SECONDS, Results, report};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes one page with everything that was measured.
#[derive(Parser)]
#[command(name = "report", max_term_width = 100)]
struct Options {
    /// Measures everything anew, for about two minutes
    #[arg(long)]
    measure: bool,

    /// Where the page goes [default: crossover/index.html in the target directory]
    #[arg(long, value_name = "FILE", value_parser = writable(), hide_default_value = true)]
    #[arg(default_value_os_t = in_target_directory("crossover/index.html"))]
    html: PathBuf,
}

const MOST_ITEMS: usize = 10_000_000;
/// One that computes, one that writes, one that reads files.
const WORKLOADS: [&str; 3] = ["random-squares", "squares", "letters"];
/// Waterfalls are of sizes for which serial code takes at most so many seconds, ...
const WATERFALLS: [f64; 3] = [1e-3, 50e-6, 20e-3];
/// ... and scalings of this one.
const SCALED: f64 = 3e-3;

/// Seconds for crossovers, scalings, waterfalls and floors.
const ALL: [f64; 4] = [60.0, 20.0, 25.0, 15.0];
/// A small budget has fewer cells, not fewer rounds of each, since intervals need rounds: only the first workload, the
/// first size, every second paradigm, and the scaling of the first one.
const A_PART: [f64; 4] = [4.3, 0.6, 0.9, 2.0];

fn main() -> ExitCode {
    command::main("report", run)
}

/// Finds or measures everything, and writes the page.
fn run(options: &Options) -> Outcome {
    let (html, all) = (&options.html, options.measure);
    let progress = Progress::new("report")?;
    let show = |part: &str, what: &str, done: f64| progress.show(format!("{part}: {what}"), done);
    let (budgets, most, every) = if all {
        (ALL, usize::MAX, 1)
    } else {
        (A_PART, 1, 2)
    };
    let [for_survey, for_scalings, for_waterfalls, for_floors] =
        budgets.map(Duration::from_secs_f64);
    let paradigms = catalogue::paradigms().into_iter().step_by(every);
    let paradigms: Vec<String> = paradigms.map(|it| it.name.to_owned()).collect();
    let workers = available_parallelism()?;
    let mut missing = false;

    let plan = |problems: io::Result<_>, paradigms: &[String], budget| {
        Ok::<_, io::Error>(Plan {
            problems: problems?,
            paradigms: paradigms.to_vec(),
            workers,
            budget,
            insist_on_largest: false,
        })
    };
    let survey = found(output::LATEST_SURVEY, all, &mut missing, || {
        let workloads = WORKLOADS.iter().take(most);
        let problems = workloads.map(|name| Problem::new(name, MOST_ITEMS, &[]));
        survey(&plan(problems.collect(), &paradigms, for_survey)?, show)
    })?;
    let measured = || survey.workloads.iter().take(most);
    let of_size =
        |result: &WorkloadResult, time| Problem::new(&result.name, size(result, time), &[]);
    let scaling = found("crossover/scaling.json", all, &mut missing, || {
        let problems = measured().map(|result| of_size(result, SCALED));
        let scaled = &paradigms[..most.min(paradigms.len())];
        let plan = plan(problems.collect(), scaled, for_scalings)?;
        Ok(scaling(&plan, show))
    })?;
    let waterfalls = found("crossover/waterfalls.json", all, &mut missing, || {
        let sizes = || WATERFALLS.into_iter().take(most);
        let problems = measured().flat_map(|it| sizes().map(move |time| of_size(it, time)));
        let plan = plan(problems.collect(), &paradigms, for_waterfalls)?;
        Ok(waterfalls(&plan, show).into_iter().flatten().collect())
    })?;
    let mut floors = None;
    if cfg!(unix) {
        let measure = || floors::measure(for_floors, |contest, done| show("floors", contest, done));
        floors = Some(found(output::LATEST_FLOORS, all, &mut missing, measure)?);
    }
    drop(progress);
    let mut criterion = in_target_directory("criterion").join("report/index.html");
    let has_criterion = criterion.is_file();
    if html.starts_with(in_target_directory("crossover")) {
        criterion = PathBuf::from("../criterion/report/index.html");
    }
    let results = Results {
        survey,
        waterfalls,
        scaling,
        floors,
        comparisons: latest(output::LATEST_COMPARISONS).unwrap_or_default(),
        criterion: has_criterion.then(|| criterion.display().to_string()),
        in_seconds: missing,
    };
    write_whole(html, report(&results).as_bytes())?;
    if missing {
        println!("{IN_SECONDS}");
    }
    println!("The report: {}", html.display());
    Ok(ExitCode::SUCCESS)
}

/// What `measure` finds, kept, if all is to be measured; else the latest results in `file`, if they are not `missing`.
fn found<T: Serialize + DeserializeOwned>(
    file: &str,
    all: bool,
    missing: &mut bool,
    measure: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    if !all && let Some(kept) = latest(file) {
        return Ok(kept);
    }
    let results = measure()?;
    if all {
        keep_latest(file, &results)?;
    }
    *missing |= !all;
    Ok(results)
}

/// The largest size for which serial code takes at most `time` seconds.
fn size(result: &WorkloadResult, time: f64) -> usize {
    let curve = result.serial_curve();
    let at_most = curve.iter().rfind(|(_, serial)| *serial <= time);
    at_most.map_or(1, |&(n, _)| n)
}
