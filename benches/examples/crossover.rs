//! At which size does each way of running a workload in parallel start to beat serial code?
//!
//! Run: `cargo run --release --example crossover` (about a minute and a half; `-- --quick` is 20 s)
//!
//! Expected output: for each workload a table of crossover points, times and speedups, the figure of
//! time against size, and at the end where the same was written as an HTML page. `--help` lists the options.
//!
//! Try: `cargo run --release --example crossover -- --quick --workload spin --input 100`, and the same
//! with `--input 10000`. An item of `spin` takes as many nanoseconds as `--input` says: the
//! crossover moves from thousands of items to a few.

use std::process::ExitCode;
use std::slice;
use std::time::Duration;

use benches::command::{self, Measuring, Workers, count, refusal};
use benches::output::{LATEST_SURVEY, Output, writable};
use benches::session::Session;
use clap::Parser;
use clap::builder::{ArgPredicate, PossibleValuesParser as OneOf, TypedValueParser};
use laboratory::catalogue::{Entry, paradigms, paradigms_on_request, workloads};
use laboratory::problem::Problem;
use laboratory::survey::{Plan, Survey, survey};
use laboratory::waterfall::waterfalls;
use report::{page, sentences, tables, terminal, words};
use serde_json::json;

/// Finds the size at which each way of running a workload in parallel starts to beat serial code.
#[derive(Parser)]
#[command(name = "crossover", max_term_width = 100)]
#[command(after_help = "The default budget is 85 seconds, 17 with --quick, 6 with --explain.")]
struct Options {
    /// Workload to measure; may be repeated
    #[arg(long, value_name = "NAME", value_parser = OneOf::new(names(workloads())))]
    #[arg(default_values = DEFAULT_WORKLOADS)]
    #[arg(default_value_if("input", ArgPredicate::IsPresent, "letters"))]
    workload: Vec<String>,

    /// Paradigm to measure; may be repeated [default: all, except those that `--list` shows apart]
    #[arg(long, value_name = "NAME", value_parser = any_paradigm())]
    #[arg(default_values = names(paradigms()), hide_default_value = true)]
    paradigm: Vec<String>,

    #[command(flatten)]
    workers: Workers,

    /// How long the caller is busy before each run, as a program is that computes something else between two calls.
    /// Workers that live across calls wait meanwhile
    #[arg(long, value_name = "MICROSECONDS", default_value = "0", value_parser = count(0..=10_000))]
    #[arg(allow_negative_numbers = true)]
    pause: u64,

    /// Largest number of items [default: 10,000,000, or what the budget allows]. A number that is given is
    /// measured even if the budget is too small for it
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = items())]
    max_n: Option<u64>,

    /// Input of the workload, such as a PATH for `letters`; may be repeated. `--list` says what each
    /// workload takes. Without --workload, `letters` is measured with this input, and nothing else
    #[arg(long, value_name = "PATH")]
    input: Vec<String>,

    /// Explains PARADIGM on WORKLOAD with N items: where the time of a run goes, which is faster, and where it
    /// starts to win
    #[arg(long, requires_all = ["of", "on", "n"])]
    #[arg(conflicts_with_all = ["workload", "paradigm", "max_n", "quick", "html"])]
    explain: bool,

    /// Paradigm to explain
    #[arg(value_name = "PARADIGM", value_parser = any_paradigm(), requires = "explain")]
    of: Option<String>,

    /// Workload to explain it on
    #[arg(value_name = "WORKLOAD", value_parser = OneOf::new(names(workloads())), requires = "explain")]
    on: Option<String>,

    /// Number of items to explain it with
    #[arg(value_name = "N", allow_negative_numbers = true, value_parser = items(), requires = "explain")]
    n: Option<u64>,

    /// Lists the workloads and the paradigms
    #[arg(long)]
    list: bool,

    #[command(flatten)]
    measuring: Measuring,

    /// Where the page goes; `-` is standard output [default: crossover.html in the target directory]. The figure of time
    /// against size of each WORKLOAD goes beside it, such as crossover-squares.svg
    #[arg(long, value_name = "FILE", value_parser = writable())]
    html: Option<Output>,
}

fn names(entries: Vec<Entry>) -> Vec<&'static str> {
    entries.into_iter().map(|entry| entry.name).collect()
}

fn any_paradigm() -> OneOf {
    OneOf::new(names([paradigms(), paradigms_on_request()].concat()))
}

/// The answer to a map of the largest number of items just fits the memory of a large machine.
fn items() -> impl TypedValueParser<Value = u64> {
    count(1..=1_000_000_000)
}

const DEFAULT_WORKLOADS: [&str; 3] = ["random-squares", "squares", "letters"];
const DEFAULT_MAX_N: u64 = 10_000_000;

/// In seconds.
const DEFAULT_BUDGET: f64 = 85.0;
const QUICK_BUDGET: f64 = 17.0;
const EXPLAIN_BUDGET: f64 = 6.0;
/// The share of this budget that goes into the waterfall; the rest finds the crossing.
const SHARE_OF_WATERFALL: f64 = 0.3;

fn main() -> ExitCode {
    command::main("crossover", |options: &Options, session| {
        if options.list {
            let lists = [workloads(), paradigms(), paradigms_on_request()];
            let [workloads, paradigms, others] = lists.map(list);
            session.print(&format!(
                "workloads:\n{workloads}\nparadigms:\n{paradigms}\nonly if --paradigm names them:\n{others}"
            ));
            return Ok(());
        }
        let html = Output::or_in_target_directory(options.html.as_ref(), "crossover.html");
        session.will_write(options.measuring.json.as_ref(), Some(&html))?;
        session.wait_for("reading the input");
        let plan = plan(options)?;
        if let Some(n) = options.n {
            run_explain(&plan, n as usize, options, session);
        } else {
            run(&plan, options, &html, session);
        }
        Ok(())
    })
}

/// A list of paradigms or workloads, each with what it does.
fn list(entries: Vec<Entry>) -> String {
    let line = |entry: Entry| {
        let input = entry.input.map(|input| format!("; --input: {input}"));
        let needs = entry.needs.map(|needs| format!("; needs {needs}"));
        let more = input.or(needs).unwrap_or_default();
        format!("  {:26} {}{more}\n", entry.name, entry.about)
    };
    entries.into_iter().map(line).collect()
}

/// What the options ask for, or one sentence that says what is wrong with them.
fn plan(options: &Options) -> Result<Plan, clap::Error> {
    let (workloads, paradigms, budget) = match (&options.on, &options.of) {
        (Some(on), Some(of)) => (slice::from_ref(on), slice::from_ref(of), EXPLAIN_BUDGET),
        _ => (&options.workload[..], &options.paradigm[..], DEFAULT_BUDGET),
    };
    let max_n = options.max_n.unwrap_or(DEFAULT_MAX_N);
    let max_n = max_n.max(options.n.unwrap_or(0)) as usize;
    let problems = each_once(workloads).into_iter().map(|workload| {
        let problem = Problem::new(&workload, max_n, &options.input).map_err(refusal)?;
        match problem.len {
            0 => Err(refusal(format!("the input of {workload} has no items"))),
            _ => Ok(problem),
        }
    });
    Ok(Plan {
        problems: problems.collect::<Result<_, _>>()?,
        paradigms: each_once(paradigms),
        workers: options.workers.number(),
        pause: Duration::from_micros(options.pause),
        budget: options.measuring.time(budget, QUICK_BUDGET),
        insist_on_largest: options.max_n.is_some(),
    })
}

/// The names in the order in which they are given, each once.
fn each_once(names: &[String]) -> Vec<String> {
    let mut once = Vec::new();
    for name in names {
        if !once.contains(name) {
            once.push(name.clone());
        }
    }
    once
}

/// Explains the one paradigm of `plan` on its one workload: with `n` items where the time goes, and with others which
/// is faster.
fn run_explain(plan: &Plan, n: usize, options: &Options, session: &mut Session) {
    let mut parts = plan.clone();
    parts.problems[0] = parts.problems[0].with_len(n);
    parts.budget = plan.budget.mul_f64(SHARE_OF_WATERFALL);
    let mut waterfalls = waterfalls(&parts, session.part(0.0, SHARE_OF_WATERFALL));
    let waterfall = waterfalls.remove(0);
    let mut rest = plan.clone();
    rest.problems[0].better = None; // it is not asked for
    rest.budget -= parts.budget;
    let survey = survey(&rest, session.part(SHARE_OF_WATERFALL, 1.0));
    let result = &survey.workloads[0];

    let width = terminal::width();
    let (paradigm, problem) = (&plan.paradigms[0], &parts.problems[0]);
    let items = words::number_of(problem.len, "item");
    let workers = words::number_of(plan.workers.get(), "worker");
    let mut lines = vec![
        format!("{paradigm} on {}, {items}, {workers}", problem.name),
        format!("compared with {}\n", result.base),
    ];
    let mut remarks = Vec::new();
    if problem.len < n {
        let (name, asked) = (&problem.name, words::number_of(n, "item"));
        remarks.push(format!(
            "The input of {name} has only {items}, not {asked}: all of them were measured."
        ));
    }
    if let Ok(waterfall) = &waterfall {
        lines.push(terminal::waterfall(waterfall, width) + "\n");
        remarks.extend(sentences::parts_remark(slice::from_ref(waterfall)));
        if let Ok(measured) = &result.cells[0].outcome {
            remarks.push(sentences::verdict(waterfall, &measured.estimate));
        }
    }
    remarks.extend(sentences::pause(survey.pause));
    remarks.extend(sentences::busy(&survey.busy));
    lines.extend(
        remarks
            .iter()
            .map(|remark| terminal::prose(remark, "", width)),
    );
    session.print(&(lines.join("\n") + "\n"));
    session.fail(waterfall.as_ref().err());
    session.fail(result.failures());
    let results = json!({ "waterfall": waterfall.ok(), "survey": survey });
    session.write_json(options.measuring.json.as_ref(), &results);
}

/// Measures, prints and writes. The exit status is 1 if anything failed.
fn run(plan: &Plan, options: &Options, html: &Output, session: &mut Session) {
    let survey = survey(plan, session.part(0.0, 1.0));
    session.print(&tables(&survey));
    let page = page::crossover(&survey);
    for (workload, picture) in page::crossover_pictures(&survey) {
        session.write_beside(html, &format!("-{workload}.svg"), picture.as_bytes());
    }
    session.write(
        "The same as a page with figures, and each figure of times as an SVG file beside it",
        html,
        page.as_bytes(),
    );
    session.write_json(options.measuring.json.as_ref(), &survey);
    session.fail(survey.failures());
    let default = Options::try_parse_from(["crossover"]).and_then(|options| self::plan(&options));
    if default.is_ok_and(|default| default == *plan) {
        // The report shows the latest of those that no option has changed.
        session.keep(LATEST_SURVEY, &survey);
    }
}

/// A table and a figure for each workload.
fn tables(survey: &Survey) -> String {
    let width = terminal::width();
    let mut lines = Vec::new();
    for result in &survey.workloads {
        let workers = words::number_of(survey.workers, "worker");
        lines.push(format!("{}, {workers}", result.name));
        if !result.details.is_empty() {
            lines.push(result.details.clone());
        }
        let table = tables::crossovers(result, survey.workers);
        lines.push(format!("\n{}\n", terminal::table(&table, width)));
        for remark in sentences::remarks(result, survey.noise_floor, &survey.busy) {
            lines.push(terminal::prose(&remark, "", width));
        }
        lines.push(String::new());
        if result.measured().next().is_some() {
            lines.push(terminal::figure(result, width) + "\n");
        }
    }
    for sentence in [
        sentences::pause(survey.pause),
        sentences::busy(&survey.busy),
    ] {
        let Some(sentence) = sentence else { continue };
        lines.push(terminal::prose(&sentence, "", width) + "\n");
    }
    lines.join("\n") + "\n"
}
