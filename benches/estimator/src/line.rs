//! The textbook model beside the measurement: T(n) = a + b·n.
//!
//! A way of running a workload costs `a` seconds before anything is computed, and `b` more for each item. Two such
//! lines cross at n* = (a₂ − a₁) / (b₁ − b₂). The model is fitted to the sizes round the crossing that was
//! measured, by least squares of the *relative* errors: a microsecond matters in ten microseconds, and not in a
//! million.
//!
//! Where the model and the measurement disagree, one of the times is no straight line there, and [`Miss`] says which
//! one. On most machines the reason is a cache or fresh memory: items cost less while all of them fit the cache, and
//! more where each new page has to be mapped.

use serde::{Deserialize, Serialize};

use crate::crossing::Crossing;
use crate::estimate::Estimate;
use crate::verdict::AtPlace;

/// T(n) = a + b·n.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Seconds that a run costs however few its items are.
    pub start: f64,
    /// Seconds for each item.
    pub per_item: f64,
}

/// The straight lines round a crossing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The base.
    pub base: Line,
    /// The rival.
    pub rival: Line,
    /// Where the lines cross; `None` if the rival's is not the flatter one, or is lower from the start.
    pub crossing: Option<f64>,
    /// Why that is not where they were measured to cross; `None` if it is.
    pub miss: Option<Miss>,
}

/// Where a straight-line model misses the measured crossing: whose times bend there. If neither's do, the times
/// scatter about the lines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Miss {
    /// The base, if its times bend.
    pub base: Option<Bend>,
    /// The rival, if its times bend.
    pub rival: Option<Bend>,
}

/// What one more item costs, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bend {
    /// Below the crossing.
    pub below: f64,
    /// Above it.
    pub above: f64,
}

/// Sizes up to this many times smaller or larger than the crossing are fitted.
const REACH: f64 = 10.0;

/// Model and measurement agree if neither is larger than the other by more than this factor.
const AGREE: f64 = 1.25;

/// How much the cost of an item may change from the smaller to the larger sizes before it counts as another.
const BEND: f64 = 1.2;

impl Line {
    /// The line through `points`, each a size and its seconds, in rising order, that is best in the sense of relative
    /// errors. `None` for fewer than two sizes.
    pub fn fit(points: &[(f64, f64)]) -> Option<Self> {
        // Weighted by 1/T², the normal equations of T = a + b·n.
        let sum = |term: fn(f64, f64) -> f64| -> f64 {
            points
                .iter()
                .map(|&(n, time)| term(n, time) / (time * time))
                .sum()
        };
        let (w, wn, wnn) = (sum(|_, _| 1.0), sum(|n, _| n), sum(|n, _| n * n));
        let (wt, wnt) = (sum(|_, time| time), sum(|n, time| n * time));
        let determinant = w * wnn - wn * wn;
        let different = points.windows(2).any(|pair| pair[0].0 < pair[1].0);
        different.then(|| Self {
            start: (wt * wnn - wnt * wn) / determinant,
            per_item: (w * wnt - wn * wt) / determinant,
        })
    }

    /// Seconds for `n` items.
    pub fn at(&self, n: f64) -> f64 {
        self.start + self.per_item * n
    }

    /// Where `other` is reached from below; `None` if it never is.
    pub fn crossing_with(&self, other: &Self) -> Option<f64> {
        let n = (other.start - self.start) / (self.per_item - other.per_item);
        (self.per_item > other.per_item && n > 0.0).then_some(n)
    }
}

impl Model {
    /// The lines round a crossing of `estimate`. `None` if too few sizes were measured there.
    pub fn new(estimate: &Estimate, crossing: &Crossing) -> Option<Self> {
        let range = crossing.at / REACH..=crossing.at * REACH;
        let places = estimate.places.iter().copied();
        let near: Vec<AtPlace> = places
            .filter(|place| range.contains(&(place.at as f64)))
            .collect();
        let base = Line::fit(&times(&near, |place| place.base.median))?;
        let rival = Line::fit(&times(&near, |place| place.rival.median))?;
        let model = base.crossing_with(&rival);
        let agree = model.is_some_and(|n| (1.0 / AGREE..=AGREE).contains(&(n / crossing.at)));
        Some(Self {
            base,
            rival,
            crossing: model,
            miss: (!agree).then(|| Miss {
                base: Bend::at(&near, crossing.at, |place| place.base.median),
                rival: Bend::at(&near, crossing.at, |place| place.rival.median),
            }),
        })
    }
}

impl Bend {
    /// `None` if an item costs about the same on both sides of `at`, or if there are too few sizes to know.
    fn at(near: &[AtPlace], at: f64, time: fn(&AtPlace) -> f64) -> Option<Self> {
        let (below, above) = near.split_at(near.partition_point(|place| (place.at as f64) < at));
        let slope = |places: &[AtPlace]| Some(Line::fit(&times(places, time))?.per_item);
        let (below, above) = (slope(below)?, slope(above)?);
        let bends = below > 0.0 && above > 0.0 && (above / below).max(below / above) > BEND;
        bends.then_some(Self { below, above })
    }
}

fn times(places: &[AtPlace], time: fn(&AtPlace) -> f64) -> Vec<(f64, f64)> {
    let points = places.iter().map(|place| (place.at as f64, time(place)));
    points.collect()
}
