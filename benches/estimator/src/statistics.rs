//! Medians and trimmed means, and how sure one can be of them.

use std::cell::RefCell;
use std::collections::HashMap;

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The share of cases in which a 95% interval may miss.
pub const ALPHA: f64 = 0.05;

/// A curve without a difference may seem to have one at any of its places in this share of the cases.
pub(crate) const SINGLE_ALPHA: f64 = 0.25 * ALPHA;

/// Fewer values than these show too little of how they scatter: they get no interval.
pub const FEWEST: usize = 6;

/// The standard error of a median is this much larger than that of a mean, if the noise is Gaussian, and its standard
/// deviation this much larger than the mean distance from the median: the square root of π/2.
const MEDIAN_OVER_MEAN: f64 = 1.253_314;

/// The share of values that a trimmed mean leaves out at each end.
const TRIMMED: f64 = 0.2;

/// Where the middle of some values lies, and how far from there the truth may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle.
    pub center: f64,
    /// The same distance below and above it; `None` if there are fewer than [`FEWEST`] values.
    pub half_width: Option<f64>,
}

/// The median; of an even number, the mean of the two in the middle. NaN of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// How far from 0 a value of Student's t distribution with `degrees` of freedom lies before it is
/// among the rarest `alpha`, both sides together.
///
/// # Panics
///
/// If `degrees` is not positive.
pub fn student(degrees: f64, alpha: f64) -> f64 {
    // The same few are asked for again and again, and each takes its time.
    thread_local! {
        static KNOWN: RefCell<HashMap<[u64; 2], f64>> = RefCell::default();
    }
    let key = [degrees.to_bits(), alpha.to_bits()];
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).copied()) {
        return known;
    }
    let distribution = StudentsT::new(0.0, 1.0, degrees).expect("degrees are positive");
    let quantile = distribution.inverse_cdf(1.0 - alpha / 2.0);
    KNOWN.with_borrow_mut(|known| known.insert(key, quantile));
    quantile
}

/// The median of independent `values`, with an interval that holds the truth in `1 - alpha` of the cases.
///
/// Its standard error follows from the mean distance of the values from their median, as for Gaussian noise, and how
/// many standard errors the interval reaches from Student's t with n − 1 degrees of freedom. (The usual standard
/// deviation would be ruled by the few rounds in which everything was different, and those do not move a median.)
pub fn spread(values: &[f64], alpha: f64) -> Spread {
    let center = median(values.to_vec());
    let n = values.len() as f64;
    let half_width = (values.len() >= FEWEST).then(|| {
        let distances: f64 = values.iter().map(|value| (value - center).abs()).sum();
        let deviation = MEDIAN_OVER_MEAN * distances / (n * (n - 1.0)).sqrt();
        student(n - 1.0, alpha) * MEDIAN_OVER_MEAN * deviation / n.sqrt()
    });
    Spread { center, half_width }
}

/// The 20% trimmed mean of independent `values`: the mean of those in the middle, with an interval that holds the
/// truth in `1 - alpha` of the cases. Where values are symmetric about their middle, it is nearly as sharp as the
/// mean, and nearly as robust as the median.
///
/// Source: Tukey and `McLaughlin`, "Less Vulnerable Confidence and Significance Procedures for Location Based on a
/// Single Sample: Trimming/Winsorization" (1963): the winsorized deviation, and Student's t with as many degrees of
/// freedom as there are values left, less one.
pub fn trimmed(values: &[f64], alpha: f64) -> Spread {
    let n = values.len();
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let cut = (TRIMMED * n as f64) as usize;
    let kept = &values[cut..n - cut];
    let center = kept.iter().sum::<f64>() / kept.len() as f64;
    let half_width = (n >= FEWEST).then(|| {
        let (low, high) = (kept[0], kept[kept.len() - 1]);
        let winsorized: Vec<f64> = values.iter().map(|value| value.clamp(low, high)).collect();
        let mean = winsorized.iter().sum::<f64>() / n as f64;
        let squares: f64 = winsorized.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (n - 1) as f64).sqrt();
        let error = deviation / ((1.0 - 2.0 * TRIMMED) * (n as f64).sqrt());
        student((kept.len() - 1) as f64, alpha) * error
    });
    Spread { center, half_width }
}

/// A run of points that were pooled: their weighted means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knot {
    /// Their mean position.
    pub x: f64,
    /// Their mean value.
    pub y: f64,
    /// Their weights together.
    pub weight: f64,
}

/// The falling sequence that fits `points` best in the sense of least squares: neighbours that rise are
/// pooled until nothing rises any more (Ayer et al. 1955, "pool adjacent violators").
///
/// `points` are in rising order of `x`; so are the knots, and each lies lower than the one before.
pub fn falling(points: impl IntoIterator<Item = Knot>) -> Vec<Knot> {
    let mut knots: Vec<Knot> = Vec::new();
    for mut last in points {
        while let Some(before) = knots.last()
            && before.y <= last.y
        {
            let weight = before.weight + last.weight;
            let mean = |a: f64, b: f64| (a * before.weight + b * last.weight) / weight;
            last = Knot {
                x: mean(before.x, last.x),
                y: mean(before.y, last.y),
                weight,
            };
            knots.pop();
        }
        knots.push(last);
    }
    knots
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these come out exactly")]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_and_even_numbers() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn quantiles_as_in_the_tables() {
        assert!((student(6.0, 0.05) - 2.447).abs() < 1e-3);
        assert!((student(23.0, 0.0025) - 3.39).abs() < 1e-2);
    }

    #[test]
    fn few_values_have_no_interval() {
        for n in 1..10 {
            let values: Vec<f64> = (0..n).map(f64::from).collect();
            let known = [spread(&values, ALPHA), trimmed(&values, ALPHA)].map(|it| it.half_width);
            assert_eq!(known.map(|it| it.is_some()), [values.len() >= FEWEST; 2]);
        }
    }

    #[test]
    fn a_lonely_sample_has_its_own_degrees_of_freedom() {
        // Six values whose mean distance from their median is 1: n - 1 = 5 degrees of freedom, t = 2.571.
        let half_width = spread(&[-1.0, -1.0, -1.0, 1.0, 1.0, 1.0], ALPHA).half_width;
        let expected = 2.571 * 1.2533_f64.powi(2) / 5.0_f64.sqrt();
        assert!((half_width.expect("there are six") - expected).abs() < 1e-3);
    }

    #[test]
    fn what_is_trimmed_does_not_count() {
        let middle = trimmed(&[1.0, 2.0, 3.0, 4.0, 5.0, 1e9], ALPHA);
        assert_eq!(middle.center, 3.5);
        assert_eq!(middle, trimmed(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], ALPHA));
    }

    #[test]
    fn pooling_leaves_no_rise() {
        let point = |x: f64, y: f64| Knot { x, y, weight: 1.0 };
        let knots = falling([
            point(0.0, 3.0),
            point(1.0, 1.0),
            point(2.0, 2.0),
            point(3.0, 0.0),
        ]);
        let pooled = Knot {
            x: 1.5,
            y: 1.5,
            weight: 2.0,
        };
        assert_eq!(knots, [point(0.0, 3.0), pooled, point(3.0, 0.0)]);
    }
}
