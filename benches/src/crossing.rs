//! From paired times to crossover points: the estimator.
//!
//! It knows nothing of what was measured, or how: it is given times, and tested on made-up clocks whose
//! truth is known (`benches/tests/synthetic_clocks.rs`).
//!
//! # Method
//!
//! A *pair* is one serial and one parallel run of the same size, one right after the other, so that a
//! machine that slows down slows both; what counts is ln(parallel / serial). A *round* is a visit to
//! the machine: a fresh process takes pairs of several sizes. Rounds are independent of each other,
//! pairs of one round are not; so a round gives one number for each of its sizes, the median of its pairs
//! there, and what is uncertain is judged by how the rounds differ.
//!
//! 1. **Each size** gets the median of its rounds, with an interval ([`statistics::medians`]). The paradigm is
//!    *faster* or *slower* there if the interval excludes 0, at a level that allows for the number of sizes
//!    (Bonferroni: of a hundred curves without any difference, five may show one somewhere), and if
//!    the median is larger than the machine's noise floor. Else there is *no difference*. **All sizes together** get
//!    the same question once more, answered by the median of each round: a small difference that is the same
//!    everywhere is found there, and nowhere else.
//! 2. **A crossing** lies between a size where the paradigm is slower and the next one where it is faster, or
//!    the other way round. These two are its *bracket*. All crossings are reported, not only the last.
//! 3. **Where in the bracket**: the medians on both sides of it are made to fall steadily
//!    ([`statistics::falling`]), since it is mostly noise that lets them rise, and interpolated linearly in ln n; the
//!    crossing is where that line is 0. (Real teeth in a curve, from chunks that do not fill a kernel's block, are
//!    smoothed over unless a size on each side of them is decided; then they are crossings of their own.) At the
//!    ends of what was measured a crossing may have half a bracket; at the upper one only if the paradigm is
//!    faster at some size there at the plain level, without regard to their number.
//! 4. **Its interval** comes from a bootstrap over whole rounds: rounds are drawn with replacement, the
//!    crossing is located anew, and the middle of the results is what could have been measured as well.
//!    How much of the middle follows Student's t ([`statistics::bootstrap_tail`]), since rounds are few. A draw
//!    whose line stays on one side counts as beyond all sizes; if there are too many of those, the
//!    interval is open at that end.
//!
//! **The noise floor** ([`noise_floor`]) is what comes out where nothing differs: serial code against serial
//! code, measured like any rival. Differences within it are not called differences.
//!
//! Sources: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapters 8 and 13; Kalibera and
//! Jones, "Rigorous Benchmarking in Reasonable Time" (2013), for ratios, and for the level at which repetition
//! counts; Mytkowicz et al., "Producing Wrong Data Without Doing Anything Obviously Wrong!" (2009), for why each
//! round needs a process of its own.
//!
//! [`statistics::medians`]: crate::statistics::medians
//! [`statistics::falling`]: crate::statistics::falling
//! [`statistics::bootstrap_tail`]: crate::statistics::bootstrap_tail

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::statistics::{
    ALPHA, Knot, Spread, bootstrap_tail, falling, median, median_in_place, medians,
};

/// One serial and one parallel run of the same size, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The number of items.
    pub n: usize,
    /// The serial run's time.
    pub serial: f64,
    /// The parallel run's time.
    pub parallel: f64,
}

/// Pairs of several sizes that were taken in one visit; there may be several of each size.
pub type Round = Vec<Pair>;

/// What the rounds say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Each size that was measured, in rising order.
    pub sizes: Vec<AtSize>,
    /// Every crossing, in rising order.
    pub crossings: Vec<Crossing>,
    /// Which is faster over all sizes together: of interest where no single size tells.
    pub overall: Verdict,
}

/// What the rounds say about one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtSize {
    /// The number of items.
    pub n: usize,
    /// Rounds that measured it.
    pub rounds: usize,
    /// Seconds of a serial run.
    pub serial: Range,
    /// Seconds of a parallel run.
    pub parallel: Range,
    /// Parallel time over serial time. (The median of ratios is not exactly the ratio of medians.)
    pub ratio: Range,
    /// Which of them is faster, if either.
    pub verdict: Verdict,
}

/// A median of positive values, with a 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The median.
    pub median: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// How the paradigm compares with serial code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It takes longer.
    Slower,
    /// It takes less time.
    Faster,
    /// What was measured does not tell them apart.
    NoDifference,
}

/// A size at which the paradigm changes sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Which side it changes to.
    pub to: Verdict,
    /// The number of items, interpolated.
    pub n: f64,
    /// The lower end of its 95% interval; `None` if it may be below every size that was measured.
    pub low: Option<f64>,
    /// The upper end; `None` if it may be above every size that was measured, or not exist.
    pub high: Option<f64>,
    /// The largest size where the paradigm is still on the old side beyond doubt, if there is one.
    pub bracket_low: Option<usize>,
    /// The smallest size where it is on the new side beyond doubt, if there is one.
    pub bracket_high: Option<usize>,
}

/// From which size on the paradigm pays: the short answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pays {
    /// From this crossing on.
    From(Crossing),
    /// Only between these two: at the larger ones it loses what it had gained. The first is `None` if it is
    /// faster from the smallest size on.
    Between(Option<Crossing>, Crossing),
    /// At every size that was measured; this is the smallest.
    Always(usize),
    /// At no size up to this, the largest.
    Never(usize),
    /// Nobody can tell: no size up to this, the largest, shows a difference.
    NoDifference(usize),
}

/// A curve without a difference may seem to have one in this share of the cases, because of all sizes together, ...
const OVERALL_ALPHA: f64 = 0.5 * ALPHA;
/// ... and in this one because of any single size.
const SINGLE_ALPHA: f64 = 0.3 * ALPHA;

/// Resamplings of the bootstrap.
const RESAMPLES: usize = 1_000;

/// What `rounds` say, given the machine's [noise floor](noise_floor).
///
/// # Panics
///
/// If there is no pair at all.
pub fn estimate(rounds: &[Round], noise_floor: f64) -> Estimate {
    let table = Table::new(rounds);
    let sizes = table.at_sizes(noise_floor);
    let crossings = table
        .changes(noise_floor)
        .iter()
        .filter_map(|change| table.crossing(change))
        .collect();
    let overall = medians(&[medians_of_rounds(rounds)], OVERALL_ALPHA)[0];
    Estimate {
        sizes,
        crossings,
        overall: verdict(&overall, noise_floor),
    }
}

/// Which sizes show a difference, and where the crossings lie, without their intervals: what a measurement under
/// way needs to know.
///
/// # Panics
///
/// If there is no pair at all.
pub fn first_look(rounds: &[Round]) -> (Vec<(usize, Verdict)>, Vec<f64>) {
    let table = Table::new(rounds);
    let once = vec![1; rounds.len()];
    let crossings = table
        .changes(0.0)
        .iter()
        .filter_map(|change| table.locate(change, &once).finite())
        .collect();
    let sizes = table.sizes.iter().map(|size| size.n);
    (sizes.zip(table.strict_verdicts(0.0)).collect(), crossings)
}

/// The distance from 0 of ln(serial / serial) that this machine shows though nothing differs: the outer end of
/// the interval of the median over all rounds of serial code against serial code.
///
/// 0 if there are fewer than two rounds: then nothing is known of it.
pub fn noise_floor<'a>(serial_rounds: impl IntoIterator<Item = &'a Round>) -> f64 {
    let rounds = medians_of_rounds(serial_rounds);
    if rounds.len() < 2 {
        return 0.0;
    }
    let spread = medians(&[rounds], ALPHA)[0];
    spread.median.abs() + spread.half_width
}

/// The median of each round, over all its sizes. Rounds with fewer than half as many pairs as most are left out:
/// they looked at a few large sizes, and their median says little.
fn medians_of_rounds<'a>(rounds: impl IntoIterator<Item = &'a Round>) -> Vec<f64> {
    let rounds: Vec<&Round> = rounds.into_iter().collect();
    let usual = median(rounds.iter().map(|round| round.len() as f64).collect());
    let large = rounds
        .iter()
        .filter(|round| 2.0 * round.len() as f64 >= usual);
    large
        .map(|round| median(round.iter().map(log_ratio).collect()))
        .collect()
}

/// What a median of log ratios says.
fn verdict(spread: &Spread, noise_floor: f64) -> Verdict {
    if spread.median.abs() <= spread.half_width.max(noise_floor) {
        Verdict::NoDifference
    } else if spread.median < 0.0 {
        Verdict::Faster
    } else {
        Verdict::Slower
    }
}

impl Estimate {
    /// What was found at the largest size.
    pub fn largest(&self) -> &AtSize {
        self.sizes.last().expect("there are sizes")
    }

    /// From which size on the paradigm pays.
    pub fn pays(&self) -> Pays {
        let smallest = self.sizes.first().expect("there are sizes").n;
        let largest = self.largest().n;
        match self.crossings[..] {
            [.., last] if last.to == Verdict::Faster => Pays::From(last),
            [.., begin, end] => Pays::Between(Some(begin), end),
            [end] => Pays::Between(None, end),
            [] => {
                let decided = self.sizes.iter().find_map(|size| decided(size.verdict));
                match decided.unwrap_or(self.overall) {
                    Verdict::Faster => Pays::Always(smallest),
                    Verdict::Slower => Pays::Never(largest),
                    Verdict::NoDifference => Pays::NoDifference(largest),
                }
            }
        }
    }

    /// How long serial code takes for `n` items, in seconds: interpolated in ln n and ln time.
    pub fn serial_time_at(&self, n: f64) -> f64 {
        let above = self.sizes.partition_point(|size| (size.n as f64) < n);
        let high = &self.sizes[above.min(self.sizes.len() - 1)];
        let low = &self.sizes[above.saturating_sub(1)];
        if low.n == high.n {
            return low.serial.median;
        }
        let share = (n / low.n as f64).ln() / (high.n as f64 / low.n as f64).ln();
        (low.serial.median.ln() * (1.0 - share) + high.serial.median.ln() * share).exp()
    }
}

fn decided(verdict: Verdict) -> Option<Verdict> {
    (verdict != Verdict::NoDifference).then_some(verdict)
}

fn log_ratio(pair: &Pair) -> f64 {
    (pair.parallel / pair.serial).ln()
}

/// The rounds by size.
struct Table {
    sizes: Vec<BySize>,
    rounds: usize,
}

struct BySize {
    n: usize,
    /// One for each round that measured this size, in their order.
    rounds: Vec<InRound>,
}

/// The medians of the pairs that one round took of one size.
struct InRound {
    round: usize,
    serial: f64,
    parallel: f64,
    log_ratio: f64,
}

/// Two neighbouring runs of sizes with different verdicts. Sizes are given by their numbers in rising order; those
/// without a verdict belong to no run.
#[derive(Debug, PartialEq)]
struct Change {
    to: Verdict,
    /// The first size of the run before, the first of all if there is none.
    first: usize,
    /// The last size of the run before.
    bracket_low: Option<usize>,
    /// The first size of the run after.
    bracket_high: Option<usize>,
    /// The last size of the run after, the last of all if there is none.
    last: usize,
}

impl Table {
    fn new(rounds: &[Round]) -> Self {
        let mut by_size: BTreeMap<usize, Vec<InRound>> = BTreeMap::new();
        for (number, round) in rounds.iter().enumerate() {
            let mut pairs: BTreeMap<usize, Vec<&Pair>> = BTreeMap::new();
            for pair in round {
                pairs.entry(pair.n).or_default().push(pair);
            }
            for (n, pairs) in pairs {
                let of =
                    |what: fn(&Pair) -> f64| median(pairs.iter().map(|&pair| what(pair)).collect());
                by_size.entry(n).or_default().push(InRound {
                    round: number,
                    serial: of(|pair| pair.serial),
                    parallel: of(|pair| pair.parallel),
                    log_ratio: of(log_ratio),
                });
            }
        }
        let sizes = by_size.into_iter().map(|(n, rounds)| BySize { n, rounds });
        Self {
            sizes: sizes.collect(),
            rounds: rounds.len(),
        }
    }

    /// What each round found, for each size.
    fn samples(&self, what: fn(&InRound) -> f64) -> Vec<Vec<f64>> {
        let of_size = |size: &BySize| size.rounds.iter().map(what).collect();
        self.sizes.iter().map(of_size).collect()
    }

    /// The verdict on each size, at a level that allows for their number.
    fn strict_verdicts(&self, noise_floor: f64) -> Vec<Verdict> {
        self.verdicts(noise_floor, SINGLE_ALPHA / self.sizes.len() as f64)
    }

    fn verdicts(&self, noise_floor: f64, alpha: f64) -> Vec<Verdict> {
        let spreads = medians(&self.samples(|round| round.log_ratio), alpha);
        let verdicts = spreads.iter().map(|spread| verdict(spread, noise_floor));
        verdicts.collect()
    }

    fn changes(&self, noise_floor: f64) -> Vec<Change> {
        let strict = self.strict_verdicts(noise_floor);
        changes(&strict, &self.verdicts(noise_floor, ALPHA))
    }

    fn at_sizes(&self, noise_floor: f64) -> Vec<AtSize> {
        let ranges = |samples: &[Vec<f64>]| -> Vec<Range> {
            let spreads = medians(samples, ALPHA).into_iter();
            let range = spreads.map(|spread| Range {
                median: spread.median.exp(),
                low: (spread.median - spread.half_width).exp(),
                high: (spread.median + spread.half_width).exp().min(f64::MAX),
            });
            range.collect()
        };
        let serial = ranges(&self.samples(|round| round.serial.ln()));
        let parallel = ranges(&self.samples(|round| round.parallel.ln()));
        let ratio = ranges(&self.samples(|round| round.log_ratio));
        self.strict_verdicts(noise_floor)
            .into_iter()
            .enumerate()
            .map(|(k, verdict)| AtSize {
                n: self.sizes[k].n,
                rounds: self.sizes[k].rounds.len(),
                serial: serial[k],
                parallel: parallel[k],
                ratio: ratio[k],
                verdict,
            })
            .collect()
    }

    /// The crossing at a change; `None` if the line does not reach 0, which is possible only where the bracket
    /// lacks an end.
    fn crossing(&self, change: &Change) -> Option<Crossing> {
        let once = vec![1; self.rounds];
        let n = self.locate(change, &once).finite()?;

        let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
        let mut points: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let mut drawn = vec![0; self.rounds];
                for _ in 0..self.rounds {
                    drawn[random.random_range(0..self.rounds)] += 1;
                }
                self.locate(change, &drawn).0
            })
            .collect();
        points.sort_unstable_by(f64::total_cmp);
        let tail = bootstrap_tail(self.rounds_near(n).max(2));
        let below = (tail * RESAMPLES as f64).floor() as usize;
        // The interval holds the estimate even where the resamplings lean to one side.
        let low = Point(points[below].min(n));
        let high = Point(points[RESAMPLES - 1 - below].max(n));
        Some(Crossing {
            to: change.to,
            n,
            low: low.finite(),
            high: high.finite(),
            bracket_low: change.bracket_low.map(|k| self.sizes[k].n),
            bracket_high: change.bracket_high.map(|k| self.sizes[k].n),
        })
    }

    /// Where the falling line through the medians is 0, if round `r` is counted `drawn[r]` times.
    fn locate(&self, change: &Change, drawn: &[u32]) -> Point {
        let sign = if change.to == Verdict::Faster {
            1.0
        } else {
            -1.0
        };
        let mut values = Vec::new();
        let points = self.sizes[change.first..=change.last]
            .iter()
            .filter_map(|size| {
                values.clear();
                for round in &size.rounds {
                    for _ in 0..drawn[round.round] {
                        values.push(sign * round.log_ratio);
                    }
                }
                (!values.is_empty()).then(|| Knot {
                    x: (size.n as f64).ln(),
                    y: median_in_place(&mut values),
                    weight: values.len() as f64,
                })
            });
        let knots = falling(points);
        match knots.iter().position(|knot| knot.y < 0.0) {
            None => Point::ABOVE,
            Some(0) => Point::BELOW,
            Some(k) => {
                let (above, below) = (knots[k - 1], knots[k]);
                let share = above.y / (above.y - below.y);
                Point((above.x + share * (below.x - above.x)).exp())
            }
        }
    }

    /// How many rounds measured the sizes on both sides of `n`: the larger of the two numbers.
    fn rounds_near(&self, n: f64) -> usize {
        let above = self.sizes.partition_point(|size| (size.n as f64) < n);
        let near = above.saturating_sub(1)..(above + 1).min(self.sizes.len());
        let rounds = self.sizes[near].iter().map(|size| size.rounds.len());
        rounds.max().unwrap_or(0)
    }
}

/// Where a crossing lies; below and above all sizes are infinities, so that points can be sorted.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point(f64);

impl Point {
    const BELOW: Self = Self(f64::NEG_INFINITY);
    const ABOVE: Self = Self(f64::INFINITY);

    fn finite(self) -> Option<f64> {
        self.0.is_finite().then_some(self.0)
    }
}

/// Where `strict` verdicts change from one side to the other. Sizes without one at the upper end may hide one more place
/// from which on the paradigm is faster, if a `plain` verdict says so.
fn changes(strict: &[Verdict], plain: &[Verdict]) -> Vec<Change> {
    // Runs of equal verdicts: side, first, last.
    let mut runs: Vec<(Verdict, usize, usize)> = Vec::new();
    for (k, &verdict) in strict.iter().enumerate() {
        match (decided(verdict), runs.last_mut()) {
            (None, _) => {}
            (Some(side), Some((same, _, last))) if *same == side => *last = k,
            (Some(side), _) => runs.push((side, k, k)),
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
            bracket_low: None,
            bracket_high: Some(first.1),
            last: first.2,
        });
    }
    changes.extend(runs.windows(2).map(|pair| Change {
        to: pair[1].0,
        first: pair[0].1,
        bracket_low: Some(pair[0].2),
        bracket_high: Some(pair[1].1),
        last: pair[1].2,
    }));
    if last.0 == Verdict::Slower && plain[last.2..].contains(&Verdict::Faster) {
        changes.push(Change {
            to: Verdict::Faster,
            first: last.1,
            bracket_low: Some(last.2),
            bracket_high: None,
            last: strict.len() - 1,
        });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounds of a serial time of 1 µs an item against `parallel(n)` µs, without noise.
    fn exact(sizes: &[usize], parallel: impl Fn(f64) -> f64) -> Vec<Round> {
        let pair = |&n: &usize| Pair {
            n,
            serial: 1e-6 * n as f64,
            parallel: 1e-6 * parallel(n as f64),
        };
        vec![sizes.iter().map(pair).collect(); 4]
    }

    const SIZES: [usize; 7] = [10, 20, 50, 100, 200, 500, 1_000];

    #[test]
    fn one_crossing_in_its_bracket_without_doubt() {
        let found = estimate(&exact(&SIZES, |n| 75.0 + 0.5 * n), 0.0);
        let [crossing] = found.crossings[..] else {
            panic!("there is one: {found:?}")
        };
        assert_eq!(
            (crossing.bracket_low, crossing.bracket_high),
            (Some(100), Some(200))
        );
        assert!((145.0..155.0).contains(&crossing.n), "{crossing:?}");
        assert_eq!(
            (crossing.low, crossing.high),
            (Some(crossing.n), Some(crossing.n))
        );
        assert_eq!(found.pays(), Pays::From(crossing));
    }

    #[test]
    fn all_crossings_are_found() {
        // Faster only in the middle: beyond 300 the memory is the limit.
        let parallel = |n: f64| 30.0 + 0.5 * n + 0.002 * (n - 100.0).max(0.0).powi(2);
        let found = estimate(&exact(&SIZES, parallel), 0.0);
        let [begin, end] = found.crossings[..] else {
            panic!("there are two: {found:?}")
        };
        assert_eq!((begin.to, end.to), (Verdict::Faster, Verdict::Slower));
        assert!(begin.n < end.n);
        assert_eq!(found.pays(), Pays::Between(Some(begin), end));
    }

    #[test]
    fn never_always_and_no_difference_are_answers() {
        let pays = |parallel: fn(f64) -> f64| estimate(&exact(&SIZES, parallel), 0.01).pays();
        assert_eq!(pays(|n| n + 1_000.0), Pays::Never(1_000));
        assert_eq!(pays(|n| 0.5 * n), Pays::Always(10));
        assert_eq!(pays(|n| 1.005 * n), Pays::NoDifference(1_000));
    }

    #[test]
    fn what_is_within_the_noise_floor_is_no_difference() {
        let rounds = exact(&SIZES, |n| 1.02 * n);
        assert_eq!(estimate(&rounds, 0.0).pays(), Pays::Never(1_000));
        assert_eq!(estimate(&rounds, 0.03).pays(), Pays::NoDifference(1_000));
        assert!((noise_floor(&rounds) - 1.02_f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn an_undecided_end_leaves_the_interval_open() {
        // Slower up to 500; at 1,000 the rounds disagree, most of them on faster.
        let mut rounds = exact(&SIZES[..6], |n| 100.0 + n);
        for (round, ratio) in rounds.iter_mut().zip([0.87, 0.9, 0.92, 1.02]) {
            round.push(Pair {
                n: 1_000,
                serial: 1e-3,
                parallel: ratio * 1e-3,
            });
        }
        let found = estimate(&rounds, 0.0);
        let [crossing] = found.crossings[..] else {
            panic!("there may be one: {found:?}")
        };
        assert!((500.0..1_000.0).contains(&crossing.n));
        assert_eq!((crossing.bracket_high, crossing.high), (None, None));
    }

    #[test]
    fn serial_times_between_sizes() {
        let found = estimate(&exact(&[1, 100], |n| n), 0.0);
        for (n, time) in [(10.0, 1e-5), (1_000.0, 1e-4), (0.5, 1e-6)] {
            assert!(
                (found.serial_time_at(n) / time - 1.0).abs() < 1e-9,
                "at {n}"
            );
        }
    }
}
