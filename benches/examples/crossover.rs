//! From which size on does each way of running a workload in parallel beat serial code?
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
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::thread::available_parallelism;
use std::time::Duration;

use benches::catalogue::{self, Entry};
use benches::explain::explain;
use benches::measuring::{Problem, Subject, take_role_if_asked};
use benches::output::{check_writable, keep_latest, write_whole};
use benches::survey::{LATEST_SURVEY, Plan, Survey, survey};
use benches::{in_target_directory, page, tables, terminal, words};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

/// Finds the size from which each way of running a workload in parallel beats serial code.
#[derive(Parser)]
#[command(name = "crossover", max_term_width = 100)]
struct Options {
    /// Workload to measure; may be repeated [default: random-squares, squares, letters]
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,

    /// Paradigm to measure; may be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    paradigm: Vec<String>,

    /// Workers of each paradigm [default: the cores that this process may use]
    #[arg(long, value_name = "N")]
    workers: Option<usize>,

    /// Largest number of items [default: 10,000,000, or what the budget allows]; one that is named is
    /// measured even if the budget is too small for it
    #[arg(long, value_name = "N")]
    max_n: Option<usize>,

    /// Seconds that all measurements together may take [default: 75; 13 with --quick; 6 with --explain]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    budget: Option<f64>,

    /// Input of the workloads that take one, such as a PATH for `letters`; may be repeated. `--list`
    /// says what each takes. Without --workload it goes to `letters` alone
    #[arg(long, value_name = "PATH")]
    input: Vec<String>,

    /// Explains one paradigm on one workload with N items: where the time of a run goes, who wins, and from
    /// which size on
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

    /// Smaller sizes and fewer rounds, done within 20 seconds: the same as --budget 13
    #[arg(long)]
    quick: bool,
}

impl Options {
    /// What is asked for by `--explain`: the paradigm, the workload, the number of items.
    fn explained(&self) -> Option<(&String, &String, &str)> {
        match &self.explain[..] {
            [paradigm, workload, n] => Some((paradigm, workload, n)),
            _ => None,
        }
    }

    /// Whether all that a run measures by default is measured, with all the time that it takes by default.
    fn is_whole(&self) -> bool {
        self.workload.is_empty()
            && self.paradigm.is_empty()
            && self.input.is_empty()
            && self.workers.is_none()
            && self.max_n.is_none()
            && self.budget.is_none()
            && !self.quick
    }

    /// The number of items of `--explain`, which [`plan`] has checked.
    fn explain_size(&self) -> Option<usize> {
        self.explained().and_then(|(_, _, n)| n.parse().ok())
    }
}

/// Each worker is a thread, or a process with its pipe: more than this are refused by many systems.
const MOST_WORKERS: usize = 512;

const DEFAULT_WORKLOADS: [&str; 3] = ["random-squares", "squares", "letters"];
const DEFAULT_MAX_N: usize = 10_000_000;
/// The answer to a map of this many items just fits the memory of a large machine.
const MOST_ITEMS: usize = 1_000_000_000;

/// In seconds.
const DEFAULT_BUDGET: f64 = 75.0;
const QUICK_BUDGET: f64 = 13.0;
const EXPLAIN_BUDGET: f64 = 6.0;
const LEAST_BUDGET: f64 = 0.1;
const MOST_BUDGET: f64 = 86_400.0;

/// In columns.
const FIGURE_WIDTH: u16 = 100;
const LINE: usize = 100;

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    if options.list {
        let workloads = list(&catalogue::workloads());
        let paradigms = list(&catalogue::paradigms());
        // It fails only if nobody reads any more.
        let _ = write!(
            io::stdout(),
            "workloads:\n{workloads}\nparadigms:\n{paradigms}"
        );
        return ExitCode::SUCCESS;
    }
    let html = options
        .html
        .clone()
        .unwrap_or_else(|| in_target_directory("crossover.html"));
    let json = options.json.as_deref();
    let checked = check_writable(&html)
        .and_then(|()| json.map_or(Ok(()), check_writable))
        .and_then(|()| plan(&options));
    let plan = match checked {
        Ok(plan) => plan,
        Err(sentence) => {
            eprintln!("crossover: {sentence}");
            return ExitCode::from(2);
        }
    };
    let done = match options.explain_size() {
        Some(n) => run_explain(&plan, n, json).map(|()| ExitCode::SUCCESS),
        None => run(&plan, &html, json, options.is_whole()).map(|survey| report_failures(&survey)),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("crossover: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A progress bar on a terminal, and an end on Ctrl-C.
fn progress_bar() -> Result<ProgressBar, Box<dyn Error>> {
    let bar = ProgressBar::new(1_000).with_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3}%  {elapsed}  {msg}",
    )?);
    let interrupted = bar.clone();
    ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        eprintln!("crossover: interrupted, nothing was written");
        // The measuring process ends with this one, and its workers with it.
        exit(130);
    })?;
    Ok(bar)
}

/// Explains the one cell of `plan` with `n` items.
fn run_explain(plan: &Plan, n: usize, json: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let bar = progress_bar()?;
    let subject = Subject {
        paradigm: plan.paradigms[0].clone(),
        workers: plan.workers,
        problem: plan.problems[0].clone(),
    };
    let explanation = explain(&subject, n, plan.budget, |what, done| {
        bar.set_position((1_000.0 * done) as u64);
        bar.set_message(what.to_owned());
    })?;
    bar.finish_and_clear();
    if let Some(json) = json {
        write_whole(json, &serde_json::to_vec_pretty(&explanation)?)?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{subject}, {}, {}; compared with {}\n\n{}\n",
        words::number_of(n, "item"),
        words::number_of(plan.workers.get(), "worker"),
        explanation.base,
        terminal::waterfall(&explanation.waterfall)
    )?;
    if let Some(remark) = explanation.waterfall.remark() {
        writeln!(out, "{remark}.")?;
    }
    writeln!(
        out,
        "{}",
        words::wrapped(&explanation.verdict(), LINE).join("\n")
    )?;
    if let Some(json) = json {
        writeln!(out, "The same as JSON: {}", json.display())?;
    }
    Ok(())
}

/// Measures, writes and prints. What is to be kept, the report shows.
fn run(
    plan: &Plan,
    html: &Path,
    json: Option<&Path>,
    keep: bool,
) -> Result<Survey, Box<dyn Error>> {
    let bar = progress_bar()?;
    let survey = survey(plan, |workload, paradigm, done| {
        bar.set_position((1_000.0 * done) as u64);
        bar.set_message(format!("{workload}: {paradigm}"));
    })?;
    bar.finish_and_clear();

    write_whole(html, page::page(&survey).as_bytes())?;
    let samples = serde_json::to_vec_pretty(&survey)?;
    if let Some(json) = json {
        write_whole(json, &samples)?;
    }
    if keep {
        // For the report, which shows the latest.
        keep_latest(LATEST_SURVEY, &samples)?;
    }
    print(&survey)?;
    println!("The same as a page with figures: {}", html.display());
    if let Some(json) = json {
        println!("Every sample: {}", json.display());
    }
    Ok(survey)
}

/// Prints a table and a figure for each workload.
fn print(survey: &Survey) -> io::Result<()> {
    let color = io::stdout().is_terminal();
    let mut out = io::stdout().lock();
    for result in &survey.workloads {
        writeln!(out, "{}, {} workers", result.name, survey.workers)?;
        if !result.details.is_empty() {
            writeln!(out, "{}", result.details)?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "{}\n",
            terminal::text(tables::crossovers(result, survey.workers))
        )?;
        for remark in tables::remarks(result, survey.noise_floor) {
            writeln!(out, "{}", words::wrapped(&remark, LINE).join("\n"))?;
        }
        writeln!(out)?;
        if result.measured().next().is_some() {
            writeln!(out, "{}\n", terminal::figure(result, FIGURE_WIDTH, color))?;
        }
    }
    if let Some(sentence) = tables::stolen(survey) {
        writeln!(out, "{}\n", words::wrapped(&sentence, LINE).join("\n"))?;
    }
    Ok(())
}

/// Says which measurements failed; the exit status is 1 if any did.
fn report_failures(survey: &Survey) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for cell in survey.workloads.iter().flat_map(|result| &result.cells) {
        if let Err(reason) = &cell.outcome {
            eprintln!("crossover: {reason}");
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// What the options ask for, or one sentence that says what is wrong with them.
fn plan(options: &Options) -> Result<Plan, String> {
    if options.json.is_some() && options.json == options.html {
        return Err("--json and --html name the same file".to_owned());
    }
    let workers = match options.workers {
        None => available_parallelism().map_or(1, NonZero::get),
        Some(workers) => workers,
    };
    let workers = NonZero::new(workers)
        .filter(|workers| workers.get() <= MOST_WORKERS)
        .ok_or_else(|| format!("--workers must be 1 to {MOST_WORKERS}, not {workers}"))?;
    let (mut paradigms, mut asked) = (options.paradigm.clone(), options.workload.clone());
    let mut max_n = options.max_n.unwrap_or(DEFAULT_MAX_N);
    if let Some((paradigm, workload, n)) = options.explained() {
        (paradigms, asked) = (vec![paradigm.clone()], vec![workload.clone()]);
        let n: usize = n
            .parse()
            .ok()
            .filter(|n| (1..=MOST_ITEMS).contains(n))
            .ok_or_else(|| format!("the N of --explain must be 1 to {MOST_ITEMS}, not {n}"))?;
        max_n = max_n.max(n);
    }
    if !(1..=MOST_ITEMS).contains(&max_n) {
        return Err(format!("--max-n must be 1 to {MOST_ITEMS}, not {max_n}"));
    }
    let seconds = options.budget.unwrap_or(if options.quick {
        QUICK_BUDGET
    } else if options.explain.is_empty() {
        DEFAULT_BUDGET
    } else {
        EXPLAIN_BUDGET
    });
    if !(LEAST_BUDGET..=MOST_BUDGET).contains(&seconds) {
        return Err(format!(
            "--budget must be {LEAST_BUDGET} to {MOST_BUDGET} seconds, not {seconds}"
        ));
    }
    let all = catalogue::paradigms();
    let names: Vec<_> = all.iter().map(|entry| entry.name).collect();
    let paradigms = choose("paradigm", &paradigms, &all, &names)?;
    let all = catalogue::workloads();
    let workloads = choose("workload", &asked, &all, &DEFAULT_WORKLOADS)?;
    if !options.input.is_empty() && workloads.iter().all(|workload| workload.input.is_none()) {
        return Err("--input is given, but no workload that is measured takes any".to_owned());
    }
    let problems = workloads.iter().map(|workload| {
        // A path means nothing to the kernels of another default workload.
        let for_letters = asked.is_empty() && workload.name != "letters";
        let input = if workload.input.is_none() || for_letters {
            &[][..]
        } else {
            &options.input
        };
        let problem =
            Problem::new(workload.name, max_n, input).map_err(|error| error.to_string())?;
        if problem.len == 0 {
            return Err(format!("the input of {} has no items", workload.name));
        }
        Ok(problem)
    });
    Ok(Plan {
        problems: problems.collect::<Result<_, _>>()?,
        paradigms: paradigms
            .into_iter()
            .map(|paradigm| paradigm.name.to_owned())
            .collect(),
        workers,
        budget: Duration::from_secs_f64(seconds),
        insist_on_largest: options.max_n.is_some(),
    })
}

/// The entries that are asked for, in that order and each once; `default` if none is.
fn choose(
    what: &str,
    asked: &[String],
    all: &[Entry],
    default: &[&str],
) -> Result<Vec<Entry>, String> {
    let mut names: Vec<&str> = asked.iter().map(String::as_str).collect();
    if names.is_empty() {
        names = default.to_vec();
    }
    let mut chosen = Vec::new();
    for name in names {
        let Some(entry) = all.iter().find(|entry| entry.name == name) else {
            let known: Vec<_> = all.iter().map(|entry| entry.name).collect();
            return Err(format!(
                "there is no {what} called {name:?}; there are {}",
                known.join(", ")
            ));
        };
        if !chosen.contains(entry) {
            chosen.push(*entry);
        }
    }
    Ok(chosen)
}

fn list(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let input = entry
            .input
            .map_or(String::new(), |input| format!("; --input: {input}"));
        format!("  {:24} {}{input}\n", entry.name, entry.about)
    };
    entries.iter().map(line).collect()
}
