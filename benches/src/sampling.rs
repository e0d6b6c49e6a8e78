//! Which sizes are measured, how often and in which order: rounds for one cell.
//!
//! A [`Sampler`] plans the rounds of one *cell*, a paradigm on a workload, and takes them by a [`Stopwatch`]: a
//! measuring process, a Python program, or a made-up clock in a test. A round visits the machine for a fraction of
//! a second. Many short visits are spread over the whole run, in turns with those of all other cells
//! ([`crate::survey`]), because what makes two measurements differ is mostly *when* they are taken, and in
//! which process: a hundred pairs in one second share one mood of the machine, and are one opinion.
//!
//! - The first two rounds, and every twelfth after them, go over **all sizes**.
//! - The others go to the sizes **round each crossing**: five of a fixed grid of 8 a decade, from half to twice
//!   the estimate so far. Where nothing crosses, to the largest sizes that show no difference yet and are short
//!   enough to be repeated; and where there are none of those, nothing more is measured.
//! - In a round, sizes come in shuffled order. At each size, serial and parallel runs take turns, and whose turn
//!   is first changes from pair to pair (S P, P S, S P …), so neither always runs in the other's
//!   wake. Where a pair is short, one more is taken first and thrown away: it warms up.
//! - Each round has a slot of time. Cheap pairs are repeated to fill it; a cell whose rounds are longer than
//!   its slot sits out until its share of the time has caught up.

use std::io;
use std::time::Duration;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::crossing::{Pair, Round, Verdict, first_look};
use crate::measuring::{Run, Who};
use crate::statistics::median;

/// Something that runs serial code and its rival, and says how long each run took.
pub trait Stopwatch {
    /// Runs all of `runs` in this order, and returns the seconds of each.
    ///
    /// # Errors
    ///
    /// If one of them failed: a sentence that says which and why.
    fn time(&mut self, runs: &[Run]) -> io::Result<Vec<f64>>;
}

/// The rounds of one cell.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// The sizes of the rounds over all sizes, in rising order, and about how many seconds serial code takes.
    sizes: Vec<(usize, f64)>,
    rounds: Vec<Round>,
    budget: Duration,
    spent: Duration,
    random: Xoshiro256PlusPlus,
}

/// Passes over all cells: a cell has at most one round in each.
pub const MOST_PASSES: usize = 60;

/// A pass is not worth less time than this for each cell: starting a process takes a good part of it.
const LEAST_SLOT: Duration = Duration::from_millis(30);

/// Passes, and so rounds, that are taken however small the budget is.
pub const FEWEST_PASSES: usize = 4;

/// Rounds over all sizes at the beginning, ...
const FIRST_OVER_ALL: usize = 2;
/// ... and in each of that many passes from then on.
const ONE_OVER_ALL_IN: usize = 12;

/// The share of the budget that is meant for rounds over all sizes.
const SHARE_OVER_ALL: f64 = 0.5;

/// Pairs of a size in a round, in rounds over all sizes and near a crossing.
const MOST_PAIRS_OVER_ALL: usize = 6;
const MOST_PAIRS_NEAR: usize = 6;

/// Sizes without a difference are visited again if as many pairs of five of them fit into a round.
const PAIRS_WHERE_OPEN: usize = 6;

/// A pair that is shorter than this, in seconds, is preceded by one that is thrown away.
const SHORT_PAIR: f64 = 2e-3;

/// Sizes near a crossing, as its multiples.
const NEAR: [f64; 5] = [0.56, 0.75, 1.0, 1.33, 1.78];

/// How many passes a budget of `budget` for each cell is divided into.
pub fn passes(budget: Duration) -> usize {
    ((budget.as_secs_f64() / LEAST_SLOT.as_secs_f64()) as usize).clamp(FEWEST_PASSES, MOST_PASSES)
}

/// What a round does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Visit>);

/// What a round does at one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Visit {
    n: usize,
    /// Pairs that count.
    pairs: usize,
    /// Whether one more comes before them.
    warm_up: bool,
}

impl Sampler {
    /// For a cell that may take `budget`. `sizes` are in rising order, each with about how many seconds serial code
    /// takes; `seed` shuffles them.
    ///
    /// # Panics
    ///
    /// If there are no sizes.
    pub fn new(sizes: Vec<(usize, f64)>, budget: Duration, seed: u64) -> Self {
        assert!(!sizes.is_empty(), "there is a size to measure");
        Self {
            sizes,
            rounds: Vec::new(),
            budget,
            spent: Duration::ZERO,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }

    /// What a round in this pass (counted from 0) of `passes` does; `None` if none is due.
    pub fn plan(&self, pass: usize, passes: usize) -> Option<Plan> {
        // The rounds over all sizes at the beginning run ahead of their share.
        let share = (pass + 1) as f64 / passes as f64;
        let allowed = self.budget.mul_f64(share.max(SHARE_OVER_ALL / 2.0));
        let enough = self.rounds.len() >= FEWEST_PASSES;
        if enough && self.spent >= allowed {
            return None;
        }
        let over_all = pass < FIRST_OVER_ALL || pass.is_multiple_of(ONE_OVER_ALL_IN);
        let visits = if over_all {
            let rounds = FIRST_OVER_ALL + passes.saturating_sub(1) / ONE_OVER_ALL_IN;
            let slot = self.budget.mul_f64(SHARE_OVER_ALL / rounds as f64);
            let sizes = self.sizes.iter().map(|&(n, _)| n).collect();
            self.visits(sizes, slot, MOST_PAIRS_OVER_ALL)
        } else {
            let left = self.budget.saturating_sub(self.spent);
            let slot = left.div_f64((passes - pass).max(1) as f64);
            self.visits(self.near(slot), slot, MOST_PAIRS_NEAR)
        };
        (!visits.is_empty()).then_some(Plan(visits))
    }

    /// Takes the round that was planned. How long that took, all included, is to be told by [`Sampler::spend`].
    ///
    /// # Errors
    ///
    /// What the stopwatch says.
    pub fn take_round(&mut self, plan: Plan, stopwatch: &mut impl Stopwatch) -> io::Result<()> {
        let Plan(mut visits) = plan;
        visits.shuffle(&mut self.random);
        let serial_first = self.random.random_bool(0.5);
        let runs: Vec<Run> = visits
            .iter()
            .flat_map(|visit| visit.runs(serial_first))
            .collect();
        let times = stopwatch.time(&runs)?;
        let mut pairs = runs.chunks(2).zip(times.chunks(2)).map(|(runs, times)| {
            let (serial, parallel) = match runs[0].who {
                Who::Serial => (times[0], times[1]),
                Who::Paradigm => (times[1], times[0]),
            };
            Pair {
                n: runs[0].n,
                serial,
                parallel,
            }
        });
        let mut round = Round::new();
        for visit in &visits {
            let pairs = pairs
                .by_ref()
                .take(visit.pairs + usize::from(visit.warm_up));
            round.extend(pairs.skip(usize::from(visit.warm_up)));
        }
        self.rounds.push(round);
        Ok(())
    }

    /// Counts time against the budget.
    pub fn spend(&mut self, time: Duration) {
        self.spent += time;
    }

    /// All rounds that were taken.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// All rounds that were taken.
    pub fn into_rounds(self) -> Vec<Round> {
        self.rounds
    }

    /// Visits to `sizes` that fill `slot`.
    fn visits(&self, sizes: Vec<usize>, slot: Duration, most_pairs: usize) -> Vec<Visit> {
        let slot_of_size = slot.as_secs_f64() / sizes.len() as f64;
        let visit = |n| {
            let pair = self.seconds_of_pair(n);
            Visit {
                n,
                pairs: ((slot_of_size / pair) as usize).clamp(1, most_pairs),
                warm_up: pair < SHORT_PAIR,
            }
        };
        sizes.into_iter().map(visit).collect()
    }

    /// How long a pair of this size takes, in seconds: the median of those of the nearest size that was measured.
    fn seconds_of_pair(&self, n: usize) -> f64 {
        let pairs = || self.rounds.iter().flatten();
        let Some(nearest) = pairs()
            .map(|pair| pair.n)
            .min_by_key(|size| size.abs_diff(n))
        else {
            // Nothing is known of the paradigm yet: as if it were no faster than serial code.
            let nearest = self.sizes.iter().min_by_key(|(size, _)| size.abs_diff(n));
            return nearest.map_or(0.0, |(_, serial)| 2.0 * serial);
        };
        let same_size = pairs().filter(|pair| pair.n == nearest);
        median(same_size.map(|pair| pair.serial + pair.parallel).collect())
    }

    /// The sizes that are worth another round: those round each crossing, else those without a difference.
    fn near(&self, slot: Duration) -> Vec<usize> {
        let (sizes, crossings) = first_look(&self.rounds);
        let (smallest, largest) = (self.sizes[0].0, self.sizes[self.sizes.len() - 1].0);
        let mut near: Vec<usize> = crossings
            .iter()
            .flat_map(|crossing| NEAR.map(|factor| on_grid(crossing * factor)))
            .map(|n| n.clamp(smallest, largest))
            .collect();
        if near.is_empty() {
            near = self.where_open(&sizes, slot);
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// If there are sizes without a difference: the largest of them that can be repeated within `slot`, and its
    /// smaller neighbours, so that there are always enough pairs; else the smallest of them.
    fn where_open(&self, sizes: &[(usize, Verdict)], slot: Duration) -> Vec<usize> {
        let fits = |n| {
            let pairs = (PAIRS_WHERE_OPEN * NEAR.len()) as f64;
            self.seconds_of_pair(n) * pairs < slot.as_secs_f64()
        };
        let mut open = (0..sizes.len()).filter(|&k| sizes[k].1 == Verdict::NoDifference);
        let Some(smallest) = open.next() else {
            return Vec::new();
        };
        let largest = open
            .take_while(|&k| fits(sizes[k].0))
            .last()
            .unwrap_or(smallest);
        let neighbours = &sizes[(largest + 1).saturating_sub(NEAR.len())..=largest];
        neighbours.iter().map(|&(n, _)| n).collect()
    }
}

/// The nearest size of a grid of 8 a decade, so that rounds that look near the same place meet.
fn on_grid(n: f64) -> usize {
    let steps = (n.log10() * 8.0).round() / 8.0;
    (10_f64.powf(steps).round() as usize).max(1)
}

impl Visit {
    /// Its runs in turns; the first pair warms up, if one is to.
    fn runs(&self, serial_first: bool) -> Vec<Run> {
        let pairs = self.pairs + usize::from(self.warm_up);
        let run = |who| Run {
            who,
            n: self.n,
            repeat: 1,
        };
        let pair = |number: usize| {
            if serial_first == number.is_multiple_of(2) {
                [Who::Serial, Who::Paradigm]
            } else {
                [Who::Paradigm, Who::Serial]
            }
        };
        (0..pairs).flat_map(pair).map(run).collect()
    }
}
