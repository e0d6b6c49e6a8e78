//! One page with everything that was measured: when does parallel start to win, and why not sooner?
//!
//! Run: `cargo run --release --example report` (less than ten seconds)
//!
//! Expected output: the path of the page, and a sentence if a part of it was measured in a few seconds only.
//!
//! The page shows the latest results of `crossover`, `floors` and `versus_python`, and has a link to the pages of
//! `cargo bench`. If results are missing, a part of them is measured now, in a few seconds; `-- --measure` takes two
//! minutes and measures everything.
//!
//! Try: run `cargo bench --bench granularity`, then the report again, and follow its link to criterion. With which
//! pool may tasks be smallest?

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use benches::command::{self, Outcome};
use benches::output::{self, Output, in_target_directory, latest, writable};
use benches::session::Session;
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

    /// Where the page goes; `-` is standard output [default: crossover/index.html in the target directory]
    #[arg(long, value_name = "FILE", value_parser = writable())]
    html: Option<Output>,
}

const MOST_ITEMS: usize = 10_000_000;
/// One that computes, one that writes, one that reads files.
const WORKLOADS: [&str; 3] = ["random-squares", "squares", "letters"];
/// Waterfalls are of sizes for which serial code takes at most this many seconds, ...
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

/// Finds or measures all results, and writes the page.
fn run(options: &Options, session: &mut Session) -> Outcome {
    let all = options.measure;
    let html = Output::or_in_target_directory(options.html.as_ref(), "crossover/index.html");
    session.will_write(None, Some(&html))?;
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
    let mut found = Found {
        session,
        all,
        missing: false,
    };

    let plan = |problems: io::Result<_>, paradigms: &[String], budget| {
        Ok::<_, io::Error>(Plan {
            problems: problems?,
            paradigms: paradigms.to_vec(),
            workers,
            pause: Duration::ZERO,
            budget,
            insist_on_largest: false,
        })
    };
    let survey = found.or_measured(output::LATEST_SURVEY, |session| {
        let workloads = WORKLOADS.iter().take(most);
        let problems = workloads.map(|name| Problem::new(name, MOST_ITEMS, &[]));
        let plan = plan(problems.collect(), &paradigms, for_survey)?;
        let survey = survey(&plan, session.part(0.0, 1.0));
        session.fail(survey.failures());
        Ok(survey)
    })?;
    let measured = || survey.workloads.iter().take(most);
    let of_size =
        |result: &WorkloadResult, time| Problem::new(&result.name, size(result, time), &[]);
    let scaling = found.or_measured("crossover/scaling.json", |session| {
        let problems = measured().map(|result| of_size(result, SCALED));
        let scaled = &paradigms[..most.min(paradigms.len())];
        let plan = plan(problems.collect(), scaled, for_scalings)?;
        let scaling = scaling(&plan, session.part(0.0, 1.0));
        session.fail(scaling.failures());
        Ok(scaling)
    })?;
    let waterfalls = found.or_measured("crossover/waterfalls.json", |session| {
        let sizes = || WATERFALLS.into_iter().take(most);
        let problems = measured().flat_map(|it| sizes().map(move |time| of_size(it, time)));
        let plan = plan(problems.collect(), &paradigms, for_waterfalls)?;
        let waterfalls = waterfalls(&plan, session.part(0.0, 1.0));
        session.fail(waterfalls.iter().filter_map(|it| it.as_ref().err()));
        Ok(waterfalls.into_iter().flatten().collect())
    })?;
    let mut floors = None;
    if cfg!(unix) {
        floors = Some(found.or_measured(output::LATEST_FLOORS, |session| {
            let floors = floors::measure(for_floors, session.part(0.0, 1.0))?;
            session.fail(floors.failures());
            Ok(floors)
        })?);
    }
    let in_seconds = found.missing;
    let comparisons = found.kept(output::LATEST_COMPARISONS);
    let mut criterion = in_target_directory("criterion").join("report/index.html");
    let has_criterion = criterion.is_file();
    if html.path().starts_with(in_target_directory("crossover")) {
        criterion = PathBuf::from("../criterion/report/index.html");
    }
    let results = Results {
        survey,
        waterfalls,
        scaling,
        floors,
        comparisons: comparisons.unwrap_or_default(),
        criterion: has_criterion.then(|| criterion.display().to_string()),
        in_seconds,
    };
    if in_seconds {
        session.print(&format!("{IN_SECONDS}\n"));
    }
    session.write("The report", &html, report(&results).as_bytes());
    Ok(())
}

/// What is found, or else measured.
struct Found<'a> {
    session: &'a mut Session,
    /// All is to be measured, and kept.
    all: bool,
    /// Something had to be measured that is not kept.
    missing: bool,
}

impl Found<'_> {
    /// The latest results in `file`, or else what `measure` finds.
    fn or_measured<T: Serialize + DeserializeOwned>(
        &mut self,
        file: &str,
        measure: impl FnOnce(&mut Session) -> io::Result<T>,
    ) -> io::Result<T> {
        if !self.all
            && let Some(kept) = self.kept(file)
        {
            return Ok(kept);
        }
        let results = measure(self.session)?;
        if self.all {
            self.session.keep(file, &results);
        }
        self.missing |= !self.all;
        Ok(results)
    }

    /// The latest results in `file`. If they cannot be used, prints why.
    fn kept<T: DeserializeOwned>(&self, file: &str) -> Option<T> {
        let kept = latest(file)?;
        kept.map_err(|reason| self.session.complain(reason)).ok()
    }
}

/// The largest size for which serial code takes at most `time` seconds.
fn size(result: &WorkloadResult, time: f64) -> usize {
    let curve = result.serial_curve();
    let at_most = curve.iter().rfind(|(_, serial)| *serial <= time);
    at_most.map_or(1, |&(n, _)| n)
}
