//! How often the estimator is right where the truth is known: cases by the thousand, and what is counted in them.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::answer::Answer;
use crate::clocks::{Budget, Clock, Curve, Noise};
use crate::crossing::Crossing;
use crate::engine::{Purpose, judge};
use crate::line::Line;
use crate::pair::Round;
use crate::statistics::median;

/// What the commands give a cell. (`report`, where nothing was measured before, gives it as much as `--quick`.)
pub const BUDGETS: [Budget; 5] = [
    Budget {
        name: "default",
        cell: 2.3,
        start: 5e-3,
    },
    Budget {
        name: "--explain",
        cell: 1.4,
        start: 5e-3,
    },
    Budget {
        name: "--quick",
        cell: 0.48,
        start: 5e-3,
    },
    Budget {
        name: "Python",
        cell: 7.0,
        start: 0.2,
    },
    Budget {
        name: "Py. --quick",
        cell: 5.6,
        start: 0.2,
    },
];

/// What the truth looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Two straight lines that cross.
    Straight,
    /// The base is steeper from near the crossing on.
    Bent,
    /// Both curves have teeth.
    Teeth,
    /// The rival wins, and loses again.
    Twice,
    /// The rival is slower everywhere.
    Never,
    /// The rival is the base.
    Same,
    /// The rival is the base, and takes 3% longer.
    Slower,
}

impl Shape {
    /// Those that cross.
    pub const CROSSING: [Self; 4] = [Self::Straight, Self::Bent, Self::Teeth, Self::Twice];

    /// A clock of this shape; `seed` decides what it looks like and what it draws.
    pub fn clock(self, budget: &Budget, noise: Noise, seed: u64) -> Clock {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut log_uniform = |low: f64, high: f64| random.random_range(low.ln()..high.ln()).exp();
        let base = Line {
            start: 40e-9,
            per_item: log_uniform(10e-9, 2e-6),
        };
        let sizes = budget.sizes(&Curve::straight(base));
        let longest = sizes.last().map_or(1e-3, |&(_, time)| time);
        // The crossing lies where the base takes 50 µs to 40% of its largest time; or earlier, if sizes end earlier
        // or the curves cross again.
        let latest = match self {
            Self::Bent => 0.2,
            Self::Twice => 0.03,
            _ => 0.4,
        };
        let there = log_uniform(50e-6_f64.min(0.2 * latest * longest), latest * longest);
        let gain = log_uniform(1.6, 4.0);
        let factor = log_uniform(1.05, 1.5);
        let rival = match self {
            Self::Never => Line {
                start: there,
                per_item: base.per_item * factor,
            },
            Self::Same => base,
            Self::Slower => Line {
                start: 1.03 * base.start,
                per_item: 1.03 * base.per_item,
            },
            _ => Line {
                start: there * (1.0 - 1.0 / gain),
                per_item: base.per_item / gain,
            },
        };
        let mut curves = [base, rival].map(Curve::straight);
        let crossing = there / base.per_item;
        match self {
            Self::Bent => {
                curves[0].bend = Some((crossing * log_uniform(0.7, 1.2), log_uniform(1.5, 4.0)));
            }
            Self::Teeth => {
                curves[0].block = Some(0.03 * crossing);
                curves[1].block = Some(0.06 * crossing);
            }
            Self::Twice => curves[1].bend = Some((4.0 * crossing, 2.0 * gain)),
            _ => {}
        }
        // Both sides have their luck where both are the same code.
        let luck = log_uniform(0.02, 0.06);
        let same_code = matches!(self, Self::Same | Self::Slower);
        let luck = [if same_code { luck } else { 0.0 }, luck];
        Clock::new(curves, noise, luck, seed ^ 0x5EED)
    }
}

/// What came out of one made-up run.
#[expect(clippy::struct_excessive_bools, reason = "each is counted by itself")]
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Whether the answer is true: the interval of its crossing holds a true one, and it names one if there is one.
    pub right: bool,
    /// Whether an interval is open, or there is none, though the rival starts to win at a size that was measured.
    pub open: bool,
    /// Half the width of the interval in ln n, if it is closed.
    pub half_width: Option<f64>,
    /// Whether the rival is said to win anywhere.
    pub wins: bool,
    /// Whether the rival is said to be slower somewhere.
    pub slower: bool,
    /// Whether no difference is said to be.
    pub no_difference: bool,
}

/// Measures one clock of a shape, together with three cells in which its base is compared with itself.
pub fn run(shape: Shape, budget: &Budget, noise: Noise, seed: u64) -> Outcome {
    let mut clock = shape.clock(budget, noise, seed);
    let sizes = budget.sizes(&clock.curves[0]);
    let largest = sizes.last().map_or(1.0, |&(n, _)| n as f64);
    let [begins, ends] = clock.crossings(largest);
    let checks = (1..=3).map(|check| {
        let mut clock = Shape::Same.clock(budget, noise, seed + check * 1_000_003);
        clock.measure(budget, seed + check)
    });
    let mut rounds: Vec<Result<Vec<Round>, String>> = match shape {
        Shape::Same | Shape::Slower => checks.map(Ok).collect(),
        _ => Vec::new(),
    };
    let mut purposes = vec![Purpose::Check; rounds.len()];
    rounds.push(Ok(clock.measure(budget, seed)));
    purposes.push(Purpose::Compare);
    let found = judge(&purposes, rounds).cells.pop();
    let measured = found.expect("it was judged").expect("clocks never fail");
    let answer = measured.estimate.answer;
    // Of two intervals one is checked, by turns.
    let (crossing, truths) = match &answer {
        Answer::Between { begin: None, end } => (Some(end), &ends),
        Answer::Between { end, .. } if seed % 2 == 1 => (Some(end), &ends),
        answer => (answer.crossing(), &begins),
    };
    let width = crossing.and_then(|crossing| Some((crossing.high / crossing.low?).ln()));
    Outcome {
        right: crossing.map_or(begins.is_empty(), |crossing| holds(crossing, truths)),
        open: !begins.is_empty() && width.is_none(),
        half_width: width.map(|width| width / 2.0),
        wins: crossing.is_some() || matches!(answer, Answer::Always { .. }),
        slower: match answer {
            Answer::Undecided { slower_up_to, .. } => slower_up_to.is_some(),
            answer => matches!(answer, Answer::Never { .. }),
        },
        no_difference: matches!(answer, Answer::NoDifference { .. }),
    }
}

/// Whether the interval of a crossing is closed and holds one of the true ones.
fn holds(crossing: &Crossing, truths: &[f64]) -> bool {
    let holds = |low: f64| {
        truths
            .iter()
            .any(|truth| (low..=crossing.high).contains(truth))
    };
    crossing.low.is_some_and(holds)
}

/// The share of `outcomes` of which `holds` is true.
pub fn share(outcomes: &[Outcome], holds: impl Fn(&Outcome) -> bool) -> f64 {
    outcomes.iter().filter(|outcome| holds(outcome)).count() as f64 / outcomes.len() as f64
}

/// The median factor by which the truth may be larger or smaller than the crossing: 1.08 for an interval of ×/÷ 1.08.
pub fn half_width(outcomes: &[Outcome]) -> f64 {
    median(
        outcomes
            .iter()
            .filter_map(|outcome| outcome.half_width)
            .collect(),
    )
    .exp()
}
