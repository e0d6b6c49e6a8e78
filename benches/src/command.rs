//! How a command runs: the options that several have, its progress bar, its end.

use std::error::Error;
use std::num::NonZero;
use std::process::{ExitCode, exit};
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use laboratory::catalogue::Entry;

/// Each worker is a thread, or a process with its pipe: more than this are refused by many systems.
const MOST_WORKERS: usize = 512;

/// In seconds.
const LEAST_BUDGET: f64 = 0.1;
const MOST_BUDGET: f64 = 86_400.0;

/// Why a command does not start: a sentence on its options. Its exit status is 2.
pub type Refusal = String;

/// The option `--workers`.
#[derive(Args)]
pub struct Workers {
    /// Workers of each paradigm [default: the cores that this process may use]
    #[arg(id = "workers", long, value_name = "N")]
    pub asked: Option<usize>,
}

impl Workers {
    /// The number of workers.
    pub fn number(&self) -> Result<NonZero<usize>, Refusal> {
        let cores = || available_parallelism().map_or(1, NonZero::get);
        let workers = self.asked.unwrap_or_else(cores);
        NonZero::new(workers)
            .filter(|workers| workers.get() <= MOST_WORKERS)
            .ok_or_else(|| format!("--workers must be 1 to {MOST_WORKERS}, not {workers}"))
    }
}

/// The options `--budget` and `--quick`.
#[derive(Args)]
pub struct Budget {
    /// Seconds that all measurements together may take
    #[arg(
        id = "budget",
        long,
        value_name = "SECONDS",
        allow_negative_numbers = true
    )]
    pub asked: Option<f64>,

    /// Smaller sizes and fewer rounds, done sooner
    #[arg(long)]
    pub quick: bool,
}

impl Budget {
    /// What is asked for, or else one of these two, in seconds.
    pub fn time(&self, default: f64, quick: f64) -> Result<Duration, Refusal> {
        let default = if self.quick { quick } else { default };
        let seconds = self.asked.unwrap_or(default);
        if (LEAST_BUDGET..=MOST_BUDGET).contains(&seconds) {
            Ok(Duration::from_secs_f64(seconds))
        } else {
            Err(format!(
                "--budget must be {LEAST_BUDGET} to {MOST_BUDGET} seconds, not {seconds}"
            ))
        }
    }

    /// Whether neither option is given.
    pub fn is_default(&self) -> bool {
        self.asked.is_none() && !self.quick
    }
}

/// The entries that are asked for, in that order and each once.
pub fn choose(what: &str, names: &[impl AsRef<str>], all: &[Entry]) -> Result<Vec<Entry>, Refusal> {
    let mut chosen = Vec::new();
    for name in names {
        let name = name.as_ref();
        let Some(entry) = all.iter().find(|entry| entry.name == name) else {
            let known: Vec<_> = all.iter().map(|entry| entry.name).collect();
            let known = known.join(", ");
            return Err(format!(
                "there is no {what} called {name:?}; there are {known}"
            ));
        };
        if !chosen.contains(entry) {
            chosen.push(*entry);
        }
    }
    Ok(chosen)
}

/// A list of paradigms or workloads, each with what it does.
pub fn list(entries: &[Entry]) -> String {
    let line = |Entry { name, about, input }: &Entry| {
        let input = input.map_or(String::new(), |input| format!("; --input: {input}"));
        format!("  {name:24} {about}{input}\n")
    };
    entries.iter().map(line).collect()
}

/// Runs what was `asked` for, and says on standard error what went wrong: status 2 for a refusal, 1 for an error.
pub fn finish<T>(
    command: &str,
    asked: Result<T, Refusal>,
    run: impl FnOnce(T) -> Result<ExitCode, Box<dyn Error>>,
) -> ExitCode {
    let asked = match asked {
        Ok(asked) => asked,
        Err(sentence) => {
            eprintln!("{command}: {sentence}");
            return ExitCode::from(2);
        }
    };
    run(asked).unwrap_or_else(|error| {
        eprintln!("{command}: {error}");
        ExitCode::FAILURE
    })
}

/// Says on standard error what failed; the exit status is 1 if anything did.
pub fn name_failures(command: &str, failures: impl IntoIterator<Item: AsRef<str>>) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for failure in failures {
        eprintln!("{command}: {}", failure.as_ref());
        code = ExitCode::FAILURE;
    }
    code
}

/// A progress bar, shown on a terminal only, and an end on Ctrl-C. It goes when it is dropped.
pub struct Progress(ProgressBar);

/// Its length: shares are shown in steps of 0.1%.
const STEPS: f64 = 1_000.0;

impl Progress {
    /// Shows the bar of `command`.
    pub fn new(command: &'static str) -> Result<Self, Box<dyn Error>> {
        let bar = ProgressBar::new(STEPS as u64).with_style(ProgressStyle::with_template(
            "{bar:30} {percent:>3}%  {elapsed}  {msg}",
        )?);
        let interrupted = bar.clone();
        ctrlc::set_handler(move || {
            interrupted.finish_and_clear();
            eprintln!("{command}: interrupted, nothing was written");
            // Measuring processes and Python end when their input closes, which it now does.
            exit(130);
        })?;
        Ok(Self(bar))
    }

    /// Shows what is being measured, and which share of the whole is done, 0 to 1.
    pub fn show(&self, what: impl Into<String>, done: f64) {
        self.0.set_position((STEPS * done) as u64);
        self.0.set_message(what.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
