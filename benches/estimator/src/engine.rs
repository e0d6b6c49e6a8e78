//! The one engine: rounds of all cells in turns, then the verdicts.
//!
//! A pass gives each cell a round, in shuffled order and by a fresh stopwatch, and there are up to `MOST_PASSES`
//! passes. So a minute in which the machine was slow is one round of many of every cell, and not the whole of one
//! cell. What one cell may take of the time is its share of the budget; a cell whose rounds take longer than its
//! share waits until its share has caught up.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::axis::Axis;
use crate::by_place::ByPlace;
use crate::estimate::{Estimate, noise_floor};
use crate::line::Model;
use crate::pair::{Round, Stopwatch};
use crate::sampling::{OVER_ALL, Sampler};
use crate::statistics::median;

/// What a cell is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The rival is compared with the base.
    Compare,
    /// Base and rival are the same: what comes out is the noise floor. (Also called an A/A cell.) There must be
    /// two or more, since each is judged by the others.
    Check,
}

/// A base against its rival along an axis.
#[derive(Clone, Debug)]
pub struct Cell<S> {
    /// What is measured: what a stopwatch is started for.
    pub subject: S,
    /// Along which places.
    pub axis: Axis,
    /// What for.
    pub purpose: Purpose,
    /// Its share of the budget, as a multiple of what others get.
    pub weight: f64,
}

/// What was found, in the order of the cells.
#[derive(Clone, Debug)]
pub struct Findings {
    /// How far ln(base / base) is from 0, although both are the same code.
    pub noise_floor: f64,
    /// How much rounds of the same place differ: the median over all places of the mean distance of ln(rival / base)
    /// from its median. 0.1 means that a round is usually off by ten percent.
    pub spread: f64,
    /// One for each cell: what was measured, or a sentence on why it failed.
    pub cells: Vec<Result<Measured, String>>,
}

/// The rounds of one cell, and what follows from them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Each place, the crossings, the answer.
    pub estimate: Estimate,
    /// The straight lines round the crossing, if there is one.
    pub model: Option<Model>,
    /// Every pair that was taken.
    pub rounds: Vec<Round>,
}

/// What happens while cells are measured.
#[derive(Debug)]
pub enum Event<'a, S> {
    /// A cell's turn is next, and this share of the budget is used, 0 to 1.
    Turn(&'a S, f64),
    /// A round failed, for this reason, and is taken once more.
    Again(&'a io::Error),
}

/// Tries once more if a process was killed ([`ErrorKind::Interrupted`]); `tell` gets the reason first.
///
/// # Errors
///
/// Those of `attempt`.
pub fn once_more<T>(
    mut attempt: impl FnMut() -> io::Result<T>,
    tell: impl FnOnce(&io::Error),
) -> io::Result<T> {
    match attempt() {
        Err(error) if error.kind() == ErrorKind::Interrupted => {
            tell(&error);
            attempt()
        }
        done => done,
    }
}

/// Measures all `cells` in turns within about `budget`, and judges them. A cell that fails holds the reason, and the
/// others go on; when every cell that compares has failed, the rest is not measured. A round in which a process
/// was killed is taken once more; if that fails, too, so does the cell.
///
/// `start` makes a fresh stopwatch for a round; `tell` is told what happens.
pub fn measure<S: Display>(
    cells: &[Cell<S>],
    budget: Duration,
    mut start: impl FnMut(&S) -> io::Result<Box<dyn Stopwatch>>,
    mut tell: impl FnMut(Event<'_, S>),
) -> Findings {
    let whole: f64 = cells.iter().map(|cell| cell.weight).sum();
    let mut underway: Vec<Underway> = (0..)
        .zip(cells)
        .map(|(seed, cell)| Underway {
            sampler: Sampler::new(cell.axis.clone(), budget.mul_f64(cell.weight / whole), seed),
            failure: None,
        })
        .collect();
    let mut order: Vec<usize> = (0..cells.len()).collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let begin = Instant::now();
    let passes = passes(budget.div_f64(cells.len().max(1) as f64));
    for pass in 0..passes {
        order.shuffle(&mut random);
        for &k in &order {
            let compares = |k: usize| cells[k].purpose == Purpose::Compare;
            let hopeless = (0..cells.len()).all(|k| !compares(k) || underway[k].failure.is_some());
            if underway[k].failure.is_some()
                || (hopeless && cells.iter().any(|cell| cell.purpose == Purpose::Compare))
            {
                continue;
            }
            let Some(plan) = underway[k].sampler.plan(pass, passes) else {
                continue;
            };
            let done = begin.elapsed().as_secs_f64() / budget.as_secs_f64();
            tell(Event::Turn(&cells[k].subject, done.min(1.0)));
            let start_of_round = Instant::now();
            let sampler = &mut underway[k].sampler;
            let take = || {
                let mut stopwatch = start(&cells[k].subject)?;
                sampler.take_round(&plan, &mut *stopwatch)
            };
            let taken = once_more(take, |error| tell(Event::Again(error)));
            underway[k].failure = taken.err().map(|error| error.to_string());
            underway[k].sampler.spend(start_of_round.elapsed());
        }
    }
    let purposes: Vec<Purpose> = cells.iter().map(|cell| cell.purpose).collect();
    let rounds = cells.iter().zip(underway).map(|(cell, underway)| {
        let rounds = underway.sampler.into_rounds();
        match underway.failure {
            Some(reason) => Err(reason),
            None if rounds.is_empty() => Err(format!("{}: it was not measured", cell.subject)),
            None => Ok(rounds),
        }
    });
    judge(&purposes, rounds.collect())
}

/// Passes over all cells: a cell has at most one round in each.
const MOST_PASSES: usize = 120;

/// A pass has at least this much time for each cell, because starting a process takes a good part of the time.
const LEAST_SLOT: Duration = Duration::from_millis(17);

/// How many passes a budget of `budget` for each cell is divided into.
pub(crate) fn passes(budget: Duration) -> usize {
    ((budget.as_secs_f64() / LEAST_SLOT.as_secs_f64()) as usize).clamp(OVER_ALL, MOST_PASSES)
}

/// A cell that is being measured.
struct Underway {
    sampler: Sampler,
    failure: Option<String>,
}

/// What the rounds of some cells say, all measured in one run: each is judged by the noise floor of the A/A cells, and
/// each of those by that of the others.
pub fn judge(purposes: &[Purpose], rounds: Vec<Result<Vec<Round>, String>>) -> Findings {
    let floor_without = |left_out: Option<usize>| {
        let checks = (0..purposes.len())
            .filter(|&k| purposes[k] == Purpose::Check && Some(k) != left_out)
            .filter_map(|k| rounds[k].as_deref().ok())
            .filter(|rounds| !rounds.is_empty());
        noise_floor(checks)
    };
    let noise_floor = floor_without(None);
    let floors: Vec<f64> = (0..purposes.len())
        .map(|k| match purposes[k] {
            Purpose::Compare => noise_floor,
            Purpose::Check => floor_without(Some(k)),
        })
        .collect();
    let cells = rounds.into_iter().zip(floors);
    let cells = cells.map(|(rounds, floor)| Ok(Measured::new(rounds?, floor)));
    let cells: Vec<_> = cells.collect();
    let spreads = cells.iter().flatten().flat_map(Measured::spreads).collect();
    Findings {
        noise_floor,
        spread: Some(median(spreads))
            .filter(|spread| !spread.is_nan())
            .unwrap_or(0.0),
        cells,
    }
}

impl Measured {
    /// What `rounds` say, given the machine's noise floor.
    ///
    /// # Panics
    ///
    /// If there is no pair at all.
    pub fn new(rounds: Vec<Round>, noise_floor: f64) -> Self {
        let estimate = Estimate::new(&rounds, noise_floor);
        let model = estimate
            .answer
            .crossing()
            .and_then(|crossing| Model::new(&estimate, crossing));
        Self {
            estimate,
            model,
            rounds,
        }
    }

    /// How much the rounds of each place differ.
    fn spreads(&self) -> Vec<f64> {
        let rounds = ByPlace::new(&self.rounds);
        let several = rounds.places.iter().filter(|place| place.rounds.len() > 2);
        let spread = several.map(|place| {
            let values = || place.rounds.iter().map(|round| round.log_ratio);
            let middle = median(values().collect());
            values().map(|value| (value - middle).abs()).sum::<f64>() / place.rounds.len() as f64
        });
        spread.collect()
    }
}
