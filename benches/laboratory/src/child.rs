//! A child process that is asked by lines of JSON, and answers each by one line.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A child process. Dropping it ends it.
pub(crate) struct Child {
    /// Its input is closed when it is to end.
    process: process::Child,
    /// What it measures: errors begin with it.
    subject: String,
    answers: BufReader<ChildStdout>,
    grace: Duration,
}

impl Child {
    /// Starts `command`, which measures `subject`. When it is dropped, its standard input is closed, and it is killed
    /// if it has not ended after `grace`.
    pub(crate) fn start(
        command: &mut Command,
        subject: &impl Display,
        grace: Duration,
    ) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let answers = BufReader::new(process.stdout.take().expect("its output is piped"));
        Ok(Self {
            process,
            subject: subject.to_string(),
            answers,
            grace,
        })
    }

    /// Tells it something that it does not answer. If it has ended, the next answer is missing, and says so.
    pub(crate) fn tell<T: Serialize + ?Sized>(&mut self, message: &T) {
        if let Some(input) = &mut self.process.stdin {
            let _ = write_line(input, message);
        }
    }

    /// Waits for its next line.
    ///
    /// # Errors
    ///
    /// If there is none, or none that can be understood: a sentence that says so.
    pub(crate) fn hear<A: DeserializeOwned>(&mut self) -> io::Result<A> {
        let mut line = String::new();
        if self.answers.read_line(&mut line).unwrap_or(0) == 0 {
            // It has ended, or says nothing that can be read: waiting for it must end in any case.
            let end = self.end()?;
            let reason = format!("the process that measured it ended before it answered ({end})");
            return Err(self.error(&reason));
        }
        serde_json::from_str(&line).map_err(|_| {
            let line = line.trim_end();
            let reason = "something was written to standard output that is no answer";
            self.error(&format!("{reason}: {line}"))
        })
    }

    /// Asks it, and waits for its answer: what was asked for, or a sentence on why there is none.
    pub(crate) fn ask<A: DeserializeOwned>(
        &mut self,
        question: &(impl Serialize + ?Sized),
    ) -> io::Result<A> {
        self.tell(question);
        let answer: Result<A, String> = self.hear()?;
        answer.map_err(|reason| self.error(&reason))
    }

    /// An error that says what was measured.
    pub(crate) fn error(&self, reason: &str) -> io::Error {
        io::Error::other(format!("{}: {reason}", self.subject))
    }

    /// Ends it, and waits for that: what it has started itself may need the grace to end, too.
    fn end(&mut self) -> io::Result<ExitStatus> {
        drop(self.process.stdin.take());
        let start = Instant::now();
        while start.elapsed() < self.grace && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(1));
        }
        // If it has ended, there is nothing to kill.
        let _ = self.process.kill();
        self.process.wait()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It fails only if it has ended, which is what is wanted.
        let _ = self.end();
    }
}

/// Writes `value` as one line of JSON.
pub(crate) fn write_line<T: Serialize + ?Sized>(to: &mut impl Write, value: &T) -> io::Result<()> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    to.write_all(line.as_bytes())?;
    to.flush()
}
