//! A Python process that runs one of the programs in `benches/laboratory/python` and is asked for times.
//!
//! Each program can run its function over `range(n)` in several *ways*. It is asked by one line of JSON to run some
//! ways one after the other, and answers with the time and the digest of each run. Each digest must be that of the
//! serial Rust code: what is compared is the same work.
//!
//! The programs are run where they stand in the source tree, wherever the command is started from: what is measured
//! is the file that a student reads and may change.
//!
//! A Python process is a group of processes of its own. Its first process only watches: it ends the group when its
//! standard input is closed, which also happens if the process that asks is killed. So no worker of a pool is left
//! behind. (Linux and macOS; the programs refuse other systems.)

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::Command;
use std::time::Duration;

use estimator::{Run, Side, Stopwatch, limit};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use workloads::{Map, Reduce};

use crate::catalogue::{WithWorkload, with_workload};
use crate::child::{Child, Failure};
use crate::problem::Problem;
use crate::trial::Trial;

/// The workloads that there are Python programs for.
pub const WORKLOADS: [&str; 2] = ["random-squares", "squares"];

/// Where the programs are.
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// Names the interpreter in the environment, if it is not `python3` on the path.
const INTERPRETER: &str = "PYTHON";

/// How long a Python process may take to end its group. Then it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Starting, and importing NumPy from a slow disk, is expected to take no longer.
const START: Duration = Duration::from_secs(2);

/// What a program says of itself when it has started.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Python {
    /// The versions of Python, NumPy and joblib, in words.
    pub(crate) versions: String,
    /// The fastest of the serial ways: what speedup is measured against.
    pub(crate) best_serial: String,
    /// The other ways that it can run, serial ones first.
    pub(crate) others: Vec<String>,
}

/// A Python process, in which its best serial way and another take turns. Dropping it ends it and its workers.
pub(crate) struct PythonProcess {
    child: Child,
    pub(crate) about: Python,
    trial: Trial,
    /// A run is not expected to take less than this.
    least: Duration,
    /// The digests of the right answers by size, each computed when it is first needed.
    digests: HashMap<usize, String>,
}

impl PythonProcess {
    /// Starts the program of the trial's workload, which must be a map; the trial's paradigm is one of its ways. The
    /// interpreter is the one that the environment's `PYTHON` names, or else `python3`.
    ///
    /// [`ErrorKind::NotFound`] comes with one sentence that says what is missing, and what to install.
    pub(crate) fn start(trial: Trial) -> io::Result<Self> {
        let program = trial.problem.name.replace('-', "_");
        Self::start_program(&program, trial, Duration::ZERO)
    }

    /// The same with this program, which computes the same answers in other ways. A run of it is not expected to take less
    /// than `least`.
    pub(crate) fn start_program(program: &str, trial: Trial, least: Duration) -> io::Result<Self> {
        let script = format!("{PROGRAMS}/{program}.py");
        let interpreter = env::var_os(INTERPRETER).filter(|name| !name.is_empty());
        let interpreter = interpreter.unwrap_or_else(|| OsString::from("python3"));
        let shown = interpreter.to_string_lossy();
        let missing = |sentence: String| io::Error::new(ErrorKind::NotFound, sentence);
        let mut command = Command::new(&interpreter);
        command
            .arg("-B") // leaves no compiled files in the source tree
            .args([&script, "--serve", "--workers"])
            .arg(trial.workers.to_string())
            // What joblib left in shared memory is removed at the end; without this, a warning says so.
            .env("PYTHONWARNINGS", "ignore::UserWarning");
        let mut child = Child::start(&mut command, &script, GRACE).map_err(|error| {
            missing(format!(
                "cannot start {shown} ({error}): install Python 3.9 or newer, and NumPy by \
                 `python3 -m pip install numpy`, or name an interpreter in ${INTERPRETER}"
            ))
        })?;
        let greeting: Result<Python, Failure> =
            child
                .hear(limit(START))
                .map_err(|error| match error.kind() {
                    ErrorKind::Other => missing(format!(
                        "{shown} could not run {error}; set ${INTERPRETER} to a Python 3.9 or newer with NumPy"
                    )),
                    _ => error,
                })?;
        let about =
            greeting.map_err(|Failure { reason, .. }| missing(format!("{shown}: {reason}")))?;
        Ok(Self {
            child,
            about,
            trial,
            least,
            digests: HashMap::new(),
        })
    }

    /// Runs each way once for its number of items, in this order, and returns the seconds of each; together they are
    /// `expected` to take this long.
    pub(crate) fn run(
        &mut self,
        runs: &[(&str, usize)],
        expected: Duration,
    ) -> io::Result<Vec<f64>> {
        let expected = expected + self.least * runs.len() as u32;
        let answers: Vec<(f64, String)> = self.child.ask(runs, limit(expected))?;
        let mut times = Vec::new();
        for (&(way, n), (seconds, digest)) in runs.iter().zip(answers) {
            let right = match self.digests.entry(n) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(right_digest(&self.trial, n)?),
            };
            if digest != *right {
                let reason = format!("{way}, n = {n}: its answer is not that of Rust");
                return Err(self.child.error(ErrorKind::Other, &reason));
            }
            times.push(seconds);
        }
        Ok(times)
    }
}

impl Stopwatch for PythonProcess {
    fn time(&mut self, runs: &[Run], expected: Duration) -> io::Result<Vec<f64>> {
        let base = self.about.best_serial.clone();
        let rival = self.trial.paradigm.clone();
        let way = |run: &Run| match run.side {
            Side::Base => (&*base, run.at),
            Side::Rival => (&*rival, run.at),
        };
        self.run(&runs.iter().map(way).collect::<Vec<_>>(), expected)
    }
}

/// The SHA-256 of the bytes of the serial Rust code's answer, as they stand in memory, in hexadecimal digits.
fn right_digest(trial: &Trial, n: usize) -> io::Result<String> {
    // The answer is the same whichever kernel computes it, so the fastest does.
    let problem = trial.problem.better.as_deref().unwrap_or(&trial.problem);
    with_workload(&problem.name, DigestOf(problem, n))
}

/// Computes the digest for a problem and a size.
struct DigestOf<'a>(&'a Problem, usize);

impl WithWorkload for DigestOf<'_> {
    type Output = String;

    fn map<M: Map>(&self) -> io::Result<String> {
        let workload: M = self.0.workload()?;
        let items = workload.with_len(self.1).items(0..self.1);
        let digest = Sha256::digest(bytemuck::cast_slice::<_, u8>(&items));
        let digits: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(digits.concat())
    }

    fn reduce<R: Reduce>(&self) -> io::Result<String> {
        let sentence = format!("{} has no answer for each item", R::NAME);
        Err(io::Error::other(sentence))
    }
}
