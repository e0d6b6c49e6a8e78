//! The same work in Python and in Rust: which is faster, and at which size does parallel start to win in each?
//!
//! Our own Python programs (`benches/laboratory/python`) run the chapter's two examples in every way that Python
//! offers. Our paradigms run the same, with the plain kernel, in turns with Python, and every answer is
//! checked to be the same. The command needs `python3` with NumPy; joblib is measured if it is installed.
//!
//! Run: `cargo run --release --example versus_python` (about three minutes; `-- --quick` takes half of that;
//! `-- --tasks` compares only what one task costs the pools of both languages, `-- --engines` what it costs engines)
//!
//! Expected output: for each workload a table of Python's ways and ours, and below it in words how the
//! languages compare. At the end, where the same was written as an HTML page, with the figure of time against size.
//!
//! Try: `--workers 1`. Which of Python's ways still take longer than serial code, and what do they do in that time?

use std::io;
use std::num::NonZero;
use std::process::ExitCode;

use benches::command::{self, Measuring, Outcome, Workers, count, refusal};
use benches::output::{LATEST_COMPARISONS, Output, writable};
use benches::session::Session;
use clap::Parser;
use laboratory::python::WORKLOADS;
use laboratory::versus::tasks::{Taker, compare_tasks};
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
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count(1..=100_000_000))]
    max_n: Option<u64>,

    /// Compares what one task costs the pools of processes in both languages, and nothing else
    #[arg(long, conflicts_with_all = ["workload", "max_n", "html"])]
    tasks: bool,

    /// Compares `ipyparallel`'s controller and engines with ours, and nothing else [default: 2 engines]
    #[arg(long, conflicts_with_all = ["workload", "max_n", "html", "tasks"])]
    engines: bool,

    #[command(flatten)]
    workers: Workers,

    #[command(flatten)]
    measuring: Measuring,

    /// Where the HTML page goes; `-` is standard output [default: `versus_python.html` in the target directory]
    #[arg(long, value_name = "FILE", value_parser = writable())]
    html: Option<Output>,
}

const COMMAND: &str = "versus_python";

/// Seconds for one workload.
const BUDGET: f64 = 90.0;
/// The same with `--quick`, which of Python's ways measures only the pool.
const QUICK_BUDGET: f64 = 40.0;

fn main() -> ExitCode {
    command::main(COMMAND, run)
}

/// Measures, prints and writes.
fn run(options: &Options, session: &mut Session) -> Outcome {
    if options.tasks {
        return run_tasks(Taker::Pools, options.workers.number(), options, session);
    }
    if options.engines {
        let two = NonZero::new(2).expect("two is not zero");
        let engines = options.workers.asked.map(|_| options.workers.number());
        return run_tasks(Taker::Engines, engines.unwrap_or(two), options, session);
    }
    let (workload, measuring) = (&options.workload, &options.measuring);
    let html = Output::or_in_target_directory(options.html.as_ref(), "versus_python.html");
    session.will_write(measuring.json.as_ref(), Some(&html))?;
    let mut asked = WORKLOADS.to_vec();
    asked.retain(|name| workload.is_empty() || workload.iter().any(|asked| asked == name));
    let count = asked.len() as f64;
    let budget = measuring.time(count * BUDGET, count * QUICK_BUDGET);
    let mut comparisons = Vec::new();
    for (k, name) in asked.into_iter().enumerate() {
        let request = Request {
            workload: name.to_owned(),
            workers: options.workers.number(),
            budget: budget.div_f64(count),
            every_way: !measuring.quick,
            largest: options.max_n.map(|n| n as usize),
        };
        session.wait_for("starting Python");
        let (begin, end) = (k as f64 / count, (k + 1) as f64 / count);
        let compared = compare(&request, session.part(begin, end));
        match compared {
            Ok(comparison) => comparisons.push(comparison),
            // Something must be installed first.
            Err(error) if error.kind() == io::ErrorKind::NotFound && comparisons.is_empty() => {
                return Err(refusal(error).into());
            }
            Err(error) => session.fail([error]),
        }
    }
    if comparisons.is_empty() {
        return Ok(());
    }

    session.print(&comparisons.iter().map(table).collect::<String>());
    let page = page::versus(&comparisons);
    session.write("The same as a page with figures", &html, page.as_bytes());
    session.write_json(measuring.json.as_ref(), &comparisons);
    session.fail(comparisons.iter().flat_map(Comparison::failures));
    let is_whole = workload.is_empty() && options.max_n.is_none();
    let is_slow = measuring.budget.is_none() && !measuring.quick;
    if is_whole && is_slow && options.workers.asked.is_none() {
        // The report shows the latest.
        session.keep(LATEST_COMPARISONS, &comparisons);
    }
    Ok(())
}

/// Compares tasks that these are given: measures and prints.
fn run_tasks(
    taker: Taker,
    workers: NonZero<usize>,
    options: &Options,
    session: &mut Session,
) -> Outcome {
    let measuring = &options.measuring;
    session.will_write(measuring.json.as_ref(), None)?;
    let budget = measuring.time(BUDGET, QUICK_BUDGET);
    session.wait_for("starting Python");
    let compared = compare_tasks(taker, workers, budget, session.part(0.0, 1.0));
    let comparison = match compared {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(refusal(error).into()),
        compared => compared?,
    };
    let width = terminal::width();
    let heading = terminal::prose(&say::heading_of_tasks(&comparison), "", width);
    let table = terminal::table(&tables::tasks(&comparison.tasks, "Python"), width);
    let sentences = say::about_tasks(&comparison).into_iter();
    let sentences = sentences.map(|it| terminal::prose(&it, "", width) + "\n");
    session.print(&format!(
        "{heading}\n\n{table}\n\n{}",
        sentences.collect::<String>()
    ));
    session.write_json(measuring.json.as_ref(), &comparison);
    session.fail(comparison.failures());
    Ok(())
}

/// A table, with what to see in it.
fn table(comparison: &Comparison) -> String {
    let width = terminal::width();
    let heading = terminal::prose(&say::heading(comparison), "", width);
    let table = terminal::table(&tables::versus(comparison), width);
    let sentences = say::what_to_see(comparison).into_iter();
    let sentences = sentences.map(|it| format!("- {}\n", terminal::prose(&it, "  ", width)));
    format!(
        "{heading}\n\n{table}\n\n{}\n",
        sentences.collect::<String>()
    )
}
