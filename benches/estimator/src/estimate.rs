//! From rounds to verdicts on places.
//!
//! Rounds are independent of each other, pairs of one round are not. So a round gives one number for each of its
//! places, the median of its pairs there, and what is uncertain is judged by how rounds differ.
//!
//! Each place gets the median of its rounds, with an interval by Student's t ([`statistics::spread`]). The rival is
//! *faster* or *slower* there if the interval excludes "equal" at a level that allows for the number of places
//! (Bonferroni: of a hundred curves without any difference, five may show one somewhere), and if the median is larger
//! than the noise floor. Else the place is *undecided*. All places together get the same question once more, answered
//! by the trimmed mean of the rounds' medians: a small difference that is the same everywhere is found there, and nowhere else.
//!
//! **The noise floor** is what comes out where nothing differs: a base that is compared with itself, in cells of
//! their own. Differences within it are not called differences.
//!
//! Source: Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time" (2013), for ratios, and for the level at which
//! repetition counts.
//!
//! [`statistics::spread`]: crate::statistics::spread

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::crossing::{Crossing, crossings};
use crate::pair::{Pair, Round};
use crate::statistics::{ALPHA, FEWEST, Spread, median, spread, trimmed};

/// What the rounds of one cell say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The short answer.
    pub answer: Answer,
    /// Each place that was measured, in rising order.
    pub places: Vec<AtPlace>,
    /// Every crossing, in rising order.
    pub crossings: Vec<Crossing>,
}

/// What the rounds say about one place of the axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtPlace {
    /// The number of items or of workers.
    pub at: usize,
    /// Rounds that measured it.
    pub rounds: usize,
    /// Seconds of a run of the base.
    pub base: Range,
    /// Seconds of a run of the rival.
    pub rival: Range,
    /// The rival's time over the base's. (The median of ratios is not exactly the ratio of medians.)
    pub ratio: Range,
    /// Which of them is faster, if that is decided.
    pub verdict: Verdict,
}

/// A median.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The median.
    pub median: f64,
    /// The ends of its 95% interval; `None` if there were too few rounds for one.
    pub interval: Option<(f64, f64)>,
}

/// How the rival compares with the base at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It takes longer.
    Slower,
    /// It takes less time.
    Faster,
    /// What was measured does not tell them apart.
    Undecided,
}

/// A curve without a difference may seem to have one in this share of the cases, because of all places together, ...
const OVERALL_ALPHA: f64 = 0.6 * ALPHA;
/// ... and in this one because of any single place.
const SINGLE_ALPHA: f64 = 0.25 * ALPHA;

impl Estimate {
    /// What `rounds` say, given the machine's noise floor, a distance of ln(rival / base) from 0.
    ///
    /// # Panics
    ///
    /// If there is no pair at all.
    pub fn new(rounds: &[Round], noise_floor: f64) -> Self {
        let table = Table::new(rounds);
        let strict = table.verdicts(noise_floor);
        let places = table.places(&strict);
        let crossings = crossings(&table, &strict);
        let together = |beyond: usize| {
            let overall = overall(rounds, beyond, OVERALL_ALPHA)?;
            let verdict = verdict(&overall, noise_floor);
            Some((verdict, overall.half_width?.max(noise_floor)))
        };
        Self {
            answer: Answer::new(&places, &crossings, together),
            places,
            crossings,
        }
    }

    /// What was found at the largest place.
    pub fn largest(&self) -> &AtPlace {
        self.places.last().expect("there are places")
    }

    /// How long the base takes at `place`, in seconds: interpolated in ln place and ln time.
    pub fn base_time_at(&self, place: f64) -> f64 {
        let above = self.places.partition_point(|at| (at.at as f64) < place);
        let high = &self.places[above.min(self.places.len() - 1)];
        let low = &self.places[above.saturating_sub(1)];
        if low.at == high.at {
            return low.base.median;
        }
        let share = (place / low.at as f64).ln() / (high.at as f64 / low.at as f64).ln();
        (low.base.median.ln() * (1.0 - share) + high.base.median.ln() * share).exp()
    }
}

impl AtPlace {
    /// The base's time over the rival's: the median of paired ratios, with its interval.
    pub fn speedup(&self) -> Range {
        Range {
            median: 1.0 / self.ratio.median,
            interval: self
                .ratio
                .interval
                .map(|(low, high)| (1.0 / high, 1.0 / low)),
        }
    }
}

impl Range {
    /// The median of some independent values, with its 95% interval.
    pub fn of(values: &[f64]) -> Self {
        let spread = spread(values, ALPHA);
        let interval = spread
            .half_width
            .map(|half_width| (spread.center - half_width, spread.center + half_width));
        Self {
            median: spread.center,
            interval,
        }
    }

    fn of_logarithm(spread: &Spread) -> Self {
        let interval = spread.half_width.map(|half_width| {
            let end = |x: f64| x.exp().min(f64::MAX);
            (
                end(spread.center - half_width),
                end(spread.center + half_width),
            )
        });
        Self {
            median: spread.center.exp(),
            interval,
        }
    }

    /// Whether `value` lies in the interval; true if there is none.
    pub fn may_be(&self, value: f64) -> bool {
        self.interval
            .is_none_or(|(low, high)| (low..=high).contains(&value))
    }
}

/// The distance from 0 of ln(base / base) that comes out though nothing differs: the outer end of the interval of
/// a typical cell. 0 if no cell has enough rounds: then nothing is known of it.
pub(crate) fn noise_floor<'a>(checks: impl IntoIterator<Item = &'a [Round]>) -> f64 {
    let ends = checks.into_iter().filter_map(|rounds| {
        let spread = overall(rounds, 0, ALPHA)?;
        Some((spread.center, spread.half_width?))
    });
    let (centers, half_widths): (Vec<f64>, Vec<f64>) = ends.unzip();
    if centers.is_empty() {
        return 0.0;
    }
    // What all of them share is the machine's own; how far each is off by chance is its half-width.
    let shared = centers.iter().sum::<f64>() / centers.len() as f64;
    shared.abs() + median(half_widths) / (centers.len() as f64).sqrt()
}

/// All places beyond one together: the trimmed mean over rounds of the median of each. Rounds with fewer than half as many
/// pairs there as most are left out: they looked at a few large places, and their median says little.
fn overall(rounds: &[Round], beyond: usize, alpha: f64) -> Option<Spread> {
    let ratios = |round: &Round| -> Vec<f64> {
        let pairs = round.iter().filter(|pair| pair.at > beyond);
        pairs.map(Pair::log_ratio).collect()
    };
    let mut rounds: Vec<Vec<f64>> = rounds.iter().map(ratios).collect();
    rounds.retain(|ratios| !ratios.is_empty());
    let usual = median(rounds.iter().map(|ratios| ratios.len() as f64).collect());
    rounds.retain(|ratios| 2.0 * ratios.len() as f64 >= usual);
    let medians: Vec<f64> = rounds.into_iter().map(median).collect();
    (medians.len() >= FEWEST).then(|| trimmed(&medians, alpha))
}

/// What a median of log ratios says.
fn verdict(spread: &Spread, noise_floor: f64) -> Verdict {
    match spread.half_width {
        Some(half_width) if spread.center.abs() > half_width.max(noise_floor) => {
            if spread.center < 0.0 {
                Verdict::Faster
            } else {
                Verdict::Slower
            }
        }
        _ => Verdict::Undecided,
    }
}

/// The rounds by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) places: Vec<Place>,
    pub(crate) rounds: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) at: usize,
    /// One for each round that measured this place, in their order.
    pub(crate) rounds: Vec<InRound>,
    /// The median over rounds of ln(rival / base).
    pub(crate) center: f64,
}

/// What one round took at one place.
#[derive(Clone, Debug)]
pub(crate) struct InRound {
    /// The round's number.
    pub(crate) round: usize,
    pub(crate) pairs: Vec<Pair>,
    /// The median of its pairs.
    pub(crate) log_ratio: f64,
}

impl Table {
    pub(crate) fn new(rounds: &[Round]) -> Self {
        let mut table = Self::default();
        for round in rounds {
            table.add(round);
        }
        table
    }

    /// Adds a round to those that are there.
    pub(crate) fn add(&mut self, round: &Round) {
        let mut by_place: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
        for &pair in round {
            by_place.entry(pair.at).or_default().push(pair);
        }
        for (at, pairs) in by_place {
            let in_round = InRound {
                round: self.rounds,
                log_ratio: median(pairs.iter().map(Pair::log_ratio).collect()),
                pairs,
            };
            let k = self.places.partition_point(|place| place.at < at);
            if self.places.get(k).is_none_or(|place| place.at != at) {
                let place = Place {
                    at,
                    rounds: Vec::new(),
                    center: 0.0,
                };
                self.places.insert(k, place);
            }
            let place = &mut self.places[k];
            place.rounds.push(in_round);
            place.center = median(place.rounds.iter().map(|round| round.log_ratio).collect());
        }
        self.rounds += 1;
    }

    /// The verdict on each place that one of the first two rounds went to, at a level that allows for their number. Those that
    /// were added because a crossing seemed to be near are not judged one by one.
    pub(crate) fn verdicts(&self, noise_floor: f64) -> Vec<Verdict> {
        let judged = self.places.iter().filter(|place| place.is_first());
        let alpha = SINGLE_ALPHA / judged.count().max(1) as f64;
        let verdict = |place: &Place| match place.is_first() {
            true => verdict(&place.ratio(alpha), noise_floor),
            false => Verdict::Undecided,
        };
        self.places.iter().map(verdict).collect()
    }

    fn places(&self, verdicts: &[Verdict]) -> Vec<AtPlace> {
        let at_place = |(place, &verdict): (&Place, &Verdict)| AtPlace {
            at: place.at,
            rounds: place.rounds.len(),
            base: Range::of_logarithm(&place.time(|pair| pair.base)),
            rival: Range::of_logarithm(&place.time(|pair| pair.rival)),
            ratio: Range::of_logarithm(&place.ratio(ALPHA)),
            verdict,
        };
        self.places.iter().zip(verdicts).map(at_place).collect()
    }
}

impl Place {
    /// Whether one of the first two rounds went here, which go over all places.
    pub(crate) fn is_first(&self) -> bool {
        self.rounds[0].round < 2
    }

    /// The median over rounds of ln(rival / base).
    pub(crate) fn ratio(&self, alpha: f64) -> Spread {
        let ratios: Vec<f64> = self.rounds.iter().map(|round| round.log_ratio).collect();
        spread(&ratios, alpha)
    }

    /// The median over rounds of the logarithm of a time.
    fn time(&self, of: fn(&Pair) -> f64) -> Spread {
        let of_round = |round: &InRound| median(round.pairs.iter().map(of).collect()).ln();
        spread(&self.rounds.iter().map(of_round).collect::<Vec<_>>(), ALPHA)
    }
}
