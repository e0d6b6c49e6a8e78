//! At which size does each way of running a workload in parallel start to beat serial code?
//!
//! Run: `cargo run --release --example crossover` (about a minute and a half; `-- --quick` is 20 s)
//!
//! Expected output: for each workload a table of crossover points, times and speedups, the figure of
//! time against size, and at the end where the same was written as HTML. `--help` lists the options.
//!
//! Try: `--workload spin --input 100`, then `--input 10000`: the crossover moves with the cost of an
//! item, from thousands of items to a handful.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::slice;

use benches::command::{Budget, Progress, Refusal, Workers, choose, finish, list, name_failures};
use benches::output::{
    LATEST_SURVEY, check_both, in_target_directory, keep_latest, write_json, write_whole,
};
use clap::Parser;
use laboratory::catalogue;
use laboratory::explain::explain;
use laboratory::problem::Problem;
use laboratory::survey::{Plan, Survey, survey};
use laboratory::take_role_if_asked;
use laboratory::trial::Trial;
use report::{page, sentences, tables, terminal, words};

/// Finds the size from which each way of running a workload in parallel beats serial code.
#[derive(Parser)]
#[command(name = "crossover", max_term_width = 100)]
#[command(mut_arg("budget", |arg| arg.help(BUDGET_HELP)))]
#[command(mut_arg("quick", |arg| arg.help(QUICK_HELP)))]
struct Options {
    /// Workload to measure; may be repeated [default: random-squares, squares, letters]
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,

    /// Paradigm to measure; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    paradigm: Vec<String>,

    #[command(flatten)]
    workers: Workers,

    /// Largest number of items [default: 10,000,000, or what the budget allows]; one that is named is
    /// measured even if the budget is too small for it
    #[arg(long, value_name = "N")]
    max_n: Option<usize>,

    #[command(flatten)]
    budget: Budget,

    /// Input of the workloads that take one, such as a PATH for `letters`; may be repeated. `--list`
    /// says what each takes. Without --workload it goes to `letters` alone
    #[arg(long, value_name = "PATH")]
    input: Vec<String>,

    /// Explains one paradigm on one workload with N items: where the time of a run goes, which is faster, and
    /// where it starts to win
    #[arg(
        long,
        num_args = 3,
        value_names = ["PARADIGM", "WORKLOAD", "N"],
        conflicts_with_all = ["workload", "paradigm", "max_n", "quick", "html"]
    )]
    explain: Vec<String>,

    /// Lists the workloads and the paradigms
    #[arg(long)]
    list: bool,

    /// Writes every sample, the machine and the results to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Where the HTML report goes [default: crossover.html in the target directory]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const BUDGET_HELP: &str = "Seconds that all measurements together may take [default: 75; 13 with --quick; 6 with \
                           --explain]";
const QUICK_HELP: &str =
    "Smaller sizes and fewer rounds, done within 20 seconds: the same as --budget 13";

const DEFAULT_WORKLOADS: [&str; 3] = ["random-squares", "squares", "letters"];
const DEFAULT_MAX_N: usize = 10_000_000;
/// The answer to a map of this many items just fits the memory of a large machine.
const MOST_ITEMS: usize = 1_000_000_000;

/// In seconds.
const DEFAULT_BUDGET: f64 = 75.0;
const QUICK_BUDGET: f64 = 13.0;
const EXPLAIN_BUDGET: f64 = 6.0;

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    if options.list {
        let workloads = list(&catalogue::workloads());
        let paradigms = list(&catalogue::paradigms());
        let lists = format!("workloads:\n{workloads}\nparadigms:\n{paradigms}");
        // It fails only if standard output is closed.
        let _ = io::stdout().write_all(lists.as_bytes());
        return ExitCode::SUCCESS;
    }
    finish("crossover", plan(&options), |plan| {
        match explained(&options) {
            Some(n) => run_explain(&plan, n, options.json.as_deref()),
            None => run(&plan, &options),
        }
    })
}

/// Explains the one cell of `plan` with `n` items.
fn run_explain(plan: &Plan, n: usize, json: Option<&Path>) -> Result<ExitCode, Box<dyn Error>> {
    let progress = Progress::new("crossover")?;
    let trial = Trial::by_items(&plan.paradigms[0], plan.workers, &plan.problems[0]);
    let explanation = explain(&trial, n, plan.budget, |done| {
        progress.show("where the time goes, and where it starts to win", done);
    })?;
    drop(progress);
    write_json(json, &explanation)?;
    let width = terminal::width();
    let waterfall = &explanation.waterfall;
    let items = words::number_of(waterfall.n, "item");
    let workers = words::number_of(plan.workers.get(), "worker");
    let mut out = io::stdout().lock();
    writeln!(out, "{trial}, {items}, {workers}")?;
    writeln!(out, "compared with {}\n", explanation.base)?;
    writeln!(out, "{}\n", terminal::waterfall(waterfall, width))?;
    let remarks = [
        sentences::parts_remark(slice::from_ref(waterfall)),
        Some(sentences::verdict(&explanation)),
        sentences::busy(&explanation.busy),
    ];
    for remark in remarks.iter().flatten() {
        writeln!(out, "{}", terminal::prose(remark, "", width))?;
    }
    if let Some(json) = json {
        writeln!(out, "The same as JSON: {}", json.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures, writes and prints. The exit status is 1 if a measurement failed.
fn run(plan: &Plan, options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let progress = Progress::new("crossover")?;
    let survey = survey(plan, |workload, paradigm, done| {
        progress.show(format!("{workload}: {paradigm}"), done);
    })?;
    drop(progress);
    let html = html(options);
    write_whole(&html, page::crossover(&survey).as_bytes())?;
    write_json(options.json.as_deref(), &survey)?;
    if is_whole(options) {
        // The report shows the latest.
        keep_latest(LATEST_SURVEY, &survey)?;
    }
    print(&survey)?;
    println!("The same as a page with figures: {}", html.display());
    if let Some(json) = &options.json {
        println!("Every sample: {}", json.display());
    }
    let cells = survey.workloads.iter().flat_map(|result| &result.cells);
    let failures = cells.filter_map(|cell| cell.outcome.as_ref().err());
    Ok(name_failures("crossover", failures))
}

/// Prints a table and a figure for each workload.
fn print(survey: &Survey) -> io::Result<()> {
    let color = io::stdout().is_terminal();
    let width = terminal::width();
    let mut out = io::stdout().lock();
    for result in &survey.workloads {
        let workers = words::number_of(survey.workers, "worker");
        writeln!(out, "{}, {workers}", result.name)?;
        if !result.details.is_empty() {
            writeln!(out, "{}", result.details)?;
        }
        let table = tables::crossovers(result, survey.workers);
        writeln!(out, "\n{}\n", terminal::table(&table, width))?;
        for remark in sentences::remarks(result, survey.noise_floor, &survey.busy) {
            writeln!(out, "{}", terminal::prose(&remark, "", width))?;
        }
        writeln!(out)?;
        if result.measured().next().is_some() {
            writeln!(out, "{}\n", terminal::figure(result, width, color))?;
        }
    }
    if let Some(sentence) = sentences::busy(&survey.busy) {
        writeln!(out, "{}\n", terminal::prose(&sentence, "", width))?;
    }
    Ok(())
}

/// Whether all that a run measures by default is measured, with all the time that it takes by default.
fn is_whole(options: &Options) -> bool {
    options.workload.is_empty()
        && options.paradigm.is_empty()
        && options.input.is_empty()
        && options.workers.asked.is_none()
        && options.max_n.is_none()
        && options.budget.is_default()
}

fn html(options: &Options) -> PathBuf {
    let asked = options.html.clone();
    asked.unwrap_or_else(|| in_target_directory("crossover.html"))
}

/// The number of items of `--explain`, if that is one.
fn explained(options: &Options) -> Option<usize> {
    options
        .explain
        .get(2)?
        .parse()
        .ok()
        .filter(|&n| may_be_asked(n))
}

fn may_be_asked(n: usize) -> bool {
    (1..=MOST_ITEMS).contains(&n)
}

/// What the options ask for, or one sentence that says what is wrong with them.
fn plan(options: &Options) -> Result<Plan, Refusal> {
    check_both(&html(options), options.json.as_deref())?;
    let (mut paradigms, mut names) = (&options.paradigm[..], &options.workload[..]);
    let mut max_n = options.max_n.unwrap_or(DEFAULT_MAX_N);
    let mut budget = DEFAULT_BUDGET;
    if let [paradigm, workload, n] = &options.explain[..] {
        (paradigms, names) = (slice::from_ref(paradigm), slice::from_ref(workload));
        let range = || format!("the N of --explain must be 1 to {MOST_ITEMS}, not {n}");
        max_n = max_n.max(explained(options).ok_or_else(range)?);
        budget = EXPLAIN_BUDGET;
    }
    if !may_be_asked(max_n) {
        return Err(format!("--max-n must be 1 to {MOST_ITEMS}, not {max_n}"));
    }
    let workloads = if names.is_empty() {
        choose("workload", &DEFAULT_WORKLOADS, &catalogue::workloads())?
    } else {
        choose("workload", names, &catalogue::workloads())?
    };
    let mut problems = Vec::new();
    for workload in &workloads {
        // A path means nothing to the kernels of another default workload.
        let for_letters = names.is_empty() && workload.name != "letters";
        let input = match workload.input {
            Some(_) if !for_letters => &options.input[..],
            _ => &[],
        };
        let problem = Problem::new(workload.name, max_n, input);
        problems.push(problem.map_err(|error| error.to_string())?);
    }
    if !options.input.is_empty() && workloads.iter().all(|workload| workload.input.is_none()) {
        return Err("--input is given, but no workload that is measured takes any".to_owned());
    }
    if let Some(empty) = problems.iter().find(|problem| problem.len == 0) {
        return Err(format!("the input of {} has no items", empty.name));
    }
    let all = catalogue::paradigms();
    let paradigms = if paradigms.is_empty() {
        all
    } else {
        choose("paradigm", paradigms, &all)?
    };
    let names = paradigms.iter().map(|paradigm| paradigm.name.to_owned());
    Ok(Plan {
        problems,
        paradigms: names.collect(),
        workers: options.workers.number()?,
        budget: options.budget.time(budget, QUICK_BUDGET)?,
        insist_on_largest: options.max_n.is_some(),
    })
}
