//! A Python process that runs one of the programs in `benches/laboratory/python` and is asked for times.
//!
//! Each program can run its function over `range(n)` in several *ways*. It is asked by one line of JSON to run some ways one
//! after the other, and answers with the time and the digest of each run. Each digest must be that of the serial Rust code:
//! what is compared is the same work.
//!
//! The programs are run where they stand in the source tree, wherever the command is started from: what is measured is the
//! file that a student reads and may change.
//!
//! A Python process is a group of processes of its own. Its first process only watches: it ends the group when its
//! standard input is closed, which also happens if the process that asks is killed. So no worker of a pool is left
//! behind. (Linux and macOS; the programs refuse other systems.)

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use estimator::{Run, Side, Stopwatch};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use workloads::{Map, Reduce};

use crate::catalogue::{WithWorkload, with_workload};
use crate::child::Child;
use crate::measuring::Problem;

/// The workloads that there are Python programs for.
pub const WORKLOADS: [&str; 2] = ["random-squares", "squares"];

/// Names the interpreter in the environment, if it is not `python3` on the path.
const INTERPRETER: &str = "PYTHON";

/// How long a Python process may take to end its group. Then it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// A Python program, and the answers that it must give.
pub struct Program {
    script: PathBuf,
    workers: NonZero<usize>,
    problem: Problem,
    /// The digests of the serial Rust code's answers by size, each computed when it is first needed.
    digests: RefCell<HashMap<usize, String>>,
}

impl Program {
    /// The one for `problem`, which must be a map. Each parallel way has `workers` workers.
    pub fn new(problem: Problem, workers: NonZero<usize>) -> Rc<Self> {
        let file = format!("{}.py", problem.name.replace('-', "_"));
        let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        Rc::new(Self {
            script: programs.join(file),
            workers,
            problem,
            digests: RefCell::default(),
        })
    }

    /// Starts it, to compare `way` with its best serial way. The interpreter is the one that the environment's `PYTHON`
    /// names, or else `python3`.
    ///
    /// [`ErrorKind::NotFound`] comes with one sentence that says what is missing, and what to install.
    pub fn start(self: &Rc<Self>, way: &str) -> io::Result<PythonProcess> {
        if !self.script.is_file() {
            return Err(missing(format!(
                "there is no program {}: it belongs to the source tree that this was built from",
                self.script.display()
            )));
        }
        let interpreter = env::var_os(INTERPRETER).filter(|name| !name.is_empty());
        let interpreter = interpreter.unwrap_or_else(|| OsString::from("python3"));
        let shown = interpreter.to_string_lossy();
        let mut command = Command::new(&interpreter);
        command
            .arg("-B") // leaves no compiled files in the source tree
            .arg(&self.script)
            .arg("--serve")
            .args(["--workers", &self.workers.to_string()])
            // What joblib left in shared memory is removed at the end; without this, a warning says so.
            .env("PYTHONWARNINGS", "ignore::UserWarning");
        let child = Child::start(&mut command, &self.script.display(), GRACE);
        let mut child = child.map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(format!(
                "there is no {shown} on this machine: install Python 3.9 or newer, and NumPy by \
                 `python3 -m pip install numpy`, or name an interpreter in ${INTERPRETER}"
            )),
            _ => io::Error::other(format!("cannot start {shown}: {error}")),
        })?;
        let greeting: Result<Python, String> = child.hear()?;
        let about = greeting.map_err(|sentence| missing(format!("{shown}: {sentence}")))?;
        Ok(PythonProcess {
            child,
            about,
            program: Rc::clone(self),
            way: way.to_owned(),
        })
    }

    /// The SHA-256 of the right answer's bytes, as they stand in memory, in hexadecimal digits.
    fn digest(&self, n: usize) -> io::Result<String> {
        if let Some(known) = self.digests.borrow().get(&n) {
            return Ok(known.clone());
        }
        let digest = with_workload(&self.problem.name, DigestOf(&self.problem, n))?;
        self.digests.borrow_mut().insert(n, digest.clone());
        Ok(digest)
    }
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

/// What a program says of itself when it has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// Python's version.
    pub python: String,
    /// NumPy's version.
    pub numpy: String,
    /// joblib's version, if that is installed.
    pub joblib: Option<String>,
    /// The ways that it can run, serial ones first.
    pub ways: Vec<String>,
    /// The fastest of the serial ways: what speedup is measured against.
    pub best_serial: String,
}

/// A Python process, in which its best serial way and another take turns. Dropping it ends it and its workers.
pub struct PythonProcess {
    child: Child,
    about: Python,
    program: Rc<Program>,
    way: String,
}

impl PythonProcess {
    /// What it said of itself.
    pub fn about(&self) -> &Python {
        &self.about
    }

    /// Runs each way once for its number of items, in this order, and returns the seconds of each.
    pub fn run(&mut self, runs: &[(&str, usize)]) -> io::Result<Vec<f64>> {
        let answers: Vec<(f64, String)> = self.child.ask(runs)?;
        let mut times = Vec::new();
        for (&(way, n), (seconds, digest)) in runs.iter().zip(answers) {
            if digest != self.program.digest(n)? {
                let script = self.program.script.display();
                let sentence =
                    format!("{script}, {way}: its answer for n = {n} is not that of Rust");
                return Err(io::Error::other(sentence));
            }
            times.push(seconds);
        }
        Ok(times)
    }
}

impl Stopwatch for PythonProcess {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let ways = [self.about.best_serial.clone(), self.way.clone()];
        let way = |run: &Run| (ways[usize::from(run.side == Side::Rival)].as_str(), run.at);
        self.run(&runs.iter().map(way).collect::<Vec<_>>())
    }
}

/// Something that has to be installed.
fn missing(sentence: String) -> io::Error {
    io::Error::new(ErrorKind::NotFound, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_workload_has_a_program_and_a_missing_one_is_named() {
        let program = |name| {
            let problem = Problem::new(name, 100, &[]).expect("it is known");
            Program::new(problem, NonZero::<usize>::MIN)
        };
        assert!(
            WORKLOADS
                .iter()
                .all(|known| program(known).script.is_file())
        );
        let error = program("spin").start("pool").err().expect("there is none");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
