//! From rounds to verdicts on places.
//!
//! Rounds are independent of each other, pairs of one round are not. So a round gives one number for each of its
//! places, the median of its pairs there, and what is uncertain is judged by how rounds differ.
//!
//! Each place gets the median of its rounds, with an interval by Student's t ([`statistics::spread`]). The rival is
//! *faster* or *slower* there if the interval excludes "equal" at a level that allows for the number of places
//! (Bonferroni: of a hundred curves without any difference, five may show one somewhere), and if the median is larger
//! than the noise floor. Else the place is *undecided*. All places together get the same question once more, answered
//! by the trimmed mean of the rounds' medians: a small difference that is the same everywhere is found there, and
//! nowhere else.
//!
//! **The noise floor** is the difference that is measured where there is none: a base is compared with itself, in cells
//! of their own. Differences within it are not called differences.
//!
//! Source: Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time" (2013), for ratios, and for the level at
//! which repetition counts.
//!
//! [`statistics::spread`]: crate::statistics::spread

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::answer::Answer;
use crate::by_place::{ByPlace, Place};
use crate::crossing::{Crossing, crossings};
use crate::pair::{Pair, Round};
use crate::statistics::{ALPHA, FEWEST, SINGLE_ALPHA, Spread, median, trimmed};
use crate::verdict::{AtPlace, Range, Verdict};

/// What the rounds of one cell say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The short answer.
    pub answer: Answer,
    /// Each place that was measured, in rising order; there is one at least.
    #[serde(deserialize_with = "some_places")]
    pub places: Vec<AtPlace>,
    /// Every crossing, in rising order.
    pub crossings: Vec<Crossing>,
}

fn some_places<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<AtPlace>, D::Error> {
    let places = Vec::deserialize(from)?;
    if places.is_empty() {
        return Err(D::Error::custom("there is no place"));
    }
    Ok(places)
}

/// A curve without a difference may seem to have one in this share of the cases, because of all places together;
/// in as many of [`SINGLE_ALPHA`] because of any single place.
const OVERALL_ALPHA: f64 = 0.6 * ALPHA;

impl Estimate {
    /// What `rounds` say, given the machine's noise floor, a distance of ln(rival / base) from 0.
    ///
    /// # Panics
    ///
    /// If there is no pair at all.
    pub fn new(rounds: &[Round], noise_floor: f64) -> Self {
        let by_place = ByPlace::new(rounds);
        let verdicts = verdicts(&by_place, noise_floor);
        let crossings = crossings(&by_place, &verdicts, noise_floor);
        let places = by_place.places.iter().zip(verdicts);
        let places: Vec<AtPlace> = places
            .map(|(place, verdict)| AtPlace {
                at: place.at,
                rounds: place.rounds.len(),
                of_all: place.is_first(),
                base: Range::of_logarithm(&place.time(|pair| pair.base)),
                rival: Range::of_logarithm(&place.time(|pair| pair.rival)),
                ratio: Range::of_logarithm(&place.ratio(ALPHA)),
                verdict,
            })
            .collect();
        let together = |beyond: usize| {
            let overall = overall(rounds, beyond, OVERALL_ALPHA)?;
            let verdict = Verdict::of(&overall, noise_floor);
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
    // A shift that all cells share is the machine's; how far each cell is off by chance is its half-width.
    let shared = centers.iter().sum::<f64>() / centers.len() as f64;
    shared.abs() + median(half_widths) / (centers.len() as f64).sqrt()
}

/// All places beyond one together: the trimmed mean over rounds of the median of each. Rounds with fewer than half as
/// many pairs there as most are left out: they looked at a few large places, and their median says little.
fn overall(rounds: &[Round], beyond: usize, alpha: f64) -> Option<Spread> {
    let ratios = |round: &Round| -> Vec<f64> {
        let pairs = round.iter().filter(|pair| pair.at > beyond);
        pairs.map(Pair::log_ratio).collect()
    };
    let mut rounds: Vec<Vec<f64>> = rounds.iter().map(ratios).collect();
    rounds.retain(|ratios| !ratios.is_empty());
    let usual = median(rounds.iter().map(|ratios| ratios.len() as f64).collect());
    rounds.retain(|ratios| 2.0 * ratios.len() as f64 >= usual);
    let of_round = |ratios: &Vec<f64>| trimmed(ratios, alpha).center;
    let means: Vec<f64> = rounds.iter().map(of_round).collect();
    (means.len() >= FEWEST).then(|| trimmed(&means, alpha))
}

/// The verdict on each place that one of the first two rounds went to, at a level that allows for their number. Those
/// that were added because a crossing seemed to be near are not judged one by one.
fn verdicts(rounds: &ByPlace, noise_floor: f64) -> Vec<Verdict> {
    let judged = rounds.places.iter().filter(|place| place.is_first());
    let alpha = SINGLE_ALPHA / judged.count().max(1) as f64;
    let verdict = |place: &Place| {
        if place.is_first() {
            Verdict::of(&place.ratio(alpha), noise_floor)
        } else {
            Verdict::Undecided
        }
    };
    rounds.places.iter().map(verdict).collect()
}
