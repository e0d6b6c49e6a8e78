//! A Python process that runs one of our programs in `benches/python` and is asked for times.
//!
//! Each program can run its function over `range(n)` in several *ways*: serially, by a
//! `multiprocessing.Pool`, by `concurrent.futures` and so on. A [`PythonProcess`] is asked to run one
//! way for one size, by one line of JSON on its standard input, and answers with the times and with
//! the digest of the answer. The digest must be that of our own answer ([`Answers`]): what is compared
//! is the same work.
//!
//! Three things are as in [`crate::measuring`]: the clock stops when the answer is there, digests
//! are not part of the time, and a process is asked for a serial and a parallel run in turns
//! ([`PythonPair`]).
//!
//! The programs are run where they stand in the source tree, wherever this is started from: what is
//! measured is the file that a student reads and may change. Without the source tree there is an
//! error that names the file.
//!
//! A Python process is a group of processes of its own. Its first process only watches: it ends the
//! group when its standard input is closed, which also happens if this process is killed. So no
//! worker of a pool is left behind. (Linux and macOS; the programs refuse other systems.)

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use workloads::{Map, Reduce};

use crate::catalogue::{WithWorkload, with_workload};
use crate::measuring::{Problem, Run, Who};
use crate::sampling::Stopwatch;

/// Names the interpreter in the environment, if it is not `python3` on the path.
const INTERPRETER: &str = "PYTHON";

/// How long a Python process may take to end its group. Then it is killed: it is not one of ours.
const GRACE: Duration = Duration::from_secs(2);

/// The program for a workload, if there is one: `squares.py` for `squares`.
pub fn script(workload: &str) -> Option<PathBuf> {
    let file = match workload {
        "random-squares" => "random_squares.py",
        "squares" => "squares.py",
        _ => return None,
    };
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    Some(programs.join(file))
}

/// The digests of our own answers to one problem, each computed when it is first asked for.
pub struct Answers {
    problem: Problem,
    digests: RefCell<HashMap<usize, String>>,
}

impl Answers {
    /// Those to `problem`, up to its size. It must be a map.
    pub fn new(problem: Problem) -> Self {
        Self {
            problem,
            digests: RefCell::default(),
        }
    }

    /// The SHA-256 of the serial answer's bytes, as they stand in memory, in hexadecimal digits.
    ///
    /// # Errors
    ///
    /// If there is no such workload, or it is not a map.
    pub fn digest(&self, n: usize) -> io::Result<String> {
        if let Some(known) = self.digests.borrow().get(&n) {
            return Ok(known.clone());
        }
        let name = &self.problem.name;
        let digest = with_workload(name, DigestOf(&self.problem.parameters, n))
            .unwrap_or_else(|| Err(other(format!("there is no workload called {name:?}"))))?;
        self.digests.borrow_mut().insert(n, digest.clone());
        Ok(digest)
    }
}

/// Computes the digest for some parameters and a size.
struct DigestOf<'a>(&'a str, usize);

impl WithWorkload for DigestOf<'_> {
    type Output = io::Result<String>;

    fn map<M: Map>(self) -> io::Result<String> {
        let Self(parameters, n) = self;
        let workload = serde_json::from_str::<M>(parameters)?.with_len(n);
        let items = workload.items(0..n);
        let digest = Sha256::digest(bytemuck::cast_slice::<_, u8>(&items));
        let digits: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(digits.concat())
    }

    fn reduce<R: Reduce>(self) -> io::Result<String> {
        Err(other(format!("{} has no answer for each item", R::NAME)))
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
    /// Cores that it may use.
    pub cores: usize,
    /// The ways that it can run, serial ones first.
    pub ways: Vec<String>,
    /// The fastest of the serial ways: what speedup is measured against.
    pub best_serial: String,
}

/// A Python process. Dropping it ends it and its workers.
pub struct PythonProcess {
    /// It holds the standard input too.
    child: Child,
    replies: BufReader<ChildStdout>,
    greeting: Python,
    answers: Rc<Answers>,
    script: String,
}

#[derive(Serialize)]
struct Question<'a> {
    way: &'a str,
    n: usize,
    repeat: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reply<T> {
    Error { error: String },
    Good(T),
}

#[derive(Deserialize)]
struct Timed {
    seconds: Vec<f64>,
    digest: String,
}

impl PythonProcess {
    /// Starts `script` with `workers` workers for each of its parallel ways, and hears what it can do.
    ///
    /// The interpreter is what the environment's `PYTHON` names, or else `python3`.
    ///
    /// # Errors
    ///
    /// One sentence that says what is missing, and what to install: Python, NumPy, or the program.
    pub fn start(script: &Path, workers: NonZero<usize>, answers: Rc<Answers>) -> io::Result<Self> {
        if !script.is_file() {
            return Err(missing(format!(
                "there is no program {}: it belongs to the source tree that this was built from",
                script.display()
            )));
        }
        let interpreter = env::var_os(INTERPRETER).filter(|name| !name.is_empty());
        let interpreter = interpreter.unwrap_or_else(|| OsString::from("python3"));
        let shown = interpreter.to_string_lossy();
        let mut child = Command::new(&interpreter)
            .arg("-B") // leaves no compiled files in the source tree
            .arg(script)
            .arg("--serve")
            .args(["--workers", &workers.to_string()])
            // What joblib left in shared memory is removed at the end, and said as a warning.
            .env("PYTHONWARNINGS", "ignore::UserWarning")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => missing(format!(
                    "there is no {shown} on this machine: install Python 3.9 or newer, and NumPy by \
                     `python3 -m pip install numpy`, or name an interpreter in ${INTERPRETER}"
                )),
                _ => other(format!("cannot start {shown}: {error}")),
            })?;
        let stdout = child.stdout.take().expect("its output is piped");
        let mut process = Self {
            child,
            replies: BufReader::new(stdout),
            greeting: Python {
                python: String::new(),
                numpy: String::new(),
                joblib: None,
                cores: 0,
                ways: Vec::new(),
                best_serial: String::new(),
            },
            answers,
            script: script.display().to_string(),
        };
        process.greeting = match process.reply()? {
            Reply::Good(greeting) => greeting,
            Reply::Error { error } => return Err(missing(format!("{shown}: {error}"))),
        };
        Ok(process)
    }

    /// What it said of itself.
    pub fn about(&self) -> &Python {
        &self.greeting
    }

    /// The ways that it can run.
    pub fn ways(&self) -> &[String] {
        &self.greeting.ways
    }

    /// Runs one way `repeat` times for `n` items, and returns how long each run took.
    ///
    /// # Errors
    ///
    /// If it failed, its answer is not ours, or the process has ended: one sentence.
    pub fn time(&mut self, way: &str, n: usize, repeat: u64) -> io::Result<Vec<Duration>> {
        if repeat == 0 {
            return Ok(Vec::new());
        }
        let mut question = serde_json::to_string(&Question { way, n, repeat })?;
        question.push('\n');
        let stdin = self
            .child
            .stdin
            .as_mut()
            .expect("it is taken only at the end");
        // If it is gone, reading will tell.
        let _ = stdin.write_all(question.as_bytes());
        let timed: Timed = match self.reply()? {
            Reply::Good(timed) => timed,
            Reply::Error { error } => {
                return Err(other(format!("{}, {way}, n = {n}: {error}", self.script)));
            }
        };
        if timed.digest != self.answers.digest(n)? {
            return Err(other(format!(
                "{}, {way}: its answer for n = {n} is not ours",
                self.script
            )));
        }
        timed
            .seconds
            .into_iter()
            .map(|seconds| Duration::try_from_secs_f64(seconds).map_err(other))
            .collect()
    }

    /// Reads one line.
    fn reply<T: DeserializeOwned>(&mut self) -> io::Result<Reply<T>> {
        let mut line = String::new();
        if self.replies.read_line(&mut line).unwrap_or(0) == 0 {
            return Err(other(format!(
                "the Python process of {} ended before it answered",
                self.script
            )));
        }
        serde_json::from_str(&line).map_err(|_| {
            other(format!(
                "{} wrote something that is no answer: {}",
                self.script,
                line.trim_end()
            ))
        })
    }
}

impl Drop for PythonProcess {
    fn drop(&mut self) {
        // When its standard input closes, its first process ends the whole group, and then itself.
        drop(self.child.stdin.take());
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < GRACE {
            thread::sleep(Duration::from_millis(1));
        }
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One Python process as a stopwatch of two: its best serial way, and another.
pub struct PythonPair {
    process: PythonProcess,
    way: String,
}

impl PythonPair {
    /// Starts a process in which `way` is measured against the best serial way.
    ///
    /// # Errors
    ///
    /// Those of [`PythonProcess::start`]; if there is no such way.
    pub fn start(
        script: &Path,
        way: &str,
        workers: NonZero<usize>,
        answers: Rc<Answers>,
    ) -> io::Result<Self> {
        let process = PythonProcess::start(script, workers, answers)?;
        if !process.ways().iter().any(|known| known == way) {
            return Err(other(format!("{} has no way {way}", process.script)));
        }
        Ok(Self {
            process,
            way: way.to_owned(),
        })
    }
}

impl Stopwatch for PythonPair {
    /// [`Who::Paradigm`] is the way that is measured.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let Self { process, way } = self;
        let serial = process.greeting.best_serial.clone();
        runs.iter()
            .map(|&Run { who, n, repeat }| {
                let way = match who {
                    Who::Serial => &serial,
                    Who::Paradigm => &*way,
                };
                let times = process.time(way, n, repeat.max(1))?;
                Ok(times.iter().map(Duration::as_secs_f64).sum::<f64>() / times.len() as f64)
            })
            .collect()
    }
}

/// Something that has to be installed.
fn missing(sentence: String) -> io::Error {
    io::Error::new(ErrorKind::NotFound, sentence)
}

fn other<E: Into<Box<dyn std::error::Error + Send + Sync>>>(error: E) -> io::Error {
    io::Error::other(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_bytes() {
        let answers = Answers::new(Problem::new("random-squares", 100, &[]).expect("it is known"));
        // `hashlib.sha256(b"")`, as every text on SHA-256 has it.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(answers.digest(0).expect("a map"), empty);
        let kernels = ["plain", "lanes"].map(|kernel| {
            let problem = Problem::new("random-squares", 100, &[kernel.to_owned()]);
            let answers = Answers::new(problem.expect("it is known"));
            answers.digest(100).expect("a map")
        });
        assert_eq!(kernels[0], kernels[1]);
        assert_ne!(kernels[0], answers.digest(99).expect("a map"));
    }

    #[test]
    fn a_reduction_has_no_digest() {
        let problem = Problem::new("monte-carlo-pi", 100, &[]).expect("it is known");
        let error = Answers::new(problem).digest(100).expect_err("no items");
        assert_eq!(
            error.to_string(),
            "monte-carlo-pi has no answer for each item"
        );
    }

    #[test]
    fn programs_are_where_they_are_looked_for() {
        for workload in ["random-squares", "squares"] {
            assert!(script(workload).is_some_and(|script| script.is_file()));
        }
        assert_eq!(script("letters"), None);
    }

    #[test]
    fn a_missing_program_is_named() {
        let answers = Answers::new(Problem::new("squares", 1, &[]).expect("it is known"));
        let started = PythonProcess::start(
            Path::new("/no/such.py"),
            NonZero::<usize>::MIN,
            Rc::new(answers),
        );
        let error = started.err().expect("it cannot start").to_string();
        assert!(
            error.starts_with("there is no program /no/such.py"),
            "{error}"
        );
    }
}
