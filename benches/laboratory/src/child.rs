//! A child process that is asked by lines of JSON, and answers each by one line.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A child process. Dropping it ends it.
pub struct Child {
    process: process::Child,
    /// `None` when it is to end.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    grace: Duration,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Silence {
    /// The process has ended.
    Ended(ExitStatus),
    /// It wrote this line, which is no answer.
    Nonsense(String),
}

impl Child {
    /// Starts `command`. When it is dropped, its standard input is closed, and it is killed if it has not
    /// ended after `grace`.
    pub fn start(command: &mut Command, grace: Duration) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let questions = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("its output is piped"));
        Ok(Self {
            process,
            questions,
            answers,
            grace,
        })
    }

    /// Tells it something that it does not answer. If it has ended, the next answer is missing, and says so.
    pub fn tell<T: Serialize + ?Sized>(&mut self, message: &T) {
        if let Some(questions) = &mut self.questions {
            let _ = write_line(questions, message);
        }
    }

    /// Waits for its next line.
    pub fn hear<A: DeserializeOwned>(&mut self) -> Result<A, Silence> {
        let mut line = String::new();
        if self.answers.read_line(&mut line).unwrap_or(0) == 0 {
            // It has ended, or says nothing that can be read: waiting for it must end in any case.
            let end = self.end();
            return Err(end.map_or(Silence::Nonsense(line), Silence::Ended));
        }
        serde_json::from_str(&line).map_err(|_| Silence::Nonsense(line))
    }

    /// Asks it, and waits for its answer.
    pub fn ask<A: DeserializeOwned>(
        &mut self,
        question: &(impl Serialize + ?Sized),
    ) -> Result<A, Silence> {
        self.tell(question);
        self.hear()
    }

    /// Ends it, and waits for that: what it has started itself may need the grace to end, too.
    fn end(&mut self) -> io::Result<ExitStatus> {
        drop(self.questions.take());
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

/// How a process ended, in words.
pub(crate) fn describe(end: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&end) {
        return format!("was killed by signal {signal}");
    }
    match end.code() {
        Some(status) => format!("exited early, with status {status}"),
        None => "ended without a status".to_owned(),
    }
}

/// Writes `value` as one line of JSON.
pub(crate) fn write_line<T: Serialize + ?Sized>(to: &mut impl Write, value: &T) -> io::Result<()> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    to.write_all(line.as_bytes())?;
    to.flush()
}
