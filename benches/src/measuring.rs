//! A process for each measurement.
//!
//! What one paradigm leaves behind would change what the next one measures: a pool's threads forbid
//! forking, a grown heap makes `fork` slower, a warm allocator makes maps faster. So each pair of a
//! paradigm and a workload is timed in a process of its own. It is this same executable, started
//! again in another role ([`take_role_if_asked`]), and it is asked for times over its
//! standard input ([`MeasuringProcess::time`]), one line of JSON for each question and each answer.
//!
//! Three things keep the measurements comparable:
//!
//! - A paradigm and serial code are timed turn by turn in the same process, not in blocks, so that a
//!   machine that slows down slows both.
//! - Every answer is compared with the serial one. Only a digest of that is kept: a fork pays for
//!   every page that its parent has written.
//! - Answers of 128 KiB and more are written to fresh memory, by everyone and every time (glibc's
//!   `MALLOC_MMAP_THRESHOLD_`). Otherwise that would depend on what was freed before. Fresh memory
//!   costs a page fault for every 4 KiB: it is the step in the curves of `squares` at 16,384 items.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::env;
use std::fmt;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};
use std::num::NonZero;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio, exit};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, Reduce, Serial, Workload};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::{WithParadigm, WithWorkload, with_paradigm, with_workload};

/// Set in a measuring process's environment: its parent's process id.
const ROLE: &str = "CROSSOVER_MEASURES_FOR";

/// Blocks from this size on, in bytes, are mapped afresh for each allocation (glibc only).
const MAPPED_AFRESH_FROM: &str = "131072";

/// What a measuring process measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The paradigm's name; that of [`Serial`] is allowed.
    pub paradigm: String,
    /// How many workers it has.
    pub workers: NonZero<usize>,
    /// The workload.
    pub problem: Problem,
}

/// A workload, ready to be sent to another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its name.
    pub name: String,
    /// Its parameters, at the largest size that will be asked for, as JSON.
    pub parameters: String,
    /// The number of items at that size.
    pub len: usize,
    /// What else there is to say of it.
    pub details: String,
}

/// Who is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Serial code.
    Serial,
    /// The subject's paradigm.
    Paradigm,
}

/// A run that is to be timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Who runs.
    pub who: Who,
    /// The number of items.
    pub n: usize,
    /// How often in a row.
    pub repeat: u64,
}

type Answer = Result<Vec<Duration>, String>;

impl Problem {
    /// The workload called `name` with at most `n` items of `input`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] if there is none; what [`Workload::with_input`] says.
    pub fn new(name: &str, n: usize, input: &[String]) -> io::Result<Self> {
        struct Make<'a>(usize, &'a [String]);
        impl Make<'_> {
            fn make<W: Workload>(self) -> io::Result<Problem> {
                let workload = W::with_input(self.0, self.1)?;
                Ok(Problem {
                    name: W::NAME.to_owned(),
                    parameters: serde_json::to_string(&workload)?,
                    len: workload.len(),
                    details: workload.details(),
                })
            }
        }
        impl WithWorkload for Make<'_> {
            type Output = io::Result<Problem>;
            fn map<M: Map>(self) -> Self::Output {
                self.make::<M>()
            }
            fn reduce<R: Reduce>(self) -> Self::Output {
                self.make::<R>()
            }
        }
        with_workload(name, Make(n, input)).unwrap_or_else(|| {
            Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("there is no workload called {name:?}"),
            ))
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.paradigm, self.problem.name)
    }
}

/// A process that measures one [`Subject`]. Dropping it ends the process.
pub struct MeasuringProcess {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    subject: String,
}

impl MeasuringProcess {
    /// Starts it. The program must offer the role, by [`take_role_if_asked`].
    ///
    /// # Errors
    ///
    /// Those of starting a process.
    pub fn start(subject: &Subject) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .env(ROLE, std::process::id().to_string())
            .env("MALLOC_MMAP_THRESHOLD_", MAPPED_AFRESH_FROM)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = child.stdin.take().expect("its input is piped");
        let answers = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut process = Self {
            child,
            questions,
            answers,
            subject: subject.to_string(),
        };
        // If it is gone already, the first question will tell.
        let _ = write_line(&mut process.questions, subject);
        Ok(process)
    }

    /// Runs what is asked for, one after the other, and returns how long each run took: the mean of
    /// its repetitions.
    ///
    /// # Errors
    ///
    /// If the paradigm failed, an answer was not the serial one, or the process died: one sentence.
    pub fn time(&mut self, runs: &[Run]) -> io::Result<Vec<Duration>> {
        let mut line = String::new();
        let asked = write_line(&mut self.questions, runs);
        if asked
            .and_then(|()| self.answers.read_line(&mut line))
            .unwrap_or(0)
            == 0
        {
            // It has ended, or says nothing that can be read: waiting for it must end in any case.
            let _ = self.child.kill();
            let end = self.child.wait()?;
            return Err(io::Error::other(format!(
                "the process that measured {} {}",
                self.subject,
                describe(end)
            )));
        }
        let answer: Answer = serde_json::from_str(&line).map_err(|_| {
            io::Error::other(format!(
                "{}: what it wrote is no answer; code that is measured must not print to standard output",
                self.subject
            ))
        })?;
        answer.map_err(|message| io::Error::other(format!("{}: {message}", self.subject)))
    }
}

impl Drop for MeasuringProcess {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
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

pub(crate) fn write_line<T: Serialize + ?Sized>(to: &mut impl Write, value: &T) -> io::Result<()> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    to.write_all(line.as_bytes())?;
    to.flush()
}

/// Takes on the role that this process was started for, if any: worker of `processes/spawn`, helper of
/// [`floors`](crate::floors), or measuring process. Then it does its work and ends; else it returns.
///
/// To be called at the start of `main` by every program that measures.
pub fn take_role_if_asked() {
    #[cfg(unix)]
    examples_processes::spawn::become_worker_if_asked();
    #[cfg(unix)]
    crate::floors::take_role_if_asked();
    let Some(parent) = env::var(ROLE).ok().and_then(|pid| pid.parse().ok()) else {
        return;
    };
    #[cfg(unix)]
    examples_processes::die_with_parent(parent);
    #[cfg(not(unix))]
    let _: u32 = parent;
    match measure() {
        Ok(()) => exit(0),
        Err(error) => {
            eprintln!("measuring process: {error}");
            exit(1);
        }
    }
}

/// Reads the subject, then answers questions until there are no more.
fn measure() -> io::Result<()> {
    let mut subject = String::new();
    io::stdin().read_line(&mut subject)?;
    let subject: Subject = serde_json::from_str(&subject)?;
    let found = with_workload(&subject.problem.name, ForWorkload(&subject));
    match found.unwrap_or_else(|| Err(unknown(&subject.problem.name))) {
        Ok(()) => Ok(()),
        // It could not even begin: that is the answer to the first question.
        Err(error) => answer(&Err(error.to_string())),
    }
}

fn answer(answer: &Answer) -> io::Result<()> {
    write_line(&mut io::stdout().lock(), answer)
}

fn unknown(name: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::NotFound,
        format!("there is nothing called {name:?}"),
    )
}

/// Finds the workload's type, then the paradigm's, and answers questions about them.
struct ForWorkload<'a>(&'a Subject);

impl WithWorkload for ForWorkload<'_> {
    type Output = io::Result<()>;

    fn map<M: Map>(self) -> io::Result<()> {
        let workload = serde_json::from_str::<M>(&self.0.problem.parameters)?;
        let action = ForParadigm {
            subject: self.0,
            job: MapJob(workload),
        };
        with_paradigm(&self.0.paradigm, action).unwrap_or_else(|| Err(unknown(&self.0.paradigm)))
    }

    fn reduce<R: Reduce>(self) -> io::Result<()> {
        let workload = serde_json::from_str::<R>(&self.0.problem.parameters)?;
        let action = ForParadigm {
            subject: self.0,
            job: ReduceJob(workload),
        };
        with_paradigm(&self.0.paradigm, action).unwrap_or_else(|| Err(unknown(&self.0.paradigm)))
    }
}

struct ForParadigm<'a, J> {
    subject: &'a Subject,
    job: J,
}

impl<J: Job> WithParadigm for ForParadigm<'_, J> {
    type Output = io::Result<()>;

    fn call<P: Paradigm>(self) -> io::Result<()> {
        let mut paradigm = P::start(self.subject.workers)?;
        let job = self.job;
        serve(&mut |who, n| match who {
            Who::Serial => job.with_len(n).run(&mut Serial),
            Who::Paradigm => job.with_len(n).run(&mut paradigm),
        })
    }
}

/// Answers questions, by `run`, until there are no more. (Not generic, so that it is compiled once
/// and not for each of some hundred pairs.)
fn serve(run: &mut dyn FnMut(Who, usize) -> io::Result<Timed>) -> io::Result<()> {
    let mut serial_digests = HashMap::new();
    for line in io::stdin().lock().lines() {
        let runs: Vec<Run> = serde_json::from_str(&line?)?;
        let times = runs
            .into_iter()
            .map(|asked| mean_time(asked, run, &mut serial_digests));
        let times = times.collect::<io::Result<_>>();
        answer(&times.map_err(|error| error.to_string()))?;
    }
    Ok(())
}

/// The mean time of a run's repetitions, each of which must give the serial answer.
fn mean_time(
    Run { who, n, repeat }: Run,
    run: &mut dyn FnMut(Who, usize) -> io::Result<Timed>,
    serial_digests: &mut HashMap<usize, u64>,
) -> io::Result<Duration> {
    let expected = match serial_digests.entry(n) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(unknown) => *unknown.insert(run(Who::Serial, n)?.digest),
    };
    let mut total = Duration::ZERO;
    for _ in 0..repeat {
        let Timed { time, digest } = run(who, n)?;
        if digest != expected {
            let message = format!("its answer for n = {n} is not the serial one");
            return Err(io::Error::other(message));
        }
        total += time;
    }
    Ok(total.div_f64(repeat.max(1) as f64))
}

struct Timed {
    time: Duration,
    digest: u64,
}

/// A workload of either shape, run by any paradigm.
trait Job {
    fn with_len(&self, n: usize) -> Self;

    /// Runs it once. The time ends when the answer is there: neither the digest nor giving the memory
    /// back is part of it.
    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed>;
}

struct MapJob<M>(M);

impl<M: Map> Job for MapJob<M> {
    fn with_len(&self, n: usize) -> Self {
        Self(self.0.with_len(n))
    }

    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed> {
        let start = Instant::now();
        let items = paradigm.map(black_box(&self.0))?;
        let time = start.elapsed();
        Ok(Timed {
            time,
            digest: xxh3_64(bytemuck::cast_slice(&items)),
        })
    }
}

struct ReduceJob<R>(R);

impl<R: Reduce> Job for ReduceJob<R> {
    fn with_len(&self, n: usize) -> Self {
        Self(self.0.with_len(n))
    }

    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed> {
        let start = Instant::now();
        let summary = paradigm.reduce(black_box(&self.0))?;
        let time = start.elapsed();
        Ok(Timed {
            time,
            digest: xxh3_64(&serde_json::to_vec(&summary)?),
        })
    }
}
