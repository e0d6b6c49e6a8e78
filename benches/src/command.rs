//! What commands have in common: their `main`, and their options.

use std::error::Error;
use std::io::ErrorKind;
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{Args, Parser};
use laboratory::take_role_if_asked;

use crate::output::{Output, writable};
pub use crate::session::refusal;
use crate::session::{Session, complain};

/// How a run ends: well, though parts of it may have [failed](Session::fail), or for this reason.
pub type Outcome = Result<(), Box<dyn Error>>;

/// The `main` of `command`. What goes wrong is one sentence on standard error: status 2 for a [`refusal`], 1 for
/// another error.
pub fn main<O: Parser>(
    command: &'static str,
    run: impl FnOnce(&O, &mut Session) -> Outcome,
) -> ExitCode {
    take_role_if_asked();
    let run = || {
        let mut session = Session::start(command)?;
        let options = O::try_parse()?;
        run(&options, &mut session)?;
        Ok::<_, Box<dyn Error>>(session.end())
    };
    let error = match run() {
        Ok(code) => return code,
        Err(error) => error,
    };
    match error.downcast_ref::<clap::Error>() {
        None => {
            complain(command, error);
            ExitCode::FAILURE
        }
        Some(help) if !help.use_stderr() => match help.print() {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                complain(command, format!("cannot write to standard output: {error}"));
                ExitCode::FAILURE
            }
            _ => ExitCode::SUCCESS, // if its reader has seen enough, that is no failure
        },
        Some(refusal) => {
            let text = refusal.to_string();
            // The lines after an empty one are advice.
            let sentence = text.lines().take_while(|line| !line.is_empty());
            let sentence = sentence.map(str::trim).collect::<Vec<_>>().join(" ");
            complain(command, sentence.trim_start_matches("error: "));
            ExitCode::from(2)
        }
    }
}

/// The option `--workers`.
#[derive(Args)]
pub struct Workers {
    /// Workers of each paradigm [default: the cores that this process may use]
    // Each is a thread, or a process with its pipe: more than this are refused by many systems.
    #[arg(id = "workers", long, value_name = "N", allow_negative_numbers = true, value_parser = count(1..=512))]
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

    /// Takes less time: smaller sizes and fewer rounds
    #[arg(long)]
    pub quick: bool,

    /// Writes every round, the machine and the results to FILE; `-` is standard output
    #[arg(long, value_name = "FILE", value_parser = writable())]
    pub json: Option<Output>,
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
}

/// A count in an option, within `range`: all its digits, or as the tables print it, `10,000`, `10k`, `1.5M`.
pub fn count(range: RangeInclusive<u64>) -> impl TypedValueParser<Value = u64> {
    StringValueParser::new().try_map(move |text: String| {
        let (digits, unit) = match text.strip_suffix(['k', 'M', 'G']) {
            None => (&*text, 1.0),
            Some(digits) if text.ends_with('k') => (digits, 1e3),
            Some(digits) if text.ends_with('M') => (digits, 1e6),
            Some(digits) => (digits, 1e9),
        };
        let number = without_commas(digits).and_then(|digits| digits.parse::<f64>().ok());
        let number = number.map(|number| number * unit);
        // In decimal digits, 1.1k is whole; in binary ones, only nearly.
        let number = number.filter(|it| (it - it.round()).abs() < 1e-6);
        let number = number.ok_or("it is not a whole number, such as 200, 1,500, 10k or 1.5M")?;
        let number = number.round();
        let (least, most) = (*range.start(), *range.end());
        if number < least as f64 || number > most as f64 {
            return Err(format!("{number} is not in {least}..={most}"));
        }
        Ok(number as u64)
    })
}

/// Without the commas between groups of three digits, if they stand there.
fn without_commas(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let groups: Vec<&str> = whole.split(',').collect();
    let is_right = groups[1..].iter().all(|group| group.len() == 3) && !fraction.contains(',');
    is_right.then(|| groups.concat() + fraction)
}
