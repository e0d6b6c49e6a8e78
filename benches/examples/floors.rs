//! What is the least that this machine takes for a thread, a process, a wake-up, a message?
//!
//! Run: `cargo run --release --example floors` (about twenty seconds; `-- --quick` takes a few)
//!
//! Expected output: tables of bare system calls, each with what is built on it as a multiple, and below
//! each table a sentence on what to see. `--help` lists the options.
//!
//! Try: run it in a virtual machine, and on the host of that machine. Forking and waking up another core take
//! several times as long in the virtual machine; the multiples stay nearly the same.

use std::process::ExitCode;

use benches::command::{self, Measuring, Outcome};
use benches::output::LATEST_FLOORS;
use benches::session::Session;
use clap::Parser;
use laboratory::floors::{Floors, measure};
use report::sentences::{busy, floors as say};
use report::{tables, terminal};

/// Measures the least time that this machine takes for each primitive, and how many times as long our code takes.
#[derive(Parser)]
#[command(name = "floors", max_term_width = 100)]
#[command(after_help = "It takes about 20 seconds, or 3 with --quick.")]
struct Options {
    #[command(flatten)]
    measuring: Measuring,
}

/// In seconds.
const DEFAULT_BUDGET: f64 = 20.0;
const QUICK_BUDGET: f64 = 3.0;

fn main() -> ExitCode {
    command::main("floors", run)
}

/// Measures, prints and writes.
fn run(options: &Options, session: &mut Session) -> Outcome {
    let Measuring { json, .. } = &options.measuring;
    let budget = options.measuring.time(DEFAULT_BUDGET, QUICK_BUDGET);
    session.will_write(json.as_ref(), None)?;
    let floors = measure(budget, session.part(0.0, 1.0))?;
    session.print(&tables(&floors));
    session.write_json(json.as_ref(), &floors);
    session.fail(floors.failures());
    if budget.as_secs_f64() >= DEFAULT_BUDGET {
        // For the report, which shows the latest.
        session.keep(LATEST_FLOORS, &floors);
    }
    Ok(())
}

/// A table for each group, with what to see in it.
fn tables(floors: &Floors) -> String {
    let width = terminal::width();
    let mut lines = Vec::new();
    for of_group in floors.groups() {
        let table = terminal::table(&tables::floors(of_group), width);
        let (title, what_to_see) = say::about(of_group[0].contest.group);
        let what_to_see = terminal::prose(what_to_see, "", width);
        lines.push(format!("{title}\n\n{table}\n\n{what_to_see}\n"));
    }
    let mut sentences = vec![say::how_to_read(floors)];
    sentences.extend(busy(&floors.busy));
    sentences.extend(say::what_is_absent(floors));
    lines.extend(sentences.iter().map(|it| terminal::prose(it, "", width)));
    lines.join("\n") + "\n"
}
