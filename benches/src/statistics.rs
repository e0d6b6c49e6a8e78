//! Medians, and how sure one can be of them.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The share of cases in which a 95% interval may miss.
pub const ALPHA: f64 = 0.05;

/// The standard error of a median is this much larger than that of a mean, if the noise is Gaussian, and its standard
/// deviation this much larger than the mean distance from the median: the square root of π/2.
const MEDIAN_OVER_MEAN: f64 = 1.253_314;

/// The pooled spread of a sample's neighbours counts as much as this many observations of its own.
const PRIOR_DEGREES: f64 = 4.0;

/// On either side.
const NEIGHBOURS: usize = 3;

/// A median, and between which values it would lie in most repetitions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The same distance below and above it.
    pub half_width: f64,
}

/// The median; of an even number, the mean of the two in the middle. NaN of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    median_in_place(&mut values)
}

/// The median of `values`, which are sorted on the way.
pub fn median_in_place(values: &mut [f64]) -> f64 {
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
    let distribution = StudentsT::new(0.0, 1.0, degrees).expect("degrees are positive");
    distribution.inverse_cdf(1.0 - alpha / 2.0)
}

/// Which quantile of a bootstrap over `samples` samples is the lower end of a 95% interval.
///
/// Not 2.5%: resampling few samples shows too little spread, and as if it were known exactly. This is
/// the *expanded percentile interval*, which is as wide as one by Student's t (Hesterberg, "What
/// Teachers Should Know About the Bootstrap", *The American Statistician* 69(4), 2015, section 5.4).
///
/// # Panics
///
/// If there are fewer than two samples.
pub fn bootstrap_tail(samples: usize) -> f64 {
    assert!(samples >= 2, "one sample shows no spread");
    let n = samples as f64;
    let reach = student(n - 1.0, ALPHA) * (n / (n - 1.0)).sqrt();
    Normal::standard().cdf(-reach)
}

/// The median of each sample of a family, each with an interval that holds the truth in `1 - alpha`
/// of the cases.
///
/// A sample of three says little about its own spread. So the variance of each is *moderated* by the
/// pooled variance of its neighbours, as if that had been four more observations (Smyth, "Linear models
/// and empirical Bayes methods for assessing differential expression", 2004; with his prior degrees of
/// freedom fixed at 4). Neighbours are up to three on either side: the samples are in an order in which near ones
/// are alike. Where none of them has two values, nothing is known, and the interval is infinite.
pub fn medians(samples: &[Vec<f64>], alpha: f64) -> Vec<Spread> {
    let degrees = |sample: &Vec<f64>| sample.len().saturating_sub(1) as f64;
    // Most samples are of the same few lengths, and quantiles take their time.
    let mut reach: BTreeMap<usize, f64> = BTreeMap::new();
    let spread = |(k, sample): (usize, &Vec<f64>)| {
        let neighbours =
            &samples[k.saturating_sub(NEIGHBOURS)..samples.len().min(k + 1 + NEIGHBOURS)];
        let their_degrees: f64 = neighbours.iter().map(degrees).sum();
        let pooled = neighbours.iter().map(|sample| squares(sample)).sum::<f64>() / their_degrees;
        let total = PRIOR_DEGREES + degrees(sample);
        let variance = (PRIOR_DEGREES * pooled + squares(sample)) / total;
        let error = MEDIAN_OVER_MEAN * (variance / sample.len() as f64).sqrt();
        Spread {
            median: median(sample.clone()),
            half_width: if their_degrees == 0.0 {
                f64::INFINITY
            } else {
                let reach = reach.entry(sample.len());
                *reach.or_insert_with(|| student(total, alpha)) * error
            },
        }
    };
    samples.iter().enumerate().map(spread).collect()
}

/// The sum of squares that a Gaussian sample with the same mean distance from its median would have. (The sum of the
/// actual squares would be ruled by the few rounds in which everything was different, and those do not
/// move a median.)
fn squares(sample: &[f64]) -> f64 {
    let median = median(sample.to_vec());
    let distances: f64 = sample.iter().map(|value| (value - median).abs()).sum();
    let deviation = MEDIAN_OVER_MEAN * distances / sample.len() as f64;
    sample.len() as f64 * deviation * deviation
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
        // For very many samples it is the plain 2.5%.
        assert!((bootstrap_tail(1_000_000) - 0.025).abs() < 1e-5);
        assert!(bootstrap_tail(10) < 0.01);
    }

    #[test]
    fn a_small_sample_borrows_the_spread_of_its_family() {
        let steady = vec![1.0, 1.0, 1.0];
        let noisy = vec![0.0, 1.0, 2.0];
        let family = medians(&[steady.clone(), noisy], ALPHA);
        assert_eq!(family[0].median, 1.0);
        assert!(
            family[0].half_width > 0.1,
            "three equal values prove little"
        );
        assert!(family[0].half_width < family[1].half_width);
        assert_eq!(medians(&[steady], ALPHA)[0].half_width, 0.0);
        assert_eq!(medians(&[vec![1.0]], ALPHA)[0].half_width, f64::INFINITY);
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
