//! The textbook model beside the measurement: T(n) = a + b·n.
//!
//! A way of running a workload costs `a` seconds before anything is computed, and `b` more for each item. Two such
//! lines cross at n* = (a₂ − a₁) / (b₁ − b₂). The model is fitted to the sizes round the crossing that was
//! measured, by least squares of the *relative* errors: a microsecond matters at ten and not at a million.
//!
//! Where the model and the measurement disagree, time is no straight line there, and [`remark`] says for whom. On
//! most machines the reason is a cache or fresh memory: items are cheaper while all of them fit the cache, and
//! dearer where each new page has to be mapped.

use serde::{Deserialize, Serialize};

use crate::crossing::{AtSize, Crossing, Estimate};

/// T(n) = a + b·n.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Seconds that a run costs however few its items are.
    pub start: f64,
    /// Seconds for each item.
    pub per_item: f64,
}

/// The model of a crossing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Serial code.
    pub serial: Line,
    /// The paradigm.
    pub parallel: Line,
    /// Where the lines cross; `None` if the paradigm's is not the flatter one, or is lower from the start.
    pub crossing: Option<f64>,
}

/// Sizes up to this many times smaller or larger than the crossing are fitted.
const REACH: f64 = 10.0;

/// Model and measurement agree if neither is larger than the other by more than this factor.
const AGREE: f64 = 1.25;

/// How much the cost of an item may change from the smaller to the larger sizes before it counts as another.
const BEND: f64 = 1.2;

impl Line {
    /// The line through `points`, each a size and its seconds, in rising order, that is best in the sense of relative errors.
    /// `None` for fewer than two sizes.
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

/// The model round the crossing `n`. `None` if too few sizes were measured there.
pub fn model(estimate: &Estimate, n: f64) -> Option<Model> {
    let near = near(estimate, n);
    let serial = Line::fit(&times(&near, |size| size.serial.median))?;
    let parallel = Line::fit(&times(&near, |size| size.parallel.median))?;
    Some(Model {
        serial,
        parallel,
        crossing: serial.crossing_with(&parallel),
    })
}

/// Why model and measurement disagree, in a sentence; `None` if they agree.
pub fn remark(estimate: &Estimate, crossing: &Crossing, model: &Model) -> Option<String> {
    let factor = model.crossing.map(|n| n / crossing.n);
    if factor.is_some_and(|factor| (1.0 / AGREE..=AGREE).contains(&factor)) {
        return None;
    }
    let near = near(estimate, crossing.n);
    let bend = |what: fn(&AtSize) -> f64| {
        let (below, above) =
            near.split_at(near.partition_point(|size| (size.n as f64) < crossing.n));
        let slope = |sizes: &[AtSize]| Some(Line::fit(&times(sizes, what))?.per_item);
        Some((slope(below)?, slope(above)?))
    };
    let sentences: Vec<String> = [
        ("serial code", bend(|size| size.serial.median)),
        ("the paradigm", bend(|size| size.parallel.median)),
    ]
    .into_iter()
    .filter_map(|(who, bend)| {
        let (below, above) = bend.filter(|(below, above)| *below > 0.0 && *above > 0.0)?;
        (above / below > BEND || below / above > BEND).then(|| {
            format!(
                "an item costs {who} {} below the crossing and {} above it",
                crate::words::time(below),
                crate::words::time(above)
            )
        })
    })
    .collect();
    Some(match &sentences[..] {
        [] => "the times round the crossing scatter about the lines".to_owned(),
        sentences => format!(
            "{}: caches or fresh memory bend the line",
            sentences.join(", and ")
        ),
    })
}

fn near(estimate: &Estimate, n: f64) -> Vec<AtSize> {
    let range = n / REACH..=n * REACH;
    let sizes = estimate.sizes.iter().copied();
    sizes
        .filter(|size| range.contains(&(size.n as f64)))
        .collect()
}

fn times(sizes: &[AtSize], what: fn(&AtSize) -> f64) -> Vec<(f64, f64)> {
    sizes
        .iter()
        .map(|size| (size.n as f64, what(size)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossing::{Pair, Pays, estimate};

    fn measured(serial: impl Fn(f64) -> f64, parallel: impl Fn(f64) -> f64) -> Estimate {
        let sizes = [100, 200, 500, 1_000, 2_000, 5_000, 10_000];
        let pair = |&n: &usize| Pair {
            n,
            serial: serial(n as f64),
            parallel: parallel(n as f64),
        };
        estimate(&vec![sizes.iter().map(pair).collect(); 4], 0.0)
    }

    fn crossing(found: &Estimate) -> Crossing {
        match found.pays() {
            Pays::From(crossing) => crossing,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn straight_lines_are_found_and_cross_where_they_should() {
        let found = measured(|n| 1e-8 * n, |n| 6e-6 + 0.5e-8 * n);
        let model = model(&found, crossing(&found).n).expect("there are sizes");
        assert!((model.parallel.start / 6e-6 - 1.0).abs() < 1e-6);
        assert!((model.serial.per_item / 1e-8 - 1.0).abs() < 1e-6);
        assert!((model.crossing.expect("they cross") - 1_200.0).abs() < 1.0);
        assert_eq!(remark(&found, &crossing(&found), &model), None);
    }

    #[test]
    fn a_bend_is_named_where_the_model_is_off() {
        // From 1,000 on each serial item costs four times as much.
        let serial = |n: f64| 1e-8 * n + 3e-8 * (n - 1_000.0).max(0.0);
        let found = measured(serial, |n| 20e-6 + 0.1e-8 * n);
        let crossing = crossing(&found);
        let model = model(&found, crossing.n).expect("there are sizes");
        let off = Model {
            crossing: Some(2.0 * crossing.n),
            ..model
        };
        let remark = remark(&found, &crossing, &off).expect("it is off by a factor of two");
        assert!(
            remark.contains("costs serial code") && !remark.contains("paradigm"),
            "{remark}"
        );
    }

    #[test]
    fn lines_that_never_cross() {
        let steep = Line {
            start: 1.0,
            per_item: 2.0,
        };
        let flat = Line {
            start: 0.0,
            per_item: 1.0,
        };
        assert_eq!(steep.crossing_with(&flat), None);
        assert_eq!(flat.crossing_with(&steep), None);
        assert_eq!(Line::fit(&[(1.0, 1.0)]), None);
    }
}
