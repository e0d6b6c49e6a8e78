//! What is the least that this machine takes for a thread, a process, a wake-up, a message?
//!
//! Run: `cargo run --release --example floors` (about twenty seconds; `-- --quick` takes a few)
//!
//! Expected output: tables of bare system calls, each with what is built on it as a multiple, and below
//! each table a sentence on what to see. `--help` lists the options.
//!
//! Try: run it in a virtual machine and on the machine below it. Forking and waking another core cost
//! several times as much in the one as in the other; the multiples stay nearly the same.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::time::Duration;

use benches::floors::{Floors, Group, LATEST_FLOORS, measure};
use benches::machine::Machine;
use benches::measuring::take_role_if_asked;
use benches::output::{check_writable, keep_latest, write_whole};
use benches::{tables, terminal, words};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Measures the least that this machine takes for each primitive, and how far above it ours is.
#[derive(Parser)]
#[command(name = "floors", max_term_width = 100)]
struct Options {
    /// Seconds that all measurements together may take [default: 20, or 3 with --quick]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    budget: Option<f64>,

    /// Writes the machine and every round to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Fewer rounds, done within a few seconds: the same as --budget 3
    #[arg(long)]
    quick: bool,
}

/// In columns.
const LINE: usize = 100;

/// In seconds.
const DEFAULT_BUDGET: f64 = 20.0;
const QUICK_BUDGET: f64 = 3.0;
const LEAST_BUDGET: f64 = 0.1;
const MOST_BUDGET: f64 = 86_400.0;

/// What `--json` writes.
#[derive(Serialize)]
struct Written<'a> {
    machine: Machine,
    floors: &'a Floors,
}

fn main() -> ExitCode {
    take_role_if_asked();
    let options = Options::parse();
    let json = options.json.as_deref();
    let checked = json
        .map_or(Ok(()), check_writable)
        .and_then(|()| budget(&options));
    let budget = match checked {
        Ok(budget) => budget,
        Err(sentence) => {
            eprintln!("floors: {sentence}");
            return ExitCode::from(2);
        }
    };
    match run(budget, json) {
        Ok(floors) => report_failures(&floors),
        Err(error) => {
            eprintln!("floors: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures, writes and prints.
fn run(budget: Duration, json: Option<&Path>) -> Result<Floors, Box<dyn Error>> {
    let bar = ProgressBar::new(1_000).with_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3}%  {elapsed}  {msg}",
    )?);
    let interrupted = bar.clone();
    ctrlc::set_handler(move || {
        interrupted.finish_and_clear();
        eprintln!("floors: interrupted, nothing was written");
        // The helper process ends with this one, and its children with it.
        exit(130);
    })?;
    let floors = measure(budget, |row, done| {
        bar.set_position((1_000.0 * done) as u64);
        bar.set_message(row.to_owned());
    })?;
    bar.finish_and_clear();

    if let Some(json) = json {
        let machine = Machine::this();
        let written = Written {
            machine,
            floors: &floors,
        };
        write_whole(json, &serde_json::to_vec_pretty(&written)?)?;
    }
    if budget.as_secs_f64() >= DEFAULT_BUDGET {
        // For the report, which shows the latest.
        keep_latest(LATEST_FLOORS, &serde_json::to_vec_pretty(&floors)?)?;
    }
    let mut out = io::stdout().lock();
    out.write_all(text(&floors).as_bytes())?;
    if let Some(json) = json {
        writeln!(out, "Every round: {}", json.display())?;
    }
    Ok(floors)
}

/// Says which measurements failed; the exit status is 1 if any did.
fn report_failures(floors: &Floors) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for absent in floors.absent.iter().filter(|absent| absent.failed) {
        eprintln!("floors: {}: {}", absent.name, absent.reason);
        code = ExitCode::FAILURE;
    }
    code
}

/// The budget that the options ask for, or one sentence that says what is wrong with it.
fn budget(options: &Options) -> Result<Duration, String> {
    let seconds = options.budget.unwrap_or(if options.quick {
        QUICK_BUDGET
    } else {
        DEFAULT_BUDGET
    });
    if (LEAST_BUDGET..=MOST_BUDGET).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!(
            "--budget must be {LEAST_BUDGET} to {MOST_BUDGET} seconds, not {seconds}"
        ))
    }
}

/// All tables, each with its title and with what to see in it.
fn text(floors: &Floors) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let table = terminal::text(tables::floors(floors, group));
        let _ = writeln!(text, "{}\n\n{table}\n", group.title());
        let what_to_see = words::wrapped(group.what_to_see(), LINE).join("\n");
        let _ = writeln!(text, "{what_to_see}\n");
    }
    text.push_str(
        "Each time is the median over the rounds. A multiple is the median of the ratios, round by round, \
         with its 95% interval.\n",
    );
    for sentence in floors.what_is_absent() {
        let _ = writeln!(text, "{sentence}");
    }
    text
}
