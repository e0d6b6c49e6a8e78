//! Axes: from values to pixels, and which values are labelled.

use super::canvas::text_width;
use crate::words;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly, from zero on.
    Linear,
    /// By their logarithm.
    Log,
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
    /// What is measured.
    pub title: &'static str,
    /// How values are spread.
    pub scale: Scale,
    /// What they are.
    pub unit: Unit,
}

impl Unit {
    /// A value in words, as short as it can be: `1 ms`, `2.5×`.
    pub(super) fn label(self, value: f64) -> String {
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
    /// An axis with these properties.
    pub const fn new(title: &'static str, scale: Scale, unit: Unit) -> Self {
        Self { title, scale, unit }
    }

    /// Whether `value` has a place on it: not every number has a logarithm.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || (self.scale == Scale::Linear && value == 0.0))
    }
}

/// An axis with its range, laid along pixels.
pub(super) struct Ruler {
    axis: Axis,
    pub(super) low: f64,
    high: f64,
    /// The pixels of its ends.
    ends: (f64, f64),
}

impl Ruler {
    /// The axis between two pixels, with room for all `values` that have a place on it.
    pub(super) fn new(axis: Axis, values: impl IntoIterator<Item = f64>, ends: (f64, f64)) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.into_iter().filter(|&value| axis.shows(value)) {
            (low, high) = (low.min(value), high.max(value));
        }
        let (low, high) = match axis.scale {
            _ if high == 0.0 => (1.0, 10.0),
            Scale::Linear => (0.0, 1.04 * high),
            Scale::Log => (round_below(low), 1.0 / round_below(1.0 / high)),
        };
        // A single value still needs an axis.
        let high = if high > low { high } else { 2.0 * low };
        Self {
            axis,
            low,
            high,
            ends,
        }
    }

    /// The pixel of `value`; that of the nearer end for what lies beyond.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = match self.axis.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.ends.0 + share.clamp(0.0, 1.0) * (self.ends.1 - self.ends.0)
    }

    /// As many labels as fit beside each other.
    pub(super) fn across(&self) -> Vec<(f64, String)> {
        self.labels(|label| text_width(label) + 10.0)
    }

    /// As many labels as fit above each other.
    pub(super) fn upright(&self) -> Vec<(f64, String)> {
        self.labels(|_| 30.0)
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
        let mut labelled = candidates.map(|values| values.into_iter().map(label).collect());
        labelled.find(fits).unwrap_or_default()
    }

    /// Values that could be labelled, from too many to too few.
    fn candidates(&self) -> Vec<Vec<f64>> {
        let exponent = |value: f64| value.log10().floor() as i32;
        if self.axis.scale == Scale::Linear {
            // There is no half of a thing.
            let finest = if self.axis.unit == Unit::Count {
                0
            } else {
                exponent(self.high) - 2
            };
            let powers = (finest..finest.max(exponent(self.high)) + 2).map(|k| 10_f64.powi(k));
            let steps = powers.flat_map(|power| [power, 2.0 * power, 5.0 * power]);
            let multiples = |step| (0..).map(move |k| f64::from(k) * step);
            let on_axis = |step| {
                multiples(step)
                    .take_while(|&value| value <= self.high)
                    .collect()
            };
            return steps.map(on_axis).collect();
        }
        let on_axis = |values: Vec<f64>| -> Vec<f64> {
            let range = self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9);
            values.into_iter().filter(|at| range.contains(at)).collect()
        };
        let exponents = exponent(self.low)..=exponent(self.high) + 1;
        let powers = |stride: i32| {
            let exponents = exponents.clone().filter(move |k| k % stride == 0);
            exponents.map(|k| 10_f64.powi(k))
        };
        let dense = powers(1)
            .flat_map(|power| [power, 2.0 * power, 5.0 * power])
            .collect();
        let strides = (1..20).map(|stride| on_axis(powers(stride).collect()));
        std::iter::once(on_axis(dense)).chain(strides).collect()
    }
}

/// The largest of 1, 2, 5, 10, 20 ... that is not above `value`. (Their reciprocals are such numbers, too.)
fn round_below(value: f64) -> f64 {
    let power = 10_f64.powf((value.log10() + 1e-9).floor());
    let digit = value / power * (1.0 + 1e-9);
    let digit = [5.0, 2.0].into_iter().find(|&round| digit >= round);
    digit.unwrap_or(1.0) * power
}
