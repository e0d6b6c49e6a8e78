//! A child process that is asked by lines of JSON, and answers each by one line within a limit.

use std::fmt::Display;
use std::io::{self, BufReader, ErrorKind, Write};
use std::process::{self, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::read_line;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::group;

/// A child process. Dropping it ends it, and what it has started.
pub(crate) struct Child {
    process: process::Child,
    /// The lines for its input. A thread writes them, because a process that is stopped reads nothing, and writing to it
    /// blocks. When this is dropped, the child's standard input is closed.
    input: Option<Sender<String>>,
    /// What it measures: errors begin with it.
    subject: String,
    /// The lines of its output. A thread reads it, so that waiting for a line can have a limit.
    lines: Receiver<io::Result<String>>,
    grace: Duration,
}

/// Why there is no answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// A sentence.
    pub(crate) reason: String,
    /// Whether another try may succeed, because a worker was killed.
    pub(crate) again: bool,
}

/// A limit is waited for in steps of this length. If this process is stopped (Ctrl-Z), the step takes longer, and all
/// other steps are still to come. So the time in which this process is stopped does not count.
const STEP: Duration = Duration::from_millis(50);

impl Child {
    /// Starts `command`, which measures `subject`. When it is dropped, its standard input is closed, and it is killed
    /// if it has not ended after `grace`.
    pub(crate) fn start(
        command: &mut Command,
        subject: &impl Display,
        grace: Duration,
    ) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let (input, told) = channel();
        let (start, started) = channel();
        thread::Builder::new().spawn(move || write(&started, told))?;
        let mut process = group::start(command)?;
        let _ = start.send(process.stdin.take().expect("its input is piped"));
        let mut output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let (sender, lines) = channel();
        thread::Builder::new().spawn(move || {
            while let Some(line) = read_line(&mut output).transpose() {
                let is_last = line.is_err();
                if sender.send(line).is_err() || is_last {
                    break;
                }
            }
        })?;
        Ok(Self {
            process,
            input: Some(input),
            subject: subject.to_string(),
            lines,
            grace,
        })
    }

    /// Tells it something that it does not answer, as a line of JSON.
    pub(crate) fn tell<T: Serialize + ?Sized>(&mut self, message: &T) -> io::Result<()> {
        let message = serde_json::to_string(message)?;
        if let Some(input) = &self.input {
            // It fails only if the child has ended.
            let _ = input.send(message);
        }
        Ok(())
    }

    /// Waits for its next line.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none: [`ErrorKind::Interrupted`] if the child was killed,
    /// [`ErrorKind::TimedOut`] if there was none within `limit`; then the child has been ended.
    pub(crate) fn line(&mut self, limit: Duration) -> io::Result<String> {
        let steps = limit.div_duration_f64(STEP).ceil() as u64;
        for _ in 0..steps {
            match self.lines.recv_timeout(STEP) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Ok(line)) => return Ok(line),
                Ok(Err(error)) => {
                    self.end()?;
                    return Err(self.error(
                        ErrorKind::Other,
                        &format!("its answer cannot be read: {error}"),
                    ));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let end = self.end()?;
                    let reason =
                        format!("the process that measured it ended before it answered ({end})");
                    return Err(self.error(group::kind_of_end(end), &reason));
                }
            }
        }
        let why = group::why_no_answer(self.process.id());
        self.end()?;
        let reason = format!("there was no answer within {} s: {why}", limit.as_secs());
        Err(self.error(ErrorKind::TimedOut, &reason))
    }

    /// Waits for its next line, and understands it as JSON.
    ///
    /// # Errors
    ///
    /// As [`line`](Self::line), and if it cannot be understood.
    pub(crate) fn hear<A: DeserializeOwned>(&mut self, limit: Duration) -> io::Result<A> {
        let line = self.line(limit)?;
        serde_json::from_str(&line).map_err(|_| {
            let reason = "something that is not an answer was written to standard output";
            self.error(ErrorKind::Other, &format!("{reason}: {line}"))
        })
    }

    /// Asks it, and waits for its answer: what was asked for, or a sentence on why there is none.
    ///
    /// # Errors
    ///
    /// As [`hear`](Self::hear), and what it answers; [`ErrorKind::Interrupted`] if another try may succeed.
    pub(crate) fn ask<A: DeserializeOwned>(
        &mut self,
        question: &(impl Serialize + ?Sized),
        limit: Duration,
    ) -> io::Result<A> {
        self.tell(question)?;
        let answer: Result<A, Failure> = self.hear(limit)?;
        answer.map_err(|Failure { reason, again }| {
            let kind = if again {
                ErrorKind::Interrupted
            } else {
                ErrorKind::Other
            };
            self.error(kind, &reason)
        })
    }

    /// An error that says what was measured.
    pub(crate) fn error(&self, kind: ErrorKind, reason: &str) -> io::Error {
        io::Error::new(kind, format!("{}: {reason}", self.subject))
    }

    /// Ends it, and waits for that: what it has started itself may need the grace to end, too.
    fn end(&mut self) -> io::Result<ExitStatus> {
        drop(self.input.take());
        let start = Instant::now();
        while start.elapsed() < self.grace && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(1));
        }
        group::end(&mut self.process);
        self.process.wait()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It fails only if it has ended, which is what is wanted.
        let _ = self.end();
    }
}

/// Writes each line that is told to the input of a child, once it has started.
fn write(started: &Receiver<ChildStdin>, told: Receiver<String>) {
    let mut input = loop {
        match started.recv_timeout(LONGEST_START) {
            Ok(input) => break input,
            Err(RecvTimeoutError::Timeout) => group::kill_stopped_children(),
            Err(RecvTimeoutError::Disconnected) => return, // it could not be started
        }
    };
    for line in told {
        if write_line(&mut input, &line).is_err() {
            return; // it has ended: its next answer is missing, and says so
        }
    }
}

/// Starting a process takes some milliseconds at most. But if the new process is stopped before it runs its own program,
/// the parent is blocked in the kernel. So a stopped child is killed after this time.
const LONGEST_START: Duration = Duration::from_secs(10);

/// Writes a line.
pub(crate) fn write_line(to: &mut impl Write, line: &str) -> io::Result<()> {
    to.write_all(format!("{line}\n").as_bytes())?;
    to.flush()
}
