//! How a command runs: its options, its progress bar, its end.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, exit};
use std::thread::available_parallelism;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, Parser, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use laboratory::take_role_if_asked;
use serde::Serialize;

use crate::output::{writable, write_whole};

/// How a run ends that did not fail as a whole.
pub type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Why a command does not start: one sentence on what is asked of it.
pub fn refusal(sentence: impl Display) -> clap::Error {
    clap::Error::raw(ErrorKind::ValueValidation, sentence)
}

/// The `main` of `command`. What goes wrong is one sentence on standard error: status 2 for a [`refusal`], 1 for
/// another error.
pub fn main<O: Parser>(command: &str, run: impl FnOnce(&O) -> Outcome) -> ExitCode {
    take_role_if_asked();
    let options = O::try_parse().map_err(Box::from);
    let error = match options.and_then(|options| run(&options)) {
        Ok(code) => return code,
        Err(error) => error,
    };
    let Some(refusal) = error.downcast_ref::<clap::Error>() else {
        eprintln!("{command}: {error}");
        return ExitCode::FAILURE;
    };
    if !refusal.use_stderr() {
        refusal.exit(); // it is the help
    }
    let text = refusal.to_string();
    // What follows is advice.
    let sentence = text.lines().take_while(|line| !line.is_empty());
    let sentence = sentence.map(str::trim).collect::<Vec<_>>().join(" ");
    eprintln!("{command}: {}", sentence.trim_start_matches("error: "));
    ExitCode::from(2)
}

/// The option `--workers`.
#[derive(Args)]
pub struct Workers {
    /// Workers of each paradigm [default: the cores that this process may use]
    // Each is a thread, or a process with its pipe: more than this are refused by many systems.
    #[arg(id = "workers", long, value_name = "N", value_parser = value_parser!(u64).range(1..=512))]
    pub asked: Option<u64>,
}

impl Workers {
    /// The number of workers.
    pub fn number(&self) -> NonZero<usize> {
        let asked = self
            .asked
            .and_then(|workers| NonZero::new(workers as usize));
        asked.unwrap_or_else(|| available_parallelism().unwrap_or(NonZero::<usize>::MIN))
    }
}

/// The options of commands that measure for a while.
#[derive(Args)]
pub struct Measuring {
    /// About how many seconds all measurements together may take; the fewest rounds that an interval needs are taken in
    /// any case
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds)]
    pub budget: Option<f64>,

    /// Smaller sizes and fewer rounds, done sooner
    #[arg(long)]
    pub quick: bool,

    /// Writes every round, the machine and the results to FILE
    #[arg(long, value_name = "FILE", value_parser = writable())]
    pub json: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok();
    let seconds = seconds.filter(|seconds| (0.1..=86_400.0).contains(seconds));
    seconds.ok_or_else(|| "it must be 0.1 to 86400 seconds".to_owned())
}

impl Measuring {
    /// The budget that is asked for, or else one of these two, in seconds.
    pub fn time(&self, default: f64, quick: f64) -> Duration {
        let default = if self.quick { quick } else { default };
        Duration::from_secs_f64(self.budget.unwrap_or(default))
    }

    /// Refuses to write JSON over the page.
    pub fn check(&self, html: &Path) -> Result<(), clap::Error> {
        if self.json.as_deref() == Some(html) {
            return Err(refusal("--json and --html name the same file"));
        }
        Ok(())
    }

    /// Writes JSON, if that is asked for. Returns a line that says where it is, or nothing.
    pub fn write_json(&self, results: &impl Serialize) -> io::Result<String> {
        let Some(path) = &self.json else {
            return Ok(String::new());
        };
        write_whole(path, &serde_json::to_vec_pretty(results)?)?;
        Ok(format!("Every round: {}\n", path.display()))
    }

    /// Writes a page, and JSON as above. Returns lines that say where they are.
    pub fn write(&self, html: &Path, page: &str, results: &impl Serialize) -> io::Result<String> {
        write_whole(html, page.as_bytes())?;
        let html = format!("The same as a page with figures: {}\n", html.display());
        Ok(html + &self.write_json(results)?)
    }
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
        let style = "{bar:30} {percent:>3}%  {elapsed}  {msg}";
        let style = ProgressStyle::with_template(style)?;
        let bar = ProgressBar::new(STEPS as u64).with_style(style);
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

    /// Prints a line of the results, above the bar.
    pub fn print(&self, line: &str) {
        self.0.suspend(|| println!("{line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
