//! Where the time goes: one run of a paradigm, cut into its parts.
//!
//! # Method
//!
//! Nothing is clocked inside a paradigm. It is run, in turns, on the real workload and on three that leave
//! something out ([`crate::probes`]); T with a name is the time of such a run, and W the number of workers.
//!
//! | part | what it is | how it is obtained |
//! | --- | --- | --- |
//! | start | until the last worker has begun | `Idle` with W items: from the call to the last worker's stamp |
//! | join | from the last worker's end until the caller goes on | `Idle` with W items: from the last stamp to the return |
//! | hand out | giving out all chunks, and hearing that they are done | T(`Idle` with n items) − T(`Idle` with W items) |
//! | compute | the kernel, with the cores that it really got | T(`Compute`) − T(`Idle` with n items) |
//! | transfer | writing the answer to memory | T(serial `Bytes`) / W |
//! | collect | bringing it to the caller: pipes, locks, copies | T(`Bytes`) − T(`Idle` with n items) − transfer |
//!
//! A reduction has no answer to write: its *collect* is T(real) − T(`Compute`), and its *transfer* is 0.
//!
//! Each part is a median over rounds, and none is less than 0. Their sum need not be the whole: a worker may write
//! while another computes, and an answer that is computed into a cache is cheaper than one that is written to memory.
//! [`Waterfall::covered`] says how much of the whole the parts explain, and if that is off by more than 10%, the
//! reports say so.

use std::io;
use std::num::NonZero;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::measuring::{MeasuringProcess, Problem, Subject};
use crate::statistics::median;

/// Seconds of one round: every run that the parts are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// From the call to the last worker's begin, with one idle item a worker.
    pub until_begun: f64,
    /// From the last worker's end to the return, with one idle item a worker.
    pub after_end: f64,
    /// All of a run with one idle item a worker.
    pub idle_few: f64,
    /// With all items idle.
    pub idle_all: f64,
    /// With items that are computed and forgotten.
    pub compute: f64,
    /// With an answer that nobody computed; `None` for a reduction.
    pub bytes: Option<f64>,
    /// Serial code that writes such an answer; `None` for a reduction.
    pub serial_bytes: Option<f64>,
    /// The real workload.
    pub real: f64,
    /// The real workload, by serial code.
    pub serial: f64,
}

/// The parts, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Starting the workers.
    Start,
    /// Handing out the chunks.
    HandOut,
    /// Computing.
    Compute,
    /// Writing the answer.
    Transfer,
    /// Bringing it to the caller.
    Collect,
    /// Seeing the workers off.
    Join,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::HandOut,
        Self::Compute,
        Self::Transfer,
        Self::Collect,
        Self::Join,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start workers",
            Self::HandOut => "hand out",
            Self::Compute => "compute",
            Self::Transfer => "transfer",
            Self::Collect => "collect",
            Self::Join => "join",
        }
    }
}

/// One run, cut into its parts. Times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The paradigm's name.
    pub paradigm: String,
    /// The workload's name.
    pub workload: String,
    /// The number of items.
    pub n: usize,
    /// The number of workers.
    pub workers: usize,
    /// Each part's time.
    pub parts: Vec<(Part, f64)>,
    /// The time of the whole.
    pub whole: f64,
    /// The time of serial code.
    pub serial: f64,
}

/// Where the latest waterfalls are kept, in the target directory, as JSON.
pub const LATEST_WATERFALLS: &str = "crossover/waterfalls.json";

/// Rounds that are taken at least.
const FEWEST_ROUNDS: usize = 5;
/// ... and at most: more say nothing new.
const MOST_ROUNDS: usize = 60;

/// Measures one cell for about `budget`: `subject` with `n` items.
///
/// # Errors
///
/// If the paradigm failed: a sentence.
pub fn measure(subject: &Subject, n: usize, budget: Duration) -> io::Result<Waterfall> {
    let mut process = MeasuringProcess::start(subject)?;
    // The first round is not counted: it wakes a pool's threads and fills the caches.
    process.probe(n)?;
    let start = Instant::now();
    let mut rounds = Vec::new();
    while rounds.len() < FEWEST_ROUNDS || (rounds.len() < MOST_ROUNDS && start.elapsed() < budget) {
        rounds.push(process.probe(n)?);
    }
    Ok(Waterfall::new(subject, n, &rounds))
}

impl Waterfall {
    fn new(subject: &Subject, n: usize, rounds: &[Probed]) -> Self {
        let of = |what: fn(&Probed) -> f64| median(rounds.iter().map(what).collect());
        let difference = |of: f64| of.max(0.0);
        let workers = subject.workers.get() as f64;
        let (transfer, collect) = if rounds.iter().all(|round| round.bytes.is_some()) {
            let written = of(|round| round.serial_bytes.unwrap_or(0.0)) / workers;
            let moved = difference(of(|round| round.bytes.unwrap_or(0.0) - round.idle_all));
            (written.min(moved), difference(moved - written))
        } else {
            (0.0, difference(of(|round| round.real - round.compute)))
        };
        Self {
            paradigm: subject.paradigm.clone(),
            workload: subject.problem.name.clone(),
            n,
            workers: subject.workers.get(),
            parts: vec![
                (Part::Start, of(|round| round.until_begun)),
                (
                    Part::HandOut,
                    difference(of(|round| round.idle_all - round.idle_few)),
                ),
                (
                    Part::Compute,
                    difference(of(|round| round.compute - round.idle_all)),
                ),
                (Part::Transfer, transfer),
                (Part::Collect, collect),
                (Part::Join, of(|round| round.after_end)),
            ],
            whole: of(|round| round.real),
            serial: of(|round| round.serial),
        }
    }

    /// The time of one part, in seconds.
    pub fn seconds(&self, part: Part) -> f64 {
        let of = self.parts.iter().find(|(other, _)| *other == part);
        of.map_or(0.0, |(_, seconds)| *seconds)
    }

    /// The sum of the parts over the whole: 1 if they explain all of it.
    pub fn covered(&self) -> f64 {
        self.parts.iter().map(|(_, seconds)| seconds).sum::<f64>() / self.whole
    }

    /// A sentence if the parts miss the whole by more than 10%.
    pub fn remark(&self) -> Option<String> {
        let covered = self.covered();
        if (0.9..=1.1).contains(&covered) {
            return None;
        }
        let why = if covered > 1.0 {
            "parts overlap: one worker writes while another computes, or an answer is still in a cache"
        } else {
            "what is missing happens only when all of it happens at once"
        };
        Some(format!(
            "{}: the parts add up to {:.0}% of the whole; {why}",
            self.paradigm,
            100.0 * covered
        ))
    }
}

/// The waterfall of each paradigm on one workload with `n` items; those that fail are left out.
///
/// # Errors
///
/// If none could be measured: the last reason.
pub fn of_each_paradigm(
    paradigms: &[String],
    problem: &Problem,
    workers: NonZero<usize>,
    n: usize,
    budget: Duration,
) -> io::Result<Vec<Waterfall>> {
    let mut waterfalls = Vec::new();
    let mut failure = None;
    for paradigm in paradigms {
        let subject = Subject {
            paradigm: paradigm.clone(),
            workers,
            problem: problem.clone(),
        };
        match measure(&subject, n, budget / paradigms.len() as u32) {
            Ok(waterfall) => waterfalls.push(waterfall),
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(error) if waterfalls.is_empty() => Err(error),
        _ => Ok(waterfalls),
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these come out exactly")]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject {
            paradigm: "threads/scoped".to_owned(),
            workers: NonZero::new(2).expect("two"),
            problem: Problem {
                name: "squares".to_owned(),
                parameters: String::new(),
                len: 0,
                details: String::new(),
                better: None,
            },
        }
    }

    fn round() -> Probed {
        Probed {
            until_begun: 3.0,
            after_end: 1.0,
            idle_few: 4.0,
            idle_all: 6.0,
            compute: 16.0,
            bytes: Some(11.0),
            serial_bytes: Some(4.0),
            real: 21.0,
            serial: 30.0,
        }
    }

    #[test]
    fn parts_are_differences() {
        let waterfall = Waterfall::new(&subject(), 10, &[round()]);
        let seconds = Part::ALL.map(|part| waterfall.seconds(part));
        assert_eq!(seconds, [3.0, 2.0, 10.0, 2.0, 3.0, 1.0]);
        assert!((waterfall.covered() - 1.0).abs() < 1e-12);
        assert_eq!(waterfall.remark(), None);
    }

    #[test]
    fn a_sum_that_is_off_is_said() {
        let off = Probed {
            real: 42.0,
            ..round()
        };
        let remark = Waterfall::new(&subject(), 10, &[off]).remark();
        assert!(remark.is_some_and(|remark| remark.contains("50% of the whole")));
    }

    #[test]
    fn a_reduction_collects_what_is_left() {
        let reduce = Probed {
            bytes: None,
            serial_bytes: None,
            ..round()
        };
        let waterfall = Waterfall::new(&subject(), 10, &[reduce]);
        assert!((waterfall.seconds(Part::Collect) - 5.0).abs() < 1e-12);
    }
}
