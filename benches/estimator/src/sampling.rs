//! Which places are measured, how often and in which order: the rounds of one cell.
//!
//! A round lasts for a fraction of a second. Many short rounds are spread over the whole run, in turns
//! with the rounds of all other cells ([`engine`](crate::engine)), because what makes two measurements differ is mostly
//! *when* they are taken, and in which process: a hundred pairs in one second share one speed of the machine, and are
//! one observation.
//!
//! - Along the number of items, some rounds go over **all sizes**: the first two, and five more. The others go to the
//!   sizes **near a crossing**, to each in turn: five of a fixed grid, round the estimate so far. Where nothing
//!   crosses, they go to the largest sizes that are undecided and short enough to be repeated; then to those that
//!   were left out so far. And where there are none of those, nothing more is measured.
//! - Along the number of workers, and where there is only one place, each round goes over all places.
//! - In a round, places come in shuffled order. At each place, runs of the base and of the rival take turns, and
//!   whose turn is first is drawn for every other pair and changes in the next (A B, B A), so neither side
//!   always runs right after the other one, and neither runs in step with a periodic disturbance. Where a pair is
//!   short, one more pair is taken first and thrown away, to warm up.
//! - Each round has a slot of time. Short pairs are repeated to fill this slot, in odd numbers: their median is one
//!   of them.

use std::io;
use std::time::Duration;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::axis::Axis;
use crate::by_place::{ByPlace, Place};
use crate::crossing::{first_look, verdicts_so_far};
use crate::pair::{Round, Stopwatch};
use crate::statistics::FEWEST;
use crate::verdict::Verdict;
use crate::visit::{Visit, Visits};

/// The rounds of one cell.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    axis: Axis,
    /// All places of the axis, in rising order.
    places: Vec<usize>,
    rounds: Vec<Round>,
    by_place: ByPlace,
    /// Seconds of all pairs together.
    in_pairs: f64,
    budget: Duration,
    spent: Duration,
    /// Rounds that went over all sizes, and their time.
    over_all: usize,
    spent_over_all: Duration,
    /// Whether the last round did.
    last_over_all: bool,
    random: Xoshiro256PlusPlus,
}

/// Rounds over all sizes: this many at the beginning, ...
const FIRST_OVER_ALL: usize = 2;
/// ... and in all: as many as a verdict needs, and the first, which leaves some out.
pub(crate) const OVER_ALL: usize = FEWEST + 1;

/// The share of the budget that is meant for rounds over all sizes.
const SHARE_OVER_ALL: f64 = 0.5;
/// When this share of the budget is used, those that are missing are taken first.
const LATE: f64 = 0.8;

/// Pairs of a place in a round.
const MOST_PAIRS: usize = 7;

/// Sizes without a verdict are visited again if as many pairs of five of them fit into a round.
const PAIRS_WHERE_OPEN: usize = 7;

/// A pair that is shorter than this, in seconds, is preceded by one that is thrown away.
const SHORT_PAIR: f64 = 2e-3;

/// Sizes near a crossing, as steps on the grid.
const NEAR: [i32; 5] = [-2, -1, 0, 1, 2];
/// Where ln(rival / base) is farther from 0, one side is far ahead.
const FAR_AHEAD: f64 = 1.4;

/// The grids' steps in ln n.
const COARSEST_STEP: f64 = 0.16;
const FINEST_STEP: f64 = 0.01;
/// So far from a crossing, in ln n, one of all sizes on each side is visited as well, to be sure of the sides: at
/// first in every round, then in every second.
const ANCHOR: f64 = 0.4;

impl Sampler {
    /// For a cell that may take `budget`; `seed` shuffles its rounds.
    ///
    /// # Panics
    ///
    /// If the axis has no places.
    pub(crate) fn new(axis: Axis, budget: Duration, seed: u64) -> Self {
        let places = axis.places();
        assert!(!places.is_empty(), "there is a place to measure");
        Self {
            axis,
            places,
            rounds: Vec::new(),
            by_place: ByPlace::default(),
            in_pairs: 0.0,
            budget,
            spent: Duration::ZERO,
            over_all: 0,
            spent_over_all: Duration::ZERO,
            last_over_all: false,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }

    /// What a round in this pass (counted from 0) of `passes` does; `None` if none is due.
    pub(crate) fn plan(&self, pass: usize, passes: usize) -> Option<Visits> {
        // The rounds over all sizes at the beginning run ahead of their share.
        let share = (pass + 1) as f64 / passes as f64;
        let allowed = self.budget.mul_f64(share.max(SHARE_OVER_ALL / 2.0));
        if self.rounds.len() >= OVER_ALL && self.spent >= allowed {
            return None;
        }
        let left = self.budget.saturating_sub(self.spent);
        let slot = left.div_f64((passes - pass).max(1) as f64);
        // After a start that takes long, some time is left for pairs.
        let start = self.seconds_of_start();
        let slot = slot.saturating_sub(start).max(start.mul_f64(0.5));
        let near = match self.axis {
            Axis::Items(_) if !self.is_over_all() => self.near(slot),
            _ => Vec::new(),
        };
        let over_all = near.is_empty();
        let visits = match self.axis {
            Axis::Items(_) if over_all && self.over_all >= OVER_ALL => {
                self.visits(vec![self.left_out()?], slot)
            }
            Axis::Items(_) if over_all => {
                let slot = self.budget.mul_f64(SHARE_OVER_ALL / OVER_ALL as f64);
                self.visits(self.worth_a_look(slot), slot)
            }
            Axis::Items(_) => self.visits(near, slot),
            _ => self.visits(self.places.clone(), slot),
        };
        Some(Visits::new(visits, over_all, |at| self.seconds_of_pair(at)))
    }

    /// Whether the next round goes over all sizes: the first two do, and five more within their share of the time, or
    /// late.
    fn is_over_all(&self) -> bool {
        let due = self.spent_over_all <= self.spent.mul_f64(SHARE_OVER_ALL)
            || self.spent >= self.budget.mul_f64(LATE);
        self.over_all < FIRST_OVER_ALL || (self.over_all < OVER_ALL && due)
    }

    /// Takes the round that was planned. The caller then reports the whole time of the round by [`Sampler::spend`].
    pub(crate) fn take_round(
        &mut self,
        plan: &Visits,
        stopwatch: &mut dyn Stopwatch,
    ) -> io::Result<()> {
        let over_all = plan.over_all;
        let round = plan.take(stopwatch, &mut self.random)?;
        self.in_pairs += round.iter().map(|pair| pair.base + pair.rival).sum::<f64>();
        self.over_all += usize::from(over_all);
        self.last_over_all = over_all;
        self.by_place.add(&round);
        self.rounds.push(round);
        Ok(())
    }

    /// Counts time against the budget.
    pub(crate) fn spend(&mut self, time: Duration) {
        self.spent += time;
        if self.last_over_all {
            self.spent_over_all += time;
        }
    }

    /// All rounds that were taken.
    pub(crate) fn into_rounds(self) -> Vec<Round> {
        self.rounds
    }

    /// For a round over all sizes: first every third of them, then all except those at which one side is far ahead and
    /// a pair takes long.
    fn worth_a_look(&self, slot: Duration) -> Vec<usize> {
        let sizes = self.places.clone();
        let share = slot.as_secs_f64() / sizes.len() as f64;
        let last = sizes.len() - 1;
        let worth = |&(k, at): &(usize, usize)| match self.nearest(at) {
            None => (last - k).is_multiple_of(3) || k == 0,
            Some(place) => place.center.abs() < FAR_AHEAD || self.seconds_of_pair(at) < share,
        };
        let worth = sizes.into_iter().enumerate().filter(worth);
        worth.map(|(_, at)| at).collect()
    }

    /// The largest size with too few rounds for a verdict: rounds over all sizes left it out, and nothing else is to
    /// do.
    fn left_out(&self) -> Option<usize> {
        let mut places = self.by_place.places.iter().rev();
        let place = places.find(|place| place.is_first() && place.rounds.len() < FEWEST)?;
        Some(place.at)
    }

    /// Visits to `places` that fill `slot`.
    fn visits(&self, places: Vec<usize>, slot: Duration) -> Vec<Visit> {
        let slot_of_place = slot.as_secs_f64() / places.len() as f64;
        let visit = |at| {
            let pair = self.seconds_of_pair(at);
            let pairs = ((slot_of_place / pair) as usize).clamp(1, MOST_PAIRS);
            Visit {
                at,
                pairs: (pairs - 1) | 1, // an odd number
                warm_up: pair < SHORT_PAIR,
            }
        };
        places.into_iter().map(visit).collect()
    }

    /// How long a round takes beside its pairs.
    fn seconds_of_start(&self) -> Duration {
        let in_pairs = Duration::from_secs_f64(self.in_pairs);
        let others = self.spent.saturating_sub(in_pairs);
        others.div_f64(self.rounds.len().max(1) as f64)
    }

    /// What is known of the nearest place that was measured.
    fn nearest(&self, at: usize) -> Option<&Place> {
        let places = self.by_place.places.iter();
        places.min_by_key(|place| place.at.abs_diff(at))
    }

    /// How long a pair takes, in seconds: the median of those of the nearest place that was measured.
    fn seconds_of_pair(&self, at: usize) -> f64 {
        match (self.nearest(at), &self.axis) {
            (Some(nearest), _) => nearest.seconds,
            // Nothing is known of the rival yet: as if it were no faster than the base.
            (None, Axis::Items(places) | Axis::Places(places)) => {
                let nearest = places.iter().min_by_key(|(place, _)| place.abs_diff(at));
                nearest.map_or(0.0, |(_, base)| 2.0 * base)
            }
            (None, Axis::Nothing) => self.budget.as_secs_f64(), // one pair
        }
    }

    /// The sizes that are worth another round: those near each crossing, else those without a verdict.
    fn near(&self, slot: Duration) -> Vec<usize> {
        let places = &self.places;
        let (smallest, largest) = (places[0], places[places.len() - 1]);
        let verdicts = verdicts_so_far(&self.by_place);
        let crossings = first_look(&self.by_place, &verdicts);
        if crossings.is_empty() {
            return self.where_open(&verdicts, slot);
        }
        // Each in turn.
        let turn = self.rounds.len() / crossings.len();
        let (x, half_width) = crossings[self.rounds.len() % crossings.len()];
        let few = self.seconds_of_pair(x.exp() as usize) * NEAR.len() as f64 > slot.as_secs_f64();
        let steps = if few { &NEAR[1..4] } else { &NEAR[..] };
        let on_axis = |step: &i32| on_grid(x, half_width, *step).clamp(smallest, largest);
        let mut near: Vec<usize> = steps.iter().map(on_axis).collect();
        if self.rounds.len() < 2 * FEWEST || !turn.is_multiple_of(2) {
            let distance = ANCHOR.max(half_width);
            near.extend(places.iter().rfind(|n| (**n as f64).ln() < x - distance));
            near.extend(places.iter().find(|n| (**n as f64).ln() > x + distance));
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// If there are sizes without a verdict: the largest of them that can be repeated within `slot`, and its
    /// smaller neighbours, so that there are always enough pairs; else the smallest of them.
    fn where_open(&self, verdicts: &[Verdict], slot: Duration) -> Vec<usize> {
        let known = &self.by_place.places;
        let fits = |n| {
            let pairs = (PAIRS_WHERE_OPEN * NEAR.len()) as f64;
            self.seconds_of_pair(n) * pairs < slot.as_secs_f64()
        };
        let mut open = (0..verdicts.len())
            .filter(|&k| verdicts[k] == Verdict::Undecided && known[k].is_first());
        let Some(smallest) = open.next() else {
            return Vec::new();
        };
        let largest = open
            .take_while(|&k| fits(known[k].at))
            .last()
            .unwrap_or(smallest);
        let neighbours = &known[(largest + 1).saturating_sub(NEAR.len())..=largest];
        neighbours.iter().map(|place| place.at).collect()
    }
}

/// So many steps from `x` = ln n on a grid that is as fine as the place of the crossing is known, so that rounds that
/// look near the same place meet. Each grid holds all coarser ones.
fn on_grid(x: f64, half_width: f64, steps: i32) -> usize {
    let mut step = COARSEST_STEP;
    while step > half_width && step > FINEST_STEP {
        step /= 2.0;
    }
    let x = ((x / step).round() + f64::from(steps)) * step;
    (x.exp().round() as usize).max(1)
}
