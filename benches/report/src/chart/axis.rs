//! Axes: from values to pixels, and which values are labelled.

use super::canvas::{Canvas, LINE, text_width};
use crate::words;

/// How values are spread along an axis: evenly from zero on, or by their logarithm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Log,
}

/// What the values are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Count,
    Seconds,
    BytesPerSecond,
    Times,
}

/// One side of a figure.
#[derive(Clone, Copy)]
pub(crate) struct Axis {
    pub(crate) title: &'static str,
    pub(crate) scale: Scale,
    pub(crate) unit: Unit,
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
    pub(crate) const fn new(title: &'static str, scale: Scale, unit: Unit) -> Self {
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
    low: f64,
    high: f64,
    /// The pixels of its ends.
    pub(super) ends: (f64, f64),
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

    /// Draws grid lines from `top` to `bottom`; below them labels, as many as fit beside each other, and the title.
    pub(super) fn draw_across(&self, canvas: &mut Canvas, top: f64, bottom: f64) {
        for (value, label) in self.labels(|label| text_width(label) + 10.0) {
            let x = self.at(value);
            canvas.line(&[(x, top), (x, bottom)], "grid");
            let fits = x > text_width(&label) / 2.0;
            let anchor = if fits { "middle" } else { "start" };
            canvas.text(&label, (x, bottom + 0.8 * LINE), anchor, "label");
        }
        let middle = f64::midpoint(self.ends.0, self.ends.1);
        let below = (middle, bottom + 1.9 * LINE);
        canvas.text(self.axis.title, below, "middle", "quiet");
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
        let digits = |k: i32| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(k));
        let highest = exponent(self.high) + 1;
        if self.axis.scale == Scale::Linear {
            // There is no half of a thing.
            let things = self.axis.unit == Unit::Count;
            let finest = if things { 0 } else { highest - 3 };
            let multiples = |step| {
                let count = (self.high / step) as i32;
                (0..=count).map(|k| f64::from(k) * step).collect()
            };
            return (finest..=highest.max(1))
                .flat_map(digits)
                .map(multiples)
                .collect();
        }
        let on_axis = |values: Vec<f64>| -> Vec<f64> {
            let range = self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9);
            values.into_iter().filter(|at| range.contains(at)).collect()
        };
        let exponents = exponent(self.low)..=highest;
        let powers = |stride| {
            let exponents = exponents.clone().filter(|k| k % stride == 0);
            on_axis(exponents.map(|k| 10_f64.powi(k)).collect())
        };
        let dense = on_axis(exponents.clone().flat_map(digits).collect());
        std::iter::once(dense).chain((1..20).map(powers)).collect()
    }
}

/// The largest of 1, 2, 5, 10, 20 ... that is not above `value`. (Their reciprocals are such numbers, too.)
fn round_below(value: f64) -> f64 {
    let power = 10_f64.powf((value.log10() + 1e-9).floor());
    let digit = value / power * (1.0 + 1e-9);
    let digit = [5.0, 2.0].into_iter().find(|&round| digit >= round);
    digit.unwrap_or(1.0) * power
}
