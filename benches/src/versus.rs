//! The same workload in Python and here, measured in turns.
//!
//! There are two *sides*. Each has its best serial code and several ways to run the same in parallel,
//! each way in a process of its own, and each is compared with the serial code of its own side: the
//! question is from which size on parallel pays *in this language*. Because both sides are measured in
//! the same rounds, their times can be compared with each other too.
//!
//! A round goes through the sizes. At each size every way gives a pair: its side's serial code and the
//! way, one right after the other in the same process, whose turn is first changing from round to round.
//! Rounds go through the short sizes, at which all ways together take less than [`SHORT`], for as long as the
//! budget lasts: that is where crossovers are. The long sizes are measured once, at the end. There one serial run
//! serves all ways of its side, where it takes longer than [`SHARED_FROM`]: a run that long no longer
//! depends on the process that it is in, and minutes would not do for more.
//!
//! Both sides compute the same answers, checked by digest in each run. The kernel is the plain one, one
//! item after the other, as in Python: what is compared is the language and its ways, not the algorithm.
//!
//! Python's memory is left as it is by default. Ours is fresh for every answer ([`crate::measuring`]), so
//! `numpy` may write a large array faster than our serial code: it writes to pages that it had before.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use workloads::{Paradigm, Serial};

use crate::crossing::{Crossing, Pair, Pays, Round};
use crate::machine::Machine;
use crate::measuring::{MeasuringProcess, Problem, Run, Subject, Who};
use crate::python::{self, Answers, Python, PythonPair, PythonProcess};
use crate::sampling::Stopwatch;
use crate::statistics::median;
use crate::survey::Measured;
use crate::words;

/// Where the latest comparisons are kept, in the target directory, as JSON.
pub const LATEST_COMPARISONS: &str = "crossover/versus_python.json";

/// The workloads that there are Python programs for.
pub const WORKLOADS: [&str; 2] = ["random-squares", "squares"];

/// The Python way that ours are compared with: the chapter's.
pub const POOL: &str = "pool";

/// Our way that does what Python's pool does: children are forked, and answers come through pipes.
pub const FORK: &str = "processes/fork";

/// Our ways. The first is the cheapest that there is, the last moves no answer.
const OURS: [&str; 3] = ["threads/scoped", FORK, "shared-memory/mapped"];

/// In seconds: one serial run that takes longer serves all ways of its side.
pub const SHARED_FROM: f64 = 0.05;

/// Sizes at which all ways together take longer are measured once.
pub const SHORT: Duration = Duration::from_secs(1);

/// Rounds over the short sizes: at least, and at most.
const FEWEST_ROUNDS: usize = 5;
const MOST_ROUNDS: usize = 20;

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The workload's name, one of [`WORKLOADS`].
    pub workload: String,
    /// The largest number of items.
    pub largest: usize,
    /// Workers of each parallel way.
    pub workers: NonZero<usize>,
    /// How long the short sizes may take. Five rounds of them are done in any case, and one of the long sizes.
    pub budget: Duration,
}

/// What was found for one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// The workload's name.
    pub workload: String,
    /// Our kernel.
    pub details: String,
    /// What the times were taken on.
    pub machine: Machine,
    /// What Python says of itself.
    pub python: Python,
    /// Workers of each parallel way.
    pub workers: usize,
    /// The largest number of items.
    pub largest: usize,
    /// Python's ways.
    pub theirs: Side,
    /// Our ways.
    pub ours: Side,
}

/// What was found in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Side {
    /// The language.
    pub language: String,
    /// Its best serial code.
    pub serial: String,
    /// The other ways, each measured against that.
    pub ways: Vec<Way>,
}

/// What was found for one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Way {
    /// Its name.
    pub name: String,
    /// How it compares with the serial code of its side.
    pub measured: Measured,
}

impl Side {
    /// The way of that name, if it was measured.
    pub fn way(&self, name: &str) -> Option<&Way> {
        self.ways.iter().find(|way| way.name == name)
    }

    /// The way that was fastest at the largest size.
    pub fn fastest(&self) -> Option<&Way> {
        let ways = self.ways.iter();
        ways.min_by(|a, b| a.time_at_largest().total_cmp(&b.time_at_largest()))
    }

    /// Serial times by size, in seconds: the median over the ways, each of which was paired with it.
    pub fn serial_curve(&self) -> Vec<(usize, f64)> {
        let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for size in self
            .ways
            .iter()
            .flat_map(|way| &way.measured.estimate.sizes)
        {
            by_size.entry(size.n).or_default().push(size.serial.median);
        }
        let medians = by_size.into_iter().map(|(n, times)| (n, median(times)));
        medians.collect()
    }
}

impl Way {
    /// The first size, in whole items or between, from which on it pays; `None` if it does not.
    pub fn pays_from(&self) -> Option<f64> {
        match self.measured.estimate.pays() {
            Pays::From(Crossing { n, .. }) | Pays::Between(Some(Crossing { n, .. }), _) => Some(n),
            Pays::Always(n) => Some(n as f64),
            Pays::Between(None, _) | Pays::Never(_) | Pays::NoDifference(_) => None,
        }
    }

    /// How long serial code takes where this way begins to pay, in seconds.
    pub fn serial_time_there(&self) -> Option<f64> {
        let n = self.pays_from()?;
        Some(self.measured.estimate.serial_time_at(n))
    }

    /// How long it takes at the largest size, in seconds.
    pub fn time_at_largest(&self) -> f64 {
        self.measured.at_largest().parallel.median
    }
}

/// A way that is being measured.
struct Entrant {
    name: String,
    stopwatch: Box<dyn Stopwatch>,
    rounds: Vec<Round>,
}

/// The ways of one language that are being measured.
struct Team {
    language: String,
    serial: String,
    entrants: Vec<Entrant>,
    /// The number of items and the seconds of the serial run that was last.
    last_serial: Option<(usize, f64)>,
}

/// Measures both sides in turns. `progress` is told which share of the budget is used, 0 to 1.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if Python or something that it needs is not installed; if a way failed or
/// gave another answer. Each is one sentence.
pub fn compare(plan: &Plan, mut progress: impl FnMut(f64)) -> io::Result<Comparison> {
    let start = Instant::now();
    let mut progress = |start: &Instant| {
        progress((start.elapsed().as_secs_f64() / plan.budget.as_secs_f64()).min(1.0));
    };
    let input = match plan.workload.as_str() {
        "random-squares" => &["plain".to_owned()][..],
        _ => &[],
    };
    let problem = Problem::new(&plan.workload, plan.largest, input)?;
    let (python, theirs) = python_team(plan)?;
    let ours = our_team(plan, &problem)?;
    let mut teams = [theirs, ours];

    for entrant in teams.iter_mut().flat_map(|team| &mut team.entrants) {
        // Not counted: what is done once, such as waking a pool's threads for the first time.
        entrant
            .stopwatch
            .time(&[run(Who::Serial, 1), run(Who::Paradigm, 1)])?;
    }
    let mut long = sizes_up_to(plan.largest);
    let mut short = Vec::new();
    begin_round(&mut teams);
    while let Some(&n) = long.first() {
        progress(&start);
        let begin = Instant::now();
        take(&mut teams, n, false)?;
        short.push(long.remove(0));
        if begin.elapsed() > SHORT {
            break;
        }
    }
    for round in 1..MOST_ROUNDS {
        let average = start.elapsed() / round as u32;
        if round >= FEWEST_ROUNDS && start.elapsed() + average > plan.budget {
            break;
        }
        begin_round(&mut teams);
        for &n in &short {
            progress(&start);
            take(&mut teams, n, !round.is_multiple_of(2))?;
        }
    }
    begin_round(&mut teams);
    for &n in &long {
        take(&mut teams, n, false)?;
    }
    let [theirs, ours] = teams.map(Team::result);
    Ok(Comparison {
        workload: plan.workload.clone(),
        details: problem.details,
        machine: Machine::this(),
        python,
        workers: plan.workers.get(),
        largest: plan.largest,
        theirs,
        ours,
    })
}

fn run(who: Who, n: usize) -> Run {
    Run { who, n, repeat: 1 }
}

/// 1, 2, 5, 10 ... to a tenth of `largest`, and `largest`: the sizes between would take as long again.
fn sizes_up_to(largest: usize) -> Vec<usize> {
    let powers = std::iter::successors(Some(1_usize), |power| power.checked_mul(10));
    let round = powers.flat_map(|power| [1, 2, 5].map(|digit| power.saturating_mul(digit)));
    let mut sizes: Vec<_> = round.take_while(|&n| n <= largest / 10).collect();
    sizes.push(largest);
    sizes
}

/// A process for each of Python's ways.
fn python_team(plan: &Plan) -> io::Result<(Python, Team)> {
    let script = python::script(&plan.workload).ok_or_else(|| {
        io::Error::other(format!("there is no Python program for {}", plan.workload))
    })?;
    // The digest is the same whichever kernel computes it, so the fastest does.
    let answers = Rc::new(Answers::new(Problem::new(
        &plan.workload,
        plan.largest,
        &[],
    )?));
    let python = PythonProcess::start(&script, plan.workers, Rc::clone(&answers))?
        .about()
        .clone();
    let mut team = Team::new(format!("Python {}", python.python), &python.best_serial);
    for way in python.ways.iter().filter(|way| **way != python.best_serial) {
        let pair = PythonPair::start(&script, way, plan.workers, Rc::clone(&answers))?;
        team.enter(way, pair);
    }
    Ok((python, team))
}

/// A measuring process for each of our ways.
fn our_team(plan: &Plan, problem: &Problem) -> io::Result<Team> {
    let mut team = Team::new("Rust".to_owned(), Serial::ID);
    for paradigm in OURS {
        let subject = Subject {
            paradigm: paradigm.to_owned(),
            workers: plan.workers,
            problem: problem.clone(),
        };
        team.enter(paradigm, MeasuringProcess::start(&subject)?);
    }
    Ok(team)
}

fn begin_round(teams: &mut [Team]) {
    for entrant in teams.iter_mut().flat_map(|team| &mut team.entrants) {
        entrant.rounds.push(Round::new());
    }
}

/// Takes a pair of every way for one size. What comes first is last when `reversed`.
fn take(teams: &mut [Team; 2], n: usize, reversed: bool) -> io::Result<()> {
    let [theirs, ours] = teams;
    let order = if reversed {
        [ours, theirs]
    } else {
        [theirs, ours]
    };
    for team in order {
        team.take(n, reversed)?;
    }
    Ok(())
}

impl Team {
    fn new(language: String, serial: &str) -> Self {
        Self {
            language,
            serial: serial.to_owned(),
            entrants: Vec::new(),
            last_serial: None,
        }
    }

    fn enter(&mut self, name: &str, stopwatch: impl Stopwatch + 'static) {
        self.entrants.push(Entrant {
            name: name.to_owned(),
            stopwatch: Box::new(stopwatch),
            rounds: Vec::new(),
        });
    }

    fn take(&mut self, n: usize, reversed: bool) -> io::Result<()> {
        let expected = self
            .last_serial
            .map_or(0.0, |(last, seconds)| seconds * n as f64 / last as f64);
        let mut shared = None;
        if expected >= SHARED_FROM
            && let Some(first) = self.entrants.first_mut()
        {
            shared = Some(first.stopwatch.time(&[run(Who::Serial, n)])?[0]);
        }
        let mut order: Vec<_> = self.entrants.iter_mut().collect();
        if reversed {
            order.reverse();
        }
        for entrant in order {
            let (serial, parallel) = match shared {
                Some(serial) => (serial, entrant.stopwatch.time(&[run(Who::Paradigm, n)])?[0]),
                None if reversed => {
                    let runs = [run(Who::Paradigm, n), run(Who::Serial, n)];
                    let times = entrant.stopwatch.time(&runs)?;
                    (times[1], times[0])
                }
                None => {
                    let runs = [run(Who::Serial, n), run(Who::Paradigm, n)];
                    let times = entrant.stopwatch.time(&runs)?;
                    (times[0], times[1])
                }
            };
            self.last_serial = Some((n, serial));
            let round = entrant.rounds.last_mut();
            let pair = Pair {
                n,
                serial,
                parallel,
            };
            round.expect("the round has begun").push(pair);
        }
        Ok(())
    }

    fn result(self) -> Side {
        Side {
            language: self.language,
            serial: self.serial,
            ways: self.entrants.into_iter().map(Entrant::result).collect(),
        }
    }
}

impl Entrant {
    /// What follows from the pairs.
    fn result(self) -> Way {
        let rounds = self.rounds.into_iter().filter(|round| !round.is_empty());
        Way {
            name: self.name,
            measured: Measured::new(rounds.collect(), 0.0),
        }
    }
}

/// Which workload, and on what.
pub fn heading(comparison: &Comparison) -> String {
    let python = &comparison.python;
    let kernel = match &*comparison.details {
        "" => String::new(),
        details => format!(" ({details})"),
    };
    let joblib = match &python.joblib {
        Some(version) => format!("joblib {version}"),
        None => "no joblib".to_owned(),
    };
    format!(
        "{}{kernel}, {} workers; Python {}, NumPy {}, {joblib}",
        comparison.workload, comparison.workers, python.python, python.numpy
    )
}

/// What the figures say: equal cores, where parallel begins to pay, and what serial code alone does.
pub fn what_to_see(comparison: &Comparison) -> Vec<String> {
    let Comparison { theirs, ours, .. } = comparison;
    let (Some(pool), Some(fork), Some(fastest)) =
        (theirs.way(POOL), ours.way(FORK), ours.fastest())
    else {
        return Vec::new();
    };
    let n = words::thousands(comparison.largest as u64);
    let workers = match comparison.workers {
        1 => "one worker".to_owned(),
        workers => format!("{workers} workers each"),
    };
    let takes = |way: &Way| {
        let (pool, time) = (pool.time_at_largest(), way.time_at_largest());
        let (time, ratio) = (words::time(time), times(pool / time));
        format!("{time}: the pool takes {ratio} as long")
    };
    let mut equal_cores = vec![
        format!(
            "With {workers} and n = {n}, Python's pool takes {}.",
            words::time(pool.time_at_largest())
        ),
        format!("{} takes {}.", fastest.name, takes(fastest)),
    ];
    if fastest.name != fork.name {
        equal_cores.push(format!(
            "{FORK} forks children as the pool does, and takes {}.",
            takes(fork)
        ));
    }
    let begins = |name: &str, side: &Side, way: &Way| match way.serial_time_there() {
        Some(there) => format!(
            "{name} begins to beat {} serial code ({}) where that takes {} ({})",
            language(side),
            side.serial,
            words::time(there),
            words::pays(&way.measured.estimate),
        ),
        None => format!(
            "{name} never beats {} serial code ({}) up to n = {n}",
            language(side),
            side.serial
        ),
    };
    let compared = match (pool.serial_time_there(), fork.serial_time_there()) {
        (Some(theirs), Some(ours)) => {
            let (ratio, how) = if ours <= theirs {
                (theirs / ours, "earlier")
            } else {
                (ours / theirs, "later")
            };
            format!(": counted in serial time, {} {how}", times(ratio))
        }
        _ => String::new(),
    };
    let crossovers = format!(
        "{}. {}{compared}.",
        begins("Python's pool", theirs, pool),
        begins(FORK, ours, fork)
    );
    let mut sentences = vec![equal_cores.join(" "), crossovers];
    let last = |side: &Side| side.serial_curve().last().map(|&(_, seconds)| seconds);
    if let (Some(python), Some(rust)) = (last(theirs), last(ours)) {
        sentences.push(format!(
            "On one core, with n = {n}: Python's best serial code ({}) takes {}, serial Rust code {}. \
             Python's pool takes {} as long as its own serial code, and {} as long as ours.",
            theirs.serial,
            words::time(python),
            words::time(rust),
            times(pool.time_at_largest() / python),
            times(pool.time_at_largest() / rust),
        ));
    }
    sentences
}

/// `Python`, without its version.
pub(crate) fn language(side: &Side) -> &str {
    side.language.split(' ').next().unwrap_or_default()
}

/// A ratio with two significant digits: `0.53`, `3.1`, `24`.
pub(crate) fn ratio(ratio: f64) -> String {
    let decimals = match ratio {
        ratio if ratio < 0.0995 => 3,
        ratio if ratio < 0.995 => 2,
        ratio if ratio < 9.95 => 1,
        _ => 0,
    };
    format!("{ratio:.decimals$}")
}

/// `3.1 times`.
fn times(value: f64) -> String {
    format!("{} times", ratio(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serial code takes 1 µs an item; the way half of that and `overhead` seconds.
    struct Simulated {
        overhead: f64,
        asked: Vec<Run>,
    }

    impl Stopwatch for Rc<std::cell::RefCell<Simulated>> {
        fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>> {
            let mut clock = self.borrow_mut();
            clock.asked.extend(runs);
            let time = |run: &Run| match run.who {
                Who::Serial => run.n as f64 * 1e-6,
                Who::Paradigm => clock.overhead + run.n as f64 * 0.5e-6,
            };
            Ok(runs.iter().map(time).collect())
        }
    }

    #[test]
    fn sizes_end_at_the_largest() {
        assert_eq!(sizes_up_to(1), [1]);
        assert_eq!(sizes_up_to(100), [1, 2, 5, 10, 100]);
        assert_eq!(sizes_up_to(370), [1, 2, 5, 10, 20, 370]);
    }

    #[test]
    fn long_serial_runs_are_shared_and_short_ones_are_paired() {
        let clock = |overhead| {
            let asked = Vec::new();
            Rc::new(std::cell::RefCell::new(Simulated { overhead, asked }))
        };
        let clocks = [clock(0.000_1), clock(0.01)];
        let mut team = Team::new("Simulated".to_owned(), "serial");
        team.enter("early", Rc::clone(&clocks[0]));
        team.enter("late", Rc::clone(&clocks[1]));
        let mut teams = [team];
        begin_round(&mut teams);
        let sizes = [100, 1_000, 10_000, 100_000, 1_000_000];
        for n in sizes {
            teams[0].take(n, false).expect("it is simulated");
        }
        for _ in 1..FEWEST_ROUNDS {
            begin_round(&mut teams);
            for n in [100, 1_000, 10_000, 100_000] {
                teams[0].take(n, true).expect("it is simulated");
            }
        }

        let serial_runs = |clock: &Rc<std::cell::RefCell<Simulated>>| {
            let asked = &clock.borrow().asked;
            let serial = asked.iter().filter(|run| run.who == Who::Serial);
            serial.map(|run| run.n).collect::<Vec<_>>()
        };
        assert_eq!(
            serial_runs(&clocks[0])[..7],
            [100, 1_000, 10_000, 100_000, 1_000_000, 100, 1_000]
        );
        assert_eq!(serial_runs(&clocks[1])[..4], [100, 1_000, 10_000, 100]);

        let [side] = teams.map(Team::result);
        assert_eq!(side.serial_curve()[4], (1_000_000, 1.0));
        assert_eq!(side.fastest().map(|way| &*way.name), Some("early"));
        let late = side.way("late").expect("it took part");
        let n = late.pays_from().expect("it pays from 20,000 items on");
        assert!((10_000.0..100_000.0).contains(&n), "{n}");
        let there = late.serial_time_there().expect("it pays");
        assert!((there - n * 1e-6).abs() < 1e-9, "{there}");
        assert!((late.measured.speedup() - 1.0 / 0.51).abs() < 1e-9);
    }
}
