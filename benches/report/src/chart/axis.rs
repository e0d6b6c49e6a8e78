//! Axes: from values to pixels, and which values are labelled.

use std::ops::RangeInclusive;

use super::canvas::{WIDTH, text_width};
use crate::words;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly, from zero on.
    Linear,
    /// By their logarithm, with labels at powers of ten.
    Log,
    /// By their logarithm, with labels at powers of two: for workers.
    Log2,
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, counted.
    Count,
    /// Seconds.
    Seconds,
    /// Bytes in a second.
    BytesPerSecond,
    /// Ratios.
    Times,
}

/// One side of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What is measured, and in what if its labels do not say.
    pub title: &'static str,
    /// How values are spread.
    pub scale: Scale,
    /// What they are.
    pub unit: Unit,
}

impl Unit {
    /// A value in words, as short as it can be: `1 ms`, `2.5×`.
    pub fn label(self, value: f64) -> String {
        let text = match self {
            _ if value == 0.0 => "0".to_owned(), // no unit has a zero of its own
            Self::Count => words::count(value),
            Self::Seconds => words::time(value),
            Self::BytesPerSecond => words::rate(value),
            Self::Times => words::times(value),
        };
        words::without_zeros(&text)
    }
}

impl Axis {
    /// Whether `value` has a place on it: not every number has a logarithm.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || (self.scale == Scale::Linear && value == 0.0))
    }
}

/// An axis with its range, laid along pixels.
#[derive(Debug)]
pub(super) struct Ruler {
    axis: Axis,
    low: f64,
    high: f64,
    first_pixel: f64,
    last_pixel: f64,
}

impl Ruler {
    /// The axis from `first_pixel` to `last_pixel`, with room for all `values` that have a place on it.
    pub(super) fn new(
        axis: Axis,
        values: impl IntoIterator<Item = f64>,
        (first_pixel, last_pixel): (f64, f64),
    ) -> Self {
        let shown = values.into_iter().filter(|&value| axis.shows(value));
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = shown.fold(ends, |(low, high), x| (low.min(x), high.max(x)));
        let (low, high) = match axis.scale {
            Scale::Linear if high <= 0.0 => (0.0, 1.0),
            _ if low > high => (1.0, 10.0),
            Scale::Linear => (0.0, 1.04 * high),
            Scale::Log => (round_below(low), 1.0 / round_below(1.0 / high)),
            Scale::Log2 => (low.log2().floor().exp2(), high.log2().ceil().exp2()),
        };
        // A single value still needs an axis.
        let high = if high > low { high } else { 2.0 * low };
        Self {
            axis,
            low,
            high,
            first_pixel,
            last_pixel,
        }
    }

    /// The ends of its range.
    pub(super) fn range(&self) -> RangeInclusive<f64> {
        self.low..=self.high
    }

    /// The pixel of `value`; that of the nearer end for what lies beyond.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = match self.axis.scale {
            Scale::Linear => value / self.high,
            Scale::Log | Scale::Log2 => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.first_pixel + share.clamp(0.0, 1.0) * (self.last_pixel - self.first_pixel)
    }

    /// As many labels as fit beside each other.
    pub(super) fn across(&self) -> Vec<(f64, String)> {
        self.labels(|label| text_width(label) + 10.0)
    }

    /// As many labels as fit above each other, and the width of the widest.
    pub(super) fn upright(&self) -> (Vec<(f64, String)>, f64) {
        let labels = self.labels(|_| 30.0);
        let widths = labels.iter().map(|(_, label)| text_width(label));
        let widest = widths.fold(0.0, f64::max).min(WIDTH / 2.0);
        (labels, widest)
    }

    /// As many labels as fit, where `room` is the pixels that a label needs.
    fn labels(&self, room: impl Fn(&str) -> f64) -> Vec<(f64, String)> {
        let fits = |labels: &Vec<(f64, String)>| {
            labels.windows(2).all(|pair| {
                let distance = (self.at(pair[1].0) - self.at(pair[0].0)).abs();
                2.0 * distance >= room(&pair[0].1) + room(&pair[1].1)
            })
        };
        let label = |value| (value, self.axis.unit.label(value));
        let candidates = self.candidates().into_iter();
        let labelled = candidates.map(|values| values.into_iter().map(label).collect());
        labelled
            .filter(|labels: &Vec<_>| !labels.is_empty())
            .find(fits)
            .unwrap_or_default()
    }

    /// Values that could be labelled, from too many to too few.
    fn candidates(&self) -> Vec<Vec<f64>> {
        match self.axis.scale {
            Scale::Linear => {
                let finest = (self.high / 50.0).log10().floor() as i32;
                let powers = (finest..finest + 5).map(|k| 10_f64.powi(k));
                let steps = powers.flat_map(|power| [power, 2.0 * power, 5.0 * power]);
                let multiples = |step| (0..).map(move |k| f64::from(k) * step);
                steps
                    .map(|step| multiples(step).take_while(|&x| x <= self.high).collect())
                    .collect()
            }
            Scale::Log => {
                let few = self.high < 60.0 * self.low;
                let dense = few.then(|| self.within_decades(&[1.0, 2.0, 5.0]));
                dense
                    .into_iter()
                    .chain((1..20).map(|stride| self.powers(10.0, stride)))
                    .collect()
            }
            Scale::Log2 => [1, 2, 4, 8].map(|stride| self.powers(2.0, stride)).to_vec(),
        }
    }

    /// The fine grid.
    pub(super) fn fine(&self) -> Vec<f64> {
        match self.axis.scale {
            Scale::Linear => Vec::new(),
            Scale::Log2 => self.powers(2.0, 1),
            Scale::Log if self.high > 1e6 * self.low => self.powers(10.0, 1),
            Scale::Log => self.within_decades(&[1.0, 2.0, 5.0]),
        }
    }

    /// The powers of `base` whose exponent is a multiple of `stride`.
    fn powers(&self, base: f64, stride: i32) -> Vec<f64> {
        let exponent = |value: f64| value.ln() / base.ln() / f64::from(stride);
        let first = (exponent(self.low) - 1e-9).ceil() as i32;
        let last = (exponent(self.high) + 1e-9).floor() as i32;
        (first..=last).map(|k| base.powi(k * stride)).collect()
    }

    /// `digits` times every power of ten, in the axis's range.
    fn within_decades(&self, digits: &[f64]) -> Vec<f64> {
        let exponents = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let values = exponents.flat_map(|k| digits.iter().map(move |digit| digit * 10_f64.powi(k)));
        let range = self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9);
        values.filter(|at| range.contains(at)).collect()
    }
}

/// The largest of 1, 2, 5, 10, 20 ... that is not above `value`. (These are also the reciprocals of 1, 0.5, 0.2, 0.1 ...)
fn round_below(value: f64) -> f64 {
    let power = 10_f64.powf((value.log10() + 1e-9).floor());
    let digit = value / power * (1.0 + 1e-9);
    let digit = [5.0, 2.0].into_iter().find(|&round| digit >= round);
    digit.unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruler(scale: Scale, unit: Unit, values: &[f64], pixels: f64) -> Ruler {
        let axis = Axis {
            title: "",
            scale,
            unit,
        };
        Ruler::new(axis, values.iter().copied(), (0.0, pixels))
    }

    #[test]
    fn labels_are_round_and_fit() {
        use Scale::{Linear, Log, Log2};
        use Unit::{Count, Seconds, Times};
        let labels = |scale, unit, values: [f64; 2], pixels| -> Vec<String> {
            let labels = ruler(scale, unit, &values, pixels).across();
            labels.into_iter().map(|(_, label)| label).collect()
        };
        assert_eq!(
            labels(Log, Count, [1.0, 1e7], 250.0),
            ["1", "100", "10k", "1M"]
        );
        assert_eq!(labels(Log2, Count, [1.0, 4.0], 300.0), ["1", "2", "4"]);
        assert_eq!(
            labels(Linear, Times, [0.5, 2.0], 250.0),
            ["0", "0.5×", "1×", "1.5×", "2×"]
        );
        let seconds = labels(Log, Seconds, [3e-6, 4e-5], 600.0);
        assert_eq!(seconds, ["2 µs", "5 µs", "10 µs", "20 µs", "50 µs"]);
    }

    #[test]
    fn ranges_hold_their_values_and_nothing_that_has_no_place() {
        for (low, high) in [(1.0, 1.0), (3.0, 17.0), (9.99e-7, 1.0e-6), (0.3, 0.3)] {
            for scale in [Scale::Linear, Scale::Log, Scale::Log2] {
                let values = [f64::NAN, low, -1.0, f64::INFINITY, high];
                let ruler = ruler(scale, Unit::Count, &values, 100.0);
                let range = ruler.range();
                assert!(
                    range.contains(&low) && range.contains(&high),
                    "{scale:?} {low}"
                );
                assert!(*range.end() < 10.0 * high, "{range:?}");
                assert!((0.0..=100.0).contains(&ruler.at(low)));
            }
        }
    }
}
