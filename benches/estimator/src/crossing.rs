//! Where the rival overtakes the base.
//!
//! A *crossing* lies between a place where the rival is slower and the next one where it is faster, or the other way
//! round. These two are its *bracket*. All crossings are reported, not only the last.
//!
//! What is estimated is the place at which the rival wins half of the pairs: where the median of ln(rival / base) is 0.
//!
//! 1. **Roughly**: the medians on both sides of the bracket are made to fall steadily ([`falling`]), since it is
//!    mostly noise that lets them rise, and interpolated linearly in ln n.
//! 2. **Exactly**: near that place the curve of ln(rival / base) is taken for a line with a knee at the crossing. If the
//!    crossing were at x, then each pair in the window would lie above or below the line through x with probability one
//!    half. So pairs above count +1, pairs below −1, those near the middle of the window more; and the crossing is the x at which the
//!    sum is 0. No mean and no median of few pairs is taken, so times that are skewed or have two modes do not pull it aside.
//! 3. **Its interval**: the x that the rounds do not refute. The sum of each round is one observation, since pairs of one
//!    round share its luck; Student's t over the rounds says which x are refuted. If no x below the largest place is, that
//!    end of the interval is open.
//!
//! Sources: the sign test, inverted, as in Lehmann, *Nonparametrics* (1975), section 4.1; rounds as clusters after
//! Liang and Zeger, "Longitudinal Data Analysis Using Generalized Linear Models" (1986); Mytkowicz et al., "Producing
//! Wrong Data Without Doing Anything Obviously Wrong!" (2009), for why each round needs a process of its own.

use serde::{Deserialize, Serialize};

use crate::estimate::{Place, Table, Verdict};
use crate::statistics::{ALPHA, FEWEST, Knot, falling, student};

/// A place at which the rival changes sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Which side it changes to.
    pub to: Verdict,
    /// Where: a number of items, interpolated.
    pub at: f64,
    /// The lower end of its 95% interval; `None` if it may be below every place that was measured.
    pub low: Option<f64>,
    /// The upper end; `None` if it may be above every place that was measured, or not exist.
    pub high: Option<f64>,
    /// The largest place where the rival is decidedly on the old side, if there is one.
    pub below: Option<usize>,
    /// The smallest place where it is decidedly on the new side, if there is one.
    pub above: Option<usize>,
}

/// Two neighbouring runs of places with different verdicts. Places are given by their numbers in rising order; those
/// without a verdict belong to no run.
#[derive(Debug, PartialEq)]
struct Change {
    to: Verdict,
    /// The first place of the run before, the first of all if there is none.
    first: usize,
    /// The last place of the run before.
    below: Option<usize>,
    /// The first place of the run after.
    above: Option<usize>,
    /// The last place of the run after, the last of all if there is none.
    last: usize,
}

/// The window reaches so many times as far as the interval, and so far in ln n at least and at most.
const WINDOW: f64 = 2.5;
const LEAST_WINDOW: f64 = 0.04;
const WIDEST_WINDOW: f64 = 0.7;
/// With fewer rounds than this a window is too small, if it can be wider.
const ENOUGH: f64 = 8.0;
/// How often the window is fitted to the interval that it gives.
const LOOKS: usize = 5;
/// The intervals of the looks before this one do not count.
const BELIEVED_FROM: usize = 3;
/// How far in ln n a curve that bends between two sizes may lie from the straight line.
const BETWEEN_SIZES: f64 = 0.018;
/// The slopes on both sides are taken from a window this many times as wide.
const SLOPE_WINDOW: f64 = 3.0;
const LEAST_SLOPE_WINDOW: f64 = 0.7;
/// The rival gains at least so much, in ln(rival / base) for each step of 1 in ln n.
const LEAST_SLOPE: f64 = 0.05;

/// Every crossing that `strict` verdicts show.
pub(crate) fn crossings(table: &Table, strict: &[Verdict]) -> Vec<Crossing> {
    let plain: Vec<bool> = table
        .places
        .iter()
        .map(|place| {
            let ratio = place.ratio(ALPHA);
            ratio
                .half_width
                .is_some_and(|half_width| ratio.center < -half_width)
        })
        .collect();
    let changes = changes(strict, &plain);
    changes
        .iter()
        .filter_map(|change| crossing(table, change))
        .collect()
}

/// Where the crossings lie, in ln n, and how far that may be off: what a measurement under way needs to know.
pub(crate) fn first_look(table: &Table, verdicts: &[Verdict]) -> Vec<(f64, f64)> {
    let changes = changes(verdicts, &vec![false; verdicts.len()]);
    let places = changes.iter().filter_map(|change| {
        let (x, low, high) = locate(table, change)?;
        Some((x, (high - low) / 2.0))
    });
    places.collect()
}

/// The crossing at a change; `None` if the line does not reach 0, which is possible only where the bracket lacks an end.
fn crossing(table: &Table, change: &Change) -> Option<Crossing> {
    let (x, low, high) = locate(table, change)?;
    let (least, most) = ends(table, change);
    let end = |x: f64, edge: f64, bracket: Option<usize>| {
        (x != edge || bracket.is_some()).then(|| x.exp())
    };
    Some(Crossing {
        to: change.to,
        at: x.exp(),
        low: end(low, least, change.below),
        high: end(high, most, change.above),
        below: change.below.map(|k| table.places[k].at),
        above: change.above.map(|k| table.places[k].at),
    })
}

/// Between which places a crossing must lie, in ln n.
fn ends(table: &Table, change: &Change) -> (f64, f64) {
    let x_of = |k: usize| (table.places[k].at as f64).ln();
    (
        x_of(change.below.unwrap_or(0)),
        x_of(change.above.unwrap_or(table.places.len() - 1)),
    )
}

/// Where the crossing at a change lies, and the ends of its interval, in ln n.
fn locate(table: &Table, change: &Change) -> Option<(f64, f64, f64)> {
    let (least, most) = ends(table, change);
    let mut x = roughly(table, change)?;
    let mut found = None;
    let mut reach = WIDEST_WINDOW;
    for look in 0..LOOKS {
        let Some(window) = Window::new(table, change, x, reach) else {
            break;
        };
        let (low, high) = window.interval(least, most);
        x = window.crossing().clamp(low, high);
        let low = (x - (x - low).hypot(BETWEEN_SIZES)).max(least);
        let high = (x + (high - x).hypot(BETWEEN_SIZES)).min(most);
        reach = (WINDOW * (high - low) / 2.0).clamp(LEAST_WINDOW, WIDEST_WINDOW);
        // Where two windows disagree, the truth may be in either.
        found = match found {
            Some((_, lowest, highest)) if look >= BELIEVED_FROM => {
                Some((x, low.min(lowest), high.max(highest)))
            }
            _ => Some((x, low, high)),
        };
    }
    Some(found.unwrap_or((x, least, most)))
}

/// 1 if ln(rival / base) falls at the change, else −1.
fn sign(change: &Change) -> f64 {
    if change.to == Verdict::Faster {
        1.0
    } else {
        -1.0
    }
}

/// Where the falling line through the places' medians is 0, in ln n; `None` if it stays on one side.
fn roughly(table: &Table, change: &Change) -> Option<f64> {
    let points = table.places[change.first..=change.last].iter();
    let knots = falling(points.map(|place| Knot {
        x: (place.at as f64).ln(),
        y: sign(change) * place.center,
        weight: place.rounds.len() as f64,
    }));
    let k = knots.iter().position(|knot| knot.y < 0.0)?;
    let (above, below) = (knots[k.checked_sub(1)?], knots[k]);
    let share = above.y / (above.y - below.y);
    Some(above.x + share * (below.x - above.x))
}

/// The pairs near a crossing.
struct Window {
    pairs: Vec<InWindow>,
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
    /// The pairs round `middle`, up to `reach` away, or as far as it takes to have enough rounds on both sides; `None` if
    /// there are not.
    fn new(table: &Table, change: &Change, middle: f64, mut reach: f64) -> Option<Self> {
        let places = &table.places[change.first..=change.last];
        loop {
            let inside: Vec<&Place> = places
                .iter()
                .filter(|place| ((place.at as f64).ln() - middle).abs() < reach)
                .collect();
            let x_of = |place: &&Place| (place.at as f64).ln();
            let both_sides = inside.first().is_some_and(|place| x_of(place) <= middle)
                && inside.last().is_some_and(|place| x_of(place) >= middle);
            let all = inside.len() == places.len();
            if both_sides || all {
                let window = Self::with(table, change, middle, reach, &inside);
                let rounds = window.effective_rounds();
                if rounds >= ENOUGH {
                    return Some(window);
                }
                if all {
                    return (rounds >= FEWEST as f64).then_some(window);
                }
            }
            reach *= 1.3;
        }
    }

    /// As many rounds of equal weight would count as much.
    fn effective_rounds(&self) -> f64 {
        let mut weights = vec![0.0; self.rounds];
        for pair in &self.pairs {
            weights[pair.round] += pair.weight;
        }
        let whole: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        whole * whole / squares
    }

    fn with(table: &Table, change: &Change, middle: f64, reach: f64, inside: &[&Place]) -> Self {
        let sign = sign(change);
        let mut pairs = Vec::new();
        for place in inside {
            let x = (place.at as f64).ln();
            for round in &place.rounds {
                for pair in &round.pairs {
                    pairs.push(InWindow {
                        round: round.round,
                        x,
                        y: sign * pair.log_ratio(),
                        weight: 1.0 - (x - middle).abs() / reach,
                    });
                }
            }
        }
        let slopes = slopes(
            &table.places[change.first..=change.last],
            table.rounds,
            sign,
            middle,
            (SLOPE_WINDOW * reach).max(LEAST_SLOPE_WINDOW),
        );
        Self {
            pairs,
            slopes,
            rounds: table.rounds,
            middle,
            reach,
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

    fn crossing(&self) -> f64 {
        let (low, high) = (
            self.middle - 4.0 * self.reach,
            self.middle + 4.0 * self.reach,
        );
        bisect(low, high, |x| self.sums(x).iter().sum())
    }

    /// The lowest and the highest x from `least` to `most` that the rounds do not refute.
    fn interval(&self, least: f64, most: f64) -> (f64, f64) {
        let reach = student((self.effective_rounds() - 1.0).floor().max(1.0), ALPHA);
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

/// Where `falls`, which goes from positive to negative, is 0; an end if it stays on one side.
fn bisect(low: f64, high: f64, falls: impl Fn(f64) -> f64) -> f64 {
    if falls(low) <= 0.0 {
        return low;
    }
    if falls(high) >= 0.0 {
        return high;
    }
    let (mut low, mut high) = (low, high);
    while high - low > 1e-4 {
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
/// places of the same round, which share its luck; those across the middle count half.
///
/// Source: Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau" (1968).
fn slopes(places: &[Place], rounds: usize, sign: f64, middle: f64, reach: f64) -> (f64, f64) {
    let mut by_round: Vec<Vec<(f64, f64)>> = vec![Vec::new(); rounds];
    for place in places {
        let d = (place.at as f64).ln() - middle;
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

/// Where `strict` verdicts change from one side to the other. Places without one at the upper end may hide one more place
/// from which on the rival is faster, if it is faster there at the `plain` level, without regard to the number of places.
fn changes(strict: &[Verdict], plain: &[bool]) -> Vec<Change> {
    // Runs of equal verdicts: side, first, last.
    let mut runs: Vec<(Verdict, usize, usize)> = Vec::new();
    for (k, &verdict) in strict.iter().enumerate() {
        match runs.last_mut() {
            _ if verdict == Verdict::Undecided => {}
            Some((same, _, last)) if *same == verdict => *last = k,
            _ => runs.push((verdict, k, k)),
        }
    }
    let (Some(&first), Some(&last)) = (runs.first(), runs.last()) else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    if first.0 == Verdict::Faster {
        changes.push(Change {
            to: Verdict::Faster,
            first: 0,
            below: None,
            above: Some(first.1),
            last: first.2,
        });
    }
    changes.extend(runs.windows(2).map(|pair| Change {
        to: pair[1].0,
        first: pair[0].1,
        below: Some(pair[0].2),
        above: Some(pair[1].1),
        last: pair[1].2,
    }));
    if last.0 == Verdict::Slower && plain[last.2..].contains(&true) {
        changes.push(Change {
            to: Verdict::Faster,
            first: last.1,
            below: Some(last.2),
            above: None,
            last: strict.len() - 1,
        });
    }
    changes
}
