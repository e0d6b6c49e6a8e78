//! The run of a command: what it shows meanwhile, what it prints and writes, and how it ends.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::error::ErrorKind as Refusal;
use indicatif::{ProgressBar, ProgressStyle};
use laboratory::event::Event;
use report::words;
use serde::Serialize;

use crate::output::{Output, nothing_half_written};
use crate::signals;

/// The run of one command: its progress bar, which is shown on a terminal only; its results, each of which is printed or
/// written even if another one cannot be; and whether anything has failed.
///
/// A signal ends it in order.
pub struct Session {
    command: &'static str,
    bar: ProgressBar,
    /// Standard output is for a file that was asked for, so what is printed goes to standard error.
    stdout_is_taken: bool,
    /// Printing has failed: its reader has ended, or there is no space. No more is printed.
    cannot_print: bool,
    has_failed: bool,
    has_written: Arc<AtomicBool>,
}

/// The length of the bar: shares are shown in steps of 0.1%.
const STEPS: f64 = 1_000.0;

/// How often the elapsed time is shown while it waits.
const TICK: Duration = Duration::from_millis(200);

/// Why a command does not start: one sentence on what is asked of it.
pub fn refusal(sentence: impl Display) -> clap::Error {
    clap::Error::raw(Refusal::ValueValidation, sentence)
}

/// Writes a sentence to standard error. If standard error cannot be written, the sentence is lost: there is no other
/// place for it.
pub(crate) fn complain(command: &str, sentence: impl Display) {
    let _ = writeln!(io::stderr(), "{command}: {sentence}");
}

impl Session {
    /// Begins the run of `command`.
    pub(crate) fn start(command: &'static str) -> io::Result<Self> {
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {elapsed}  {msg}");
        let bar = ProgressBar::new(STEPS as u64).with_style(style.map_err(io::Error::other)?);
        let has_written = Arc::new(AtomicBool::new(false));
        let (interrupted, written) = (bar.clone(), Arc::clone(&has_written));
        #[cfg(unix)]
        signals::end_after(move || {
            laboratory::end_children();
            // From now on, no file is replaced: a file that is half written would be left.
            std::mem::forget(nothing_half_written());
            interrupted.finish_and_clear();
            let rest = if written.load(Ordering::Relaxed) {
                ""
            } else {
                ", nothing was written"
            };
            complain(command, format!("interrupted{rest}"));
        })?;
        Ok(Self {
            command,
            bar,
            stdout_is_taken: false,
            cannot_print: false,
            has_failed: false,
            has_written,
        })
    }

    /// Says, before anything is measured, which files will be written.
    ///
    /// # Errors
    ///
    /// A refusal, if both are the same.
    pub fn will_write(
        &mut self,
        json: Option<&Output>,
        html: Option<&Output>,
    ) -> Result<(), clap::Error> {
        if let (Some(json), Some(html)) = (json, html)
            && json.collides_with(html)
        {
            return Err(refusal("--json and --html name the same file"));
        }
        let mut outputs = json.into_iter().chain(html);
        self.stdout_is_taken = outputs.any(Output::is_stdout);
        Ok(())
    }

    /// Shows that it is busy with something that may take a while.
    pub fn wait_for(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
        self.bar.enable_steady_tick(TICK);
    }

    /// Shows which share of the whole is done, 0 to 1, and what is next.
    pub fn show(&self, done: f64, what: impl Into<String>) {
        self.bar.disable_steady_tick(); // it would disturb what is measured
        self.bar.set_position((STEPS * done) as u64);
        self.bar.set_message(what.into());
    }

    /// Shows the progress of a part of the measurements: the part from `begin` to `end` of the whole, which is from 0
    /// to 1.
    pub fn part(&mut self, begin: f64, end: f64) -> impl FnMut(Event<'_>) {
        move |event| match event {
            Event::Next(part, what, done) => {
                self.show(begin + (end - begin) * done, format!("{part}: {what}"));
            }
            Event::Again(error) => self.fail([format!("{error}; this round is taken again")]),
            Event::Needs(time) => self.complain(format!(
                "the budget is too small: the fewest rounds that an interval needs take about {}",
                words::time(time.as_secs_f64())
            )),
        }
    }

    /// Prints a text. If its reader has ended, that is no failure.
    pub fn print(&mut self, text: &str) {
        if self.cannot_print {
            return;
        }
        let print = |to: &mut dyn Write| to.write_all(text.as_bytes()).and_then(|()| to.flush());
        let printed = self.bar.suspend(|| {
            if self.stdout_is_taken {
                print(&mut io::stderr())
            } else {
                print(&mut io::stdout())
            }
        });
        self.cannot_print = printed.is_err();
        if let Err(error) = printed
            && error.kind() != ErrorKind::BrokenPipe
        {
            self.fail([format!("cannot print what was found: {error}")]);
        }
    }

    /// Whether printing has failed, so that there is no reason to measure more of what would only be printed.
    pub fn cannot_print(&self) -> bool {
        self.cannot_print
    }

    /// Writes a file, and prints where `what` is.
    pub fn write(&mut self, what: &str, to: &Output, contents: &[u8]) {
        self.has_written.store(true, Ordering::Relaxed);
        if to.waits_for_reader() {
            self.complain(format!(
                "{to} is a pipe: waiting for a process that reads it"
            ));
        }
        let written = if to.is_stdout() {
            self.bar.suspend(|| to.write(contents))
        } else {
            to.write(contents)
        };
        match written {
            Ok(()) => self.print(&format!("{what}: {to}\n")),
            // Its reader has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => self.fail([error]),
        }
    }

    /// Writes a file beside `page`, if that is a file, too. It is for the caller to print where.
    pub fn write_beside(&mut self, page: &Output, ending: &str, contents: &[u8]) {
        if let Some(to) = page.beside(ending) {
            self.has_written.store(true, Ordering::Relaxed);
            self.fail(to.write(contents).err());
        }
    }

    /// Writes every round as JSON, if that is asked for.
    pub fn write_json(&mut self, to: Option<&Output>, results: &impl Serialize) {
        if let Some(to) = to {
            self.write("Every round", to, &json(results));
        }
    }

    /// Keeps the latest results of a kind in `file` of the target directory, where the report finds them; if nothing
    /// has failed, so that they never replace better ones.
    pub fn keep(&mut self, file: &str, results: &impl Serialize) {
        if self.has_failed {
            return;
        }
        let kept = Output::in_target_directory(file).write(&json(results));
        self.fail(kept.err());
    }

    /// Says what has failed. The exit status will be 1, if anything has.
    pub fn fail(&mut self, reasons: impl IntoIterator<Item: Display>) {
        for reason in reasons {
            self.complain(reason);
            self.has_failed = true;
        }
    }

    /// Says something that is no failure.
    pub fn complain(&self, sentence: impl Display) {
        self.bar.suspend(|| complain(self.command, sentence));
    }

    /// Ends it.
    pub fn end(self) -> ExitCode {
        if self.has_failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

fn json(results: &impl Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec_pretty(results).expect("results are plain data");
    json.push(b'\n');
    json
}

impl Drop for Session {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{in_target_directory, latest};

    #[test]
    fn what_failed_does_not_replace_what_was_kept() {
        let file = "crossover/kept-by-a-test.json";
        let mut session = Session::start("test").expect("signals can be heard");
        session.keep(file, &1);
        assert_eq!(latest(file), Some(Ok(1)));
        session.fail(["this fails on purpose"]);
        session.keep(file, &2);
        assert_eq!(latest(file), Some(Ok(1)));
        std::fs::remove_file(in_target_directory(file)).expect("it was kept");
        assert_eq!(latest::<i32>(file), None);
        assert_eq!(session.end(), ExitCode::FAILURE);
    }
}
