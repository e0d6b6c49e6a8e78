//! What is the least that this machine takes for a thread, a process, a wake-up, a message?
//!
//! Run: `cargo run --release --example floors` (about twenty seconds; `-- --quick` takes a few)
//!
//! Expected output: tables of bare system calls, each with what is built on it as a multiple, and below
//! each table a sentence on what to see. `--help` lists the options.
//!
//! Try: run it in a virtual machine and on the machine below it. Forking and waking up another core cost
//! several times as much in the one as in the other; the multiples stay nearly the same.

use std::process::ExitCode;

use benches::command::{self, Measuring, Outcome, Progress, name_failures};
use benches::output::{LATEST_FLOORS, keep_latest};
use clap::Parser;
use laboratory::floors::measure;
use report::sentences::{busy, floors as say};
use report::{tables, terminal};

/// Measures the least that this machine takes for each primitive, and how far above it ours is.
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

/// Measures, writes and prints.
fn run(options: &Options) -> Outcome {
    let progress = Progress::new("floors")?;
    let budget = options.measuring.time(DEFAULT_BUDGET, QUICK_BUDGET);
    let floors = measure(budget, |contest, done| progress.show(contest, done))?;
    drop(progress);
    let file = options.measuring.write_json(&floors)?;
    if budget.as_secs_f64() >= DEFAULT_BUDGET {
        // For the report, which shows the latest.
        keep_latest(LATEST_FLOORS, &floors)?;
    }

    let width = terminal::width();
    let say_line = |sentence: &str| println!("{}", terminal::prose(sentence, "", width));
    for of_group in floors.groups() {
        let table = terminal::table(&tables::floors(of_group), width);
        let (title, what_to_see) = say::about(of_group[0].contest.group);
        println!("{title}\n\n{table}\n");
        say_line(&format!("{what_to_see}\n"));
    }
    say_line(&say::how_to_read(&floors));
    let absent = say::what_is_absent(&floors);
    for sentence in busy(&floors.busy).iter().chain(&absent) {
        say_line(sentence);
    }
    print!("{file}");
    Ok(name_failures("floors", floors.failures()))
}
