//! The pairs near a crossing, and the places that they do not refute.

use crate::by_place::Place;
use crate::statistics::{ALPHA, FEWEST, student};

/// With fewer rounds than this a window is too small, if it can be wider.
const ENOUGH: f64 = 8.0;
/// The slopes on both sides are taken from a window this many times as wide.
const SLOPE_WINDOW: f64 = 3.0;
const LEAST_SLOPE_WINDOW: f64 = 0.7;
/// The rival gains at least this much, in ln(rival / base) for each step of 1 in ln n.
const LEAST_SLOPE: f64 = 0.05;

/// The pairs near a crossing.
pub(crate) struct Window {
    pairs: Vec<InWindow>,
    /// As many rounds of equal weight would count as much.
    effective_rounds: f64,
    /// The slopes of the curve below and above the crossing; both are negative.
    slopes: (f64, f64),
    rounds: usize,
    middle: f64,
    reach: f64,
}

/// One pair: its round's number, ln n, ln(rival / base), and how much it counts.
struct InWindow {
    round: usize,
    x: f64,
    y: f64,
    weight: f64,
}

impl Window {
    /// The pairs round `middle`, up to `reach` away, or as far as it takes to have enough rounds on both sides;
    /// `None` if there are not.
    pub(crate) fn new(
        places: &[Place],
        rounds: usize,
        sign: f64,
        middle: f64,
        mut reach: f64,
    ) -> Option<Self> {
        loop {
            let inside: Vec<&Place> = places
                .iter()
                .filter(|place| (place.x - middle).abs() < reach)
                .collect();
            let both_sides = inside.first().is_some_and(|place| place.x <= middle)
                && inside.last().is_some_and(|place| place.x >= middle);
            let all = inside.len() == places.len();
            if both_sides || all {
                let pairs = pairs(&inside, sign, middle, reach);
                let known = effective_rounds(&pairs, rounds);
                if all || known >= ENOUGH {
                    return (known >= FEWEST as f64).then(|| Self {
                        pairs,
                        effective_rounds: known,
                        slopes: slopes(places, rounds, sign, middle, reach),
                        rounds,
                        middle,
                        reach,
                    });
                }
            }
            reach *= 1.3;
        }
    }

    /// The sum of signs of each round if the crossing is at `x`; weighted.
    fn sums(&self, x: f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.rounds];
        for pair in &self.pairs {
            let distance = pair.x - x;
            let slope = if distance < 0.0 {
                self.slopes.0
            } else {
                self.slopes.1
            };
            let above = pair.y - slope * distance;
            sums[pair.round] += pair.weight * above.signum();
        }
        sums
    }

    pub(crate) fn crossing(&self) -> f64 {
        let (low, high) = (
            self.middle - 4.0 * self.reach,
            self.middle + 4.0 * self.reach,
        );
        bisect(low, high, |x| self.sums(x).iter().sum())
    }

    /// The lowest and the highest x from `least` to `most` that the rounds do not refute.
    pub(crate) fn interval(&self, least: f64, most: f64) -> (f64, f64) {
        let reach = student((self.effective_rounds - 1.0).floor().max(1.0), ALPHA);
        let score = |x: f64| {
            let sums = self.sums(x);
            let squares: f64 = sums.iter().map(|sum| sum * sum).sum();
            (sums.iter().sum::<f64>(), reach * squares.sqrt())
        };
        let low = bisect(least, most, |x| {
            let (sum, bound) = score(x);
            sum - bound
        });
        let high = bisect(least, most, |x| {
            let (sum, bound) = score(x);
            sum + bound
        });
        (low, high)
    }
}

/// The pairs of some places, those near the middle with most weight.
fn pairs(inside: &[&Place], sign: f64, middle: f64, reach: f64) -> Vec<InWindow> {
    let mut pairs = Vec::new();
    for place in inside {
        for round in &place.rounds {
            pairs.extend(round.pairs.iter().map(|pair| InWindow {
                round: round.round,
                x: place.x,
                y: sign * pair.log_ratio(),
                weight: 1.0 - (place.x - middle).abs() / reach,
            }));
        }
    }
    pairs
}

/// How many rounds of equal weight would count as much as those of `pairs`.
fn effective_rounds(pairs: &[InWindow], rounds: usize) -> f64 {
    let mut weights = vec![0.0; rounds];
    for pair in pairs {
        weights[pair.round] += pair.weight;
    }
    let whole: f64 = weights.iter().sum();
    whole * whole / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

/// Where `falls`, which goes from positive to negative, is 0; an end if it stays on one side.
fn bisect(low: f64, high: f64, falls: impl Fn(f64) -> f64) -> f64 {
    if falls(low) <= 0.0 {
        return low;
    }
    if falls(high) >= 0.0 {
        return high;
    }
    let (mut low, mut high) = (low, high);
    while high - low > 5e-4 {
        let middle = f64::midpoint(low, high);
        if falls(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The slopes of the curve below and above `middle`: on each side the weighted median of the slopes between any two
/// places of the same round, which share its disturbances; those across the middle count half.
///
/// Source: Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau" (1968).
fn slopes(places: &[Place], rounds: usize, sign: f64, middle: f64, reach: f64) -> (f64, f64) {
    let mut by_round: Vec<Vec<(f64, f64)>> = vec![Vec::new(); rounds];
    let reach = (SLOPE_WINDOW * reach).max(LEAST_SLOPE_WINDOW);
    for place in places {
        let d = place.x - middle;
        if d.abs() < reach {
            for round in &place.rounds {
                by_round[round.round].push((d, sign * round.log_ratio));
            }
        }
    }
    let (mut below, mut above) = (Vec::new(), Vec::new());
    for points in by_round {
        for (k, low) in points.iter().enumerate() {
            for high in &points[k + 1..] {
                let slope = (high.1 - low.1) / (high.0 - low.0);
                let across = if low.0 < 0.0 && high.0 > 0.0 {
                    0.5
                } else {
                    1.0
                };
                if low.0 < 0.0 {
                    below.push((slope, across));
                }
                if high.0 > 0.0 {
                    above.push((slope, across));
                }
            }
        }
    }
    (
        weighted_median(below).min(-LEAST_SLOPE),
        weighted_median(above).min(-LEAST_SLOPE),
    )
}

/// The value below which half of the weight lies; NaN of none.
fn weighted_median(mut values: Vec<(f64, f64)>) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let middle = values.iter().find(|(_, weight)| {
        sum += weight;
        sum >= half
    });
    middle.map_or(f64::NAN, |(value, _)| *value)
}
