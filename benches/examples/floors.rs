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
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::time::Duration;

use benches::floors::{Copying, Floor, Floors, Group, Multiple, Placement, measure};
use benches::machine::Machine;
use benches::measuring::take_role_if_asked;
use benches::words;
use clap::Parser;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
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

/// In seconds.
const DEFAULT_BUDGET: f64 = 20.0;
const QUICK_BUDGET: f64 = 3.0;
const LEAST_BUDGET: f64 = 0.1;
const MOST_BUDGET: f64 = 86_400.0;

/// The tables, in their order: title, and what to see.
const TABLES: [(Group, &str, &str); 4] = [
    (
        Group::Threads,
        "Starting a thread, and waiting for its end",
        "What to see: the clone is the kernel's part, the pthread library adds some to it. Most of what \
         Rust adds is a second\nstack for each thread, on which it reports that the first one overflowed: \
         next to a floor that has one, too, little is left.",
    ),
    (
        Group::Processes,
        "Starting a process, and waiting for its end",
        "What to see: fork takes longer the more memory the parent has written, since it copies the \
         tables\nof its pages; vfork copies none. What ours adds hides behind a large parent.",
    ),
    (
        Group::Synchronisation,
        "Changing a shared number, and waking another thread",
        "What to see: nanoseconds while nobody has to sleep, microseconds as soon as the kernel has to \
         wake somebody.\nA multiple below one means that ours spins a while before it sleeps.",
    ),
    (
        Group::Messages,
        "One byte to another process and back",
        "What to see: on one core a message is a change of processes, on two cores it wakes the other \
         core;\nonly memory that both watch without sleeping avoids that, and it needs both cores.",
    ),
];

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
        fs::write(json, serde_json::to_vec_pretty(&written)?)?;
    }
    let mut out = io::stdout().lock();
    out.write_all(tables(&floors).as_bytes())?;
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

/// Whether `path` can be written, tried now rather than after measuring. Changes nothing that is there.
fn check_writable(path: &Path) -> Result<(), String> {
    let is_new = !path.exists();
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    let tried = opened.and_then(|_| {
        if is_new {
            fs::remove_file(path)
        } else {
            Ok(())
        }
    });
    tried.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// All tables, each with its title and with what to see in it.
fn tables(floors: &Floors) -> String {
    let mut text = String::new();
    for (group, title, what_to_see) in TABLES {
        let rows = floors.rows.iter().filter(|row| row.group == group);
        let _ = writeln!(text, "{title}\n\n{}\n", table(rows));
        let _ = writeln!(text, "{what_to_see}\n");
    }
    let _ = writeln!(text, "Copying memory\n\n{}\n", copying(&floors.copying));
    text.push_str(
        "What to see: beyond the caches a core copies as fast as memory lets it, and a second core \
         may add little.\n\n",
    );
    text.push_str(
        "Each time is the median over the rounds. A multiple is the median of the ratios, round by round, \
         with its 95% interval.\n",
    );
    for absent in &floors.absent {
        let place = absent.placement.map_or(String::new(), |placement| {
            format!(", {}", placed(placement))
        });
        let _ = writeln!(text, "Not here: {}{place}: {}.", absent.name, absent.reason);
    }
    text
}

/// One line for each floor, and one more for each second thing that is built on it.
fn table<'a>(rows: impl Iterator<Item = &'a Floor>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header([
        "floor",
        "cores",
        "time",
        "ours",
        "time",
        "× floor",
        "95% interval",
    ]);
    for row in rows {
        let mut lines: Vec<[String; 4]> = row
            .ours
            .iter()
            .map(|ours| {
                let Multiple {
                    estimate,
                    low,
                    high,
                } = ours.multiple_of(row);
                [
                    ours.name.clone(),
                    words::time(ours.median()),
                    format!("{estimate:.2}"),
                    format!("{low:.2} – {high:.2}"),
                ]
            })
            .collect();
        if lines.is_empty() {
            lines.push(Default::default());
        }
        for (k, ours) in lines.into_iter().enumerate() {
            let floor = match k {
                0 => [
                    row.name.clone(),
                    row.placement.map_or("", placed).to_owned(),
                    words::time(row.median()),
                ],
                _ => Default::default(),
            };
            table.add_row(floor.into_iter().chain(ours));
        }
    }
    for column in [2, 4, 5, 6] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn copying(rows: &[Copying]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["buffer", "size", "copied in a second"]);
    for row in rows {
        table.add_row([
            row.name.clone(),
            format!("{} KiB", words::thousands(row.buffer as u64 >> 10)),
            format!("{:.1} GB", row.bytes_per_second / 1e9),
        ]);
    }
    for column in 1..3 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn placed(placement: Placement) -> &'static str {
    match placement {
        Placement::OneCore => "one",
        Placement::TwoCores => "two",
    }
}
