//! Where the rival overtakes the base.
//!
//! A *crossing* lies between a place where the rival is slower and the next one where it is faster, or the other way
//! round. These two are its *bracket*. All crossings are reported, not only the last.
//!
//! What is estimated is the place at which the rival wins half of the pairs: where the median of ln(rival / base) is 0.
//!
//! 1. **Roughly**: the medians on both sides of the bracket are made to fall steadily ([`falling`]), since it is
//!    mostly noise that lets them rise, and interpolated linearly in ln n.
//! 2. **Exactly**: near that place the curve of ln(rival / base) is taken for a line with a knee at the crossing. If
//!    the crossing were at x, then each pair in the window would lie above or below the line through x with
//!    probability one half. So pairs above count +1, pairs below −1, those near the middle of the window more; and
//!    the crossing is the x at which the sum is 0. No mean and no median of few pairs is taken, so times that are
//!    skewed or have two modes do not pull it aside.
//! 3. **Its interval**: the x that the rounds do not refute. The sum of each round is one observation, since pairs of
//!    one round share its disturbances; Student's t over the rounds says which x are refuted. The interval ends at the
//!    bracket; where nothing is decided below the crossing, its lower end may be open.
//! 4. **What a straight line misses**: the window is as wide as the interval asks for, so it is fitted again and again,
//!    and where the last windows disagree, the interval reaches over both. And it is widened by what a curve may bend
//!    between two sizes. So where times are straight lines, it holds the truth more often than in 95% of the runs.
//!
//! Sources: the sign test, inverted, as in Lehmann, *Nonparametrics* (1975), section 4.1; rounds as clusters after
//! Liang and Zeger, "Longitudinal Data Analysis Using Generalized Linear Models" (1986); Mytkowicz et al., "Producing
//! Wrong Data Without Doing Anything Obviously Wrong!" (2009), for why each round needs a process of its own.

use serde::{Deserialize, Serialize};

use crate::by_place::{ByPlace, Place};
use crate::pair::Pair;
use crate::statistics::{ALPHA, Knot, SINGLE_ALPHA, falling, median, spread};
use crate::verdict::Verdict;
use crate::window::Window;

/// A place at which the rival changes sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Which side it changes to.
    pub to: Verdict,
    /// Where: a number of items, interpolated.
    pub at: f64,
    /// The lower end of its 95% interval; `None` if it may be below every place that was measured.
    pub low: Option<f64>,
    /// The upper end.
    pub high: f64,
    /// The largest place where the rival is decidedly on the old side, if there is one.
    pub below: Option<usize>,
    /// The smallest place where it is decidedly on the new side.
    pub above: usize,
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
    above: usize,
    /// The last place of the run after.
    last: usize,
}

/// The window reaches this many times as far as the interval; the next two lines are its limits, in ln n.
const WINDOW: f64 = 2.5;
const LEAST_WINDOW: f64 = 0.04;
const WIDEST_WINDOW: f64 = 0.7;
/// How often the window is fitted to the interval that it gives.
const LOOKS: usize = 5;
/// The intervals of the looks before this one do not count.
const BELIEVED_FROM: usize = 3;
/// How far in ln n a curve that bends between two sizes may lie from the straight line.
const BETWEEN_SIZES: f64 = 0.034;

/// Every crossing that `strict` verdicts show.
pub(crate) fn crossings(rounds: &ByPlace, strict: &[Verdict], noise_floor: f64) -> Vec<Crossing> {
    let changes = changes(&with_runs(rounds, strict, noise_floor));
    changes
        .iter()
        .filter_map(|change| crossing(rounds, change))
        .collect()
}

/// The `strict` verdicts, and some more. Beyond a place where the rival is slower, it may seem faster at several
/// neighbours while each of them alone shows too little. Then the rounds of these neighbours are judged together. If
/// the rival is faster, the neighbour where it is farthest ahead counts as decided.
fn with_runs(rounds: &ByPlace, strict: &[Verdict], noise_floor: f64) -> Vec<Verdict> {
    let mut verdicts = strict.to_vec();
    let all: Vec<usize> = (0..strict.len()).collect();
    let center = |k: usize| rounds.places[k].center;
    let seems_faster = |k: usize| strict[k] != Verdict::Slower && center(k) < 0.0;
    for run in all.chunk_by(|&a, &b| seems_faster(a) == seems_faster(b)) {
        if !seems_faster(run[0]) || !strict[..run[0]].contains(&Verdict::Slower) {
            continue;
        }
        let mut by_round = vec![Vec::new(); rounds.rounds];
        for round in run.iter().flat_map(|&k| &rounds.places[k].rounds) {
            by_round[round.round].extend(round.pairs.iter().map(Pair::log_ratio));
        }
        by_round.retain(|ratios| !ratios.is_empty());
        let together: Vec<f64> = by_round.into_iter().map(median).collect();
        let together = spread(&together, SINGLE_ALPHA);
        if Verdict::of(&together, noise_floor) == Verdict::Faster {
            let ahead = run
                .iter()
                .min_by(|a, b| center(**a).total_cmp(&center(**b)));
            verdicts[*ahead.expect("a run has a place")] = Verdict::Faster;
        }
    }
    verdicts
}

/// With fewer than [`FEWEST`](crate::statistics::FEWEST) rounds a size seems to have a verdict if ln(rival / base) is
/// so far from 0.
const SEEMS_DECIDED: f64 = 0.15;

/// What each size looks like so far. It decides only where the next round looks.
pub(crate) fn verdicts_so_far(rounds: &ByPlace) -> Vec<Verdict> {
    let verdict = |place: &Place| match place.center {
        center if center.abs() <= place.ratio(ALPHA).half_width.unwrap_or(SEEMS_DECIDED) => {
            Verdict::Undecided
        }
        center if center < 0.0 => Verdict::Faster,
        _ => Verdict::Slower,
    };
    rounds.places.iter().map(verdict).collect()
}

/// Where the crossings lie, in ln n, and how far that may be off: what a measurement under way needs to know.
pub(crate) fn first_look(rounds: &ByPlace, verdicts: &[Verdict]) -> Vec<(f64, f64)> {
    let changes = changes(verdicts);
    let places = changes.iter().filter_map(|change| {
        let (x, low, high) = locate(rounds, change, 2)?;
        Some((x, (high - low) / 2.0))
    });
    places.collect()
}

/// The crossing at a change; `None` if the line does not reach 0, which is possible only where no place is below.
fn crossing(rounds: &ByPlace, change: &Change) -> Option<Crossing> {
    let (x, low, high) = locate(rounds, change, LOOKS)?;
    let (least, _) = ends(rounds, change);
    Some(Crossing {
        to: change.to,
        at: x.exp(),
        low: (low > least || change.below.is_some()).then(|| low.exp()),
        high: high.exp(),
        below: change.below.map(|k| rounds.places[k].at),
        above: rounds.places[change.above].at,
    })
}

/// Between which places a crossing must lie, in ln n.
fn ends(rounds: &ByPlace, change: &Change) -> (f64, f64) {
    let x_of = |k: usize| rounds.places[k].x;
    (x_of(change.below.unwrap_or(0)), x_of(change.above))
}

/// Where the crossing at a change lies, and the ends of its interval, in ln n.
fn locate(rounds: &ByPlace, change: &Change, looks: usize) -> Option<(f64, f64, f64)> {
    let (least, most) = ends(rounds, change);
    let places = &rounds.places[change.first..=change.last];
    let mut x = roughly(rounds, change)?;
    let mut found = None;
    let mut reach = WIDEST_WINDOW;
    for look in 0..looks {
        let Some(window) = Window::new(places, rounds.rounds, sign(change), x, reach) else {
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
fn roughly(rounds: &ByPlace, change: &Change) -> Option<f64> {
    let points = rounds.places[change.first..=change.last].iter();
    let knots = falling(points.map(|place| Knot {
        x: place.x,
        y: sign(change) * place.center,
        weight: place.rounds.len() as f64,
    }));
    let k = knots.iter().position(|knot| knot.y < 0.0)?;
    let (above, below) = (knots[k.checked_sub(1)?], knots[k]);
    let share = above.y / (above.y - below.y);
    Some(above.x + share * (below.x - above.x))
}

/// Where verdicts change from one side to the other.
fn changes(verdicts: &[Verdict]) -> Vec<Change> {
    // Runs of equal verdicts: side, first, last.
    let mut runs: Vec<(Verdict, usize, usize)> = Vec::new();
    for (k, &verdict) in verdicts.iter().enumerate() {
        match runs.last_mut() {
            _ if verdict == Verdict::Undecided => {}
            Some((same, _, last)) if *same == verdict => *last = k,
            _ => runs.push((verdict, k, k)),
        }
    }
    let mut changes = Vec::new();
    if let Some(&first) = runs.first()
        && first.0 == Verdict::Faster
    {
        changes.push(Change {
            to: Verdict::Faster,
            first: 0,
            below: None,
            above: first.1,
            last: first.2,
        });
    }
    changes.extend(runs.windows(2).map(|pair| Change {
        to: pair[1].0,
        first: pair[0].1,
        below: Some(pair[0].2),
        above: pair[1].1,
        last: pair[1].2,
    }));
    changes
}
