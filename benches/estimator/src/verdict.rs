//! What rounds say about one place.

use serde::{Deserialize, Serialize};

use crate::statistics::{ALPHA, Spread, spread};

/// What the rounds say about one place of the axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtPlace {
    /// The number of items or of workers.
    pub at: usize,
    /// Rounds that measured it.
    pub rounds: usize,
    /// Whether it is one of those that rounds over all places went to. The others were added near a crossing; they
    /// have few rounds each and no verdict, and figures leave them out.
    pub of_all: bool,
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
    /// The difference is too small to call.
    Undecided,
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

    pub(crate) fn of_logarithm(spread: &Spread) -> Self {
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

impl Verdict {
    /// What a median of log ratios says.
    pub(crate) fn of(spread: &Spread, noise_floor: f64) -> Self {
        match spread.half_width {
            Some(half_width) if spread.center.abs() > half_width.max(noise_floor) => {
                if spread.center < 0.0 {
                    Self::Faster
                } else {
                    Self::Slower
                }
            }
            _ => Self::Undecided,
        }
    }
}
