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
use std::env;
use std::fmt;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};
use std::num::NonZero;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio, exit};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use workloads::{Map, Paradigm, Reduce, Serial, Workload};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::{WithParadigm, WithWorkload, with_paradigm, with_workload};
use crate::probes::{Bytes, Compute, Idle, each_probe, now};
use crate::sampling::Stopwatch;
use crate::waterfall::Probed;

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
    /// The same by better serial code, if that is known.
    pub better: Option<Box<Problem>>,
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

/// What a measuring process is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Question {
    /// How long each of these runs takes.
    Time(Vec<Run>),
    /// How long everything takes that a waterfall of this size is computed from.
    Probe(usize),
}

/// What it answers: the result, or why there is none.
type Answer<T> = Result<T, String>;

impl Problem {
    /// The workload called `name` with at most `n` items of `input`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] if there is none; what [`Workload::with_input`] says.
    pub fn new(name: &str, n: usize, input: &[String]) -> io::Result<Self> {
        struct Make<'a>(usize, &'a [String]);
        fn describe<W: Workload>(workload: &W) -> io::Result<Problem> {
            let better = workload
                .by_best_kernel()
                .as_ref()
                .map(describe)
                .transpose()?;
            Ok(Problem {
                name: W::NAME.to_owned(),
                parameters: serde_json::to_string(workload)?,
                len: workload.len(),
                details: workload.details(),
                better: better.map(Box::new),
            })
        }
        impl WithWorkload for Make<'_> {
            type Output = io::Result<Problem>;
            fn map<M: Map>(self) -> Self::Output {
                describe(&M::with_input(self.0, self.1)?)
            }
            fn reduce<R: Reduce>(self) -> Self::Output {
                describe(&R::with_input(self.0, self.1)?)
            }
        }
        with_workload(name, Make(n, input)).unwrap_or_else(|| {
            Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("there is no workload called {name:?}"),
            ))
        })
    }

    /// The serial code that its paradigms are compared with, in words.
    pub fn base(&self) -> String {
        if self.details.is_empty() {
            Serial::ID.to_owned()
        } else {
            format!("{}, {}", Serial::ID, self.details)
        }
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
        self.ask(&Question::Time(runs.to_vec()))
    }

    /// Runs the real workload with `n` items and the [probes](crate::probes) once each.
    ///
    /// # Errors
    ///
    /// As [`time`](Self::time).
    pub fn probe(&mut self, n: usize) -> io::Result<Probed> {
        self.ask(&Question::Probe(n))
    }

    fn ask<T: DeserializeOwned>(&mut self, question: &Question) -> io::Result<T> {
        let mut line = String::new();
        let asked = write_line(&mut self.questions, question);
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
        let answer: Answer<T> = serde_json::from_str(&line).map_err(|_| {
            io::Error::other(format!(
                "{}: what it wrote is no answer; code that is measured must not print to standard output",
                self.subject
            ))
        })?;
        answer.map_err(|message| io::Error::other(format!("{}: {message}", self.subject)))
    }
}

impl Stopwatch for MeasuringProcess {
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
        let times = Self::time(self, runs)?;
        Ok(times.iter().map(Duration::as_secs_f64).collect())
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
    examples_processes::spawn::become_worker_of(each_probe);
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
        Err(error) => answer::<()>(Err(error)),
    }
}

fn answer<T: Serialize>(answer: io::Result<T>) -> io::Result<()> {
    let answer: Answer<T> = answer.map_err(|error| error.to_string());
    write_line(&mut io::stdout().lock(), &answer)
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
        serve(&mut Pair {
            paradigm: P::start(self.subject.workers)?,
            job: self.job,
            subject: self.subject,
        })
    }
}

/// A paradigm and what it is to run.
struct Pair<'a, P, J> {
    paradigm: P,
    job: J,
    subject: &'a Subject,
}

/// Such a pair, without its types.
trait Measurable {
    fn run(&mut self, who: Who, n: usize) -> io::Result<Timed>;
    fn probe(&mut self, n: usize) -> io::Result<Probed>;
}

impl<P: Paradigm, J: Job> Measurable for Pair<'_, P, J> {
    fn run(&mut self, who: Who, n: usize) -> io::Result<Timed> {
        let job = self.job.with_len(n);
        match who {
            Who::Serial => job.run(&mut Serial),
            Who::Paradigm => job.run(&mut self.paradigm),
        }
    }

    fn probe(&mut self, n: usize) -> io::Result<Probed> {
        let real = self.run(Who::Paradigm, n)?.time.as_secs_f64();
        let serial = self.run(Who::Serial, n)?.time.as_secs_f64();
        let parts = probe(&mut self.paradigm, self.subject, n, J::ITEM_BYTES)?;
        Ok(Probed {
            real,
            serial,
            ..parts
        })
    }
}

/// One round of the probes; the real times are for the caller to fill in.
fn probe<P: Paradigm>(
    paradigm: &mut P,
    Subject {
        workers, problem, ..
    }: &Subject,
    n: usize,
    item_bytes: Option<usize>,
) -> io::Result<Probed> {
    let few = Idle::new(workers.get().min(n));
    let call = now();
    let stamps = paradigm.reduce(black_box(&few))?;
    let back = now();
    let seconds = |from: u64, to: u64| to.saturating_sub(from) as f64 * 1e-9;

    let idle_all = ReduceJob(Idle::new(n)).run(paradigm)?.time;
    let compute = ReduceJob(Compute::new(problem, n)).run(paradigm)?.time;
    let bytes = item_bytes.map(|size| MapJob(Bytes::new(n * size)));
    let times = bytes
        .map(|bytes| Ok::<_, io::Error>((bytes.run(paradigm)?.time, bytes.run(&mut Serial)?.time)))
        .transpose()?;
    Ok(Probed {
        until_begun: seconds(call, stamps.last_begin),
        after_end: seconds(stamps.last_end, back),
        idle_few: seconds(call, back),
        idle_all: idle_all.as_secs_f64(),
        compute: compute.as_secs_f64(),
        bytes: times.map(|(parallel, _)| parallel.as_secs_f64()),
        serial_bytes: times.map(|(_, serial)| serial.as_secs_f64()),
        real: 0.0,
        serial: 0.0,
    })
}

/// Answers questions until there are no more. (Not generic, so that it is compiled once
/// and not for each of some hundred pairs.)
fn serve(pair: &mut dyn Measurable) -> io::Result<()> {
    let mut digests = Digests::default();
    for line in io::stdin().lock().lines() {
        match serde_json::from_str(&line?)? {
            Question::Time(runs) => answer(time_all(&runs, pair, &mut digests))?,
            Question::Probe(n) => answer(pair.probe(n))?,
        }
    }
    Ok(())
}

/// The mean time of each run's repetitions. Every answer must be the serial one; if serial code is not among
/// the runs of that size, it runs once more, afterwards.
fn time_all(
    runs: &[Run],
    pair: &mut dyn Measurable,
    digests: &mut Digests,
) -> io::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for &Run { who, n, repeat } in runs {
        let mut total = Duration::ZERO;
        for _ in 0..repeat {
            let Timed { time, digest } = pair.run(who, n)?;
            digests.compare(who, n, digest)?;
            total += time;
        }
        times.push(total.div_f64(repeat.max(1) as f64));
    }
    for n in digests.without_serial() {
        digests.compare(Who::Serial, n, pair.run(Who::Serial, n)?.digest)?;
    }
    Ok(times)
}

/// The digests of answers, by size.
#[derive(Default)]
struct Digests {
    serial: HashMap<usize, u64>,
    /// Answers that are waiting for the serial one.
    waiting: HashMap<usize, u64>,
}

impl Digests {
    /// Checks an answer against all others of its size.
    fn compare(&mut self, who: Who, n: usize, digest: u64) -> io::Result<()> {
        let known = match who {
            Who::Serial => {
                let waiting = self.waiting.remove(&n);
                let serial = *self.serial.entry(n).or_insert(digest);
                [waiting, Some(serial)]
            }
            Who::Paradigm => match self.serial.get(&n) {
                Some(&serial) => [Some(serial), None],
                None => [Some(*self.waiting.entry(n).or_insert(digest)), None],
            },
        };
        if known.into_iter().flatten().all(|known| known == digest) {
            Ok(())
        } else {
            let message = format!("its answer for n = {n} is not the serial one");
            Err(io::Error::other(message))
        }
    }

    fn without_serial(&self) -> Vec<usize> {
        self.waiting.keys().copied().collect()
    }
}

struct Timed {
    time: Duration,
    digest: u64,
}

/// A workload of either shape, run by any paradigm.
trait Job {
    /// The bytes of an item of its answer; `None` if that is a summary.
    const ITEM_BYTES: Option<usize>;

    fn with_len(&self, n: usize) -> Self;

    /// Runs it once. The time ends when the answer is there: neither the digest nor giving the memory
    /// back is part of it.
    fn run(&self, paradigm: &mut impl Paradigm) -> io::Result<Timed>;
}

struct MapJob<M>(M);

impl<M: Map> Job for MapJob<M> {
    const ITEM_BYTES: Option<usize> = Some(size_of::<M::Item>());

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
    const ITEM_BYTES: Option<usize> = None;

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
