//! Axes: from values to pixels, and which values are labelled.

use std::ops::RangeInclusive;

use crate::words;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly; zero is always on it.
    Linear,
    /// By their logarithm, with labels at powers of ten.
    Log,
    /// By their logarithm, with labels at powers of two: for sizes of messages, for cores.
    Log2,
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, counted.
    Count,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Shares: 1 is 100%.
    Percent,
    /// Ratios.
    Times,
}

impl Unit {
    /// A value in words, as short as it can be: `1 ms`, `64 KiB`, `2.5×`.
    pub fn label(self, value: f64) -> String {
        // No unit has a zero of its own.
        if value == 0.0 {
            return "0".to_owned();
        }
        if value < 0.0 {
            return format!("−{}", self.label(-value));
        }
        words::without_zeros(&match self {
            Self::Count if value < 10.0 => format!("{value:.2}"),
            Self::Count => return words::count(value),
            Self::Seconds => words::time(value),
            Self::Bytes => words::bytes(value),
            Self::BytesPerSecond => words::rate(value),
            Self::Percent => words::percent(value),
            Self::Times => words::times(value),
        })
    }
}

/// One side of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What is measured, and in what if its labels do not say.
    pub title: String,
    /// How values are spread.
    pub scale: Scale,
    /// What they are.
    pub unit: Unit,
}

impl Axis {
    /// An axis with these properties.
    pub fn new(title: impl Into<String>, scale: Scale, unit: Unit) -> Self {
        Self {
            title: title.into(),
            scale,
            unit,
        }
    }

    /// Whether `value` has a place on it: not every number has a logarithm.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (self.scale == Scale::Linear || value > 0.0)
    }
}

/// How many powers of two lie from one label to the next: those that lead to 1 KiB or 1 MiB soon.
const BINARY_STRIDES: [i32; 7] = [1, 2, 4, 10, 20, 40, 80];

/// An axis with its range, laid along pixels.
pub(super) struct Ruler {
    scale: Scale,
    unit: Unit,
    low: f64,
    high: f64,
    first_pixel: f64,
    last_pixel: f64,
}

/// What is written and drawn along an axis.
#[derive(Debug)]
pub(super) struct Ticks {
    pub(super) labelled: Vec<(f64, String)>,
    pub(super) fine: Vec<f64>,
}

impl Ruler {
    /// The axis from `first_pixel` to `last_pixel`, with room for all `values`. Those that have no
    /// place on it are left out.
    pub(super) fn new(
        axis: &Axis,
        values: impl Iterator<Item = f64>,
        (first_pixel, last_pixel): (i32, i32),
    ) -> Self {
        let shown = values.filter(|&value| axis.shows(value));
        let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let (low, high) = match axis.scale {
            _ if low > high => (1.0, 10.0),
            Scale::Linear => linear_range(low, high),
            Scale::Log => (round_below(low), round_above(high)),
            Scale::Log2 => (low.log2().floor().exp2(), high.log2().ceil().exp2()),
        };
        // A single value still needs an axis.
        let high = match axis.scale {
            Scale::Log if high <= low => low * 10.0,
            Scale::Log2 if high <= low => low * 2.0,
            Scale::Linear | Scale::Log | Scale::Log2 => high,
        };
        Self {
            scale: axis.scale,
            unit: axis.unit,
            low,
            high,
            first_pixel: f64::from(first_pixel),
            last_pixel: f64::from(last_pixel),
        }
    }

    pub(super) fn range(&self) -> RangeInclusive<f64> {
        self.low..=self.high
    }

    /// The pixel of `value`; that of the nearer end for what lies beyond.
    pub(super) fn at(&self, value: f64) -> i32 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log | Scale::Log2 => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        let pixel = self.first_pixel + share.clamp(0.0, 1.0) * (self.last_pixel - self.first_pixel);
        pixel.round() as i32
    }

    /// As many labels as fit without touching, where `room` is the pixels that a label needs.
    pub(super) fn ticks(&self, room: impl Fn(&str) -> i32) -> Ticks {
        let candidates: Box<dyn Iterator<Item = Vec<f64>> + '_> = match self.scale {
            Scale::Linear => Box::new(self.steps().map(|step| self.multiples(step))),
            Scale::Log => Box::new(self.decades_and_coarser()),
            Scale::Log2 => Box::new(
                BINARY_STRIDES
                    .into_iter()
                    .map(|stride| self.powers(2.0, stride)),
            ),
        };
        let label = |values: Vec<f64>| -> Vec<(f64, String)> {
            let labelled = values.into_iter().map(|at| (at, self.unit.label(at)));
            labelled.collect()
        };
        let fits = |ticks: &Vec<(f64, String)>| {
            ticks.windows(2).all(|pair| {
                let distance = (self.at(pair[1].0) - self.at(pair[0].0)).abs();
                2 * distance >= room(&pair[0].1) + room(&pair[1].1)
            })
        };
        Ticks {
            labelled: candidates.map(label).find(fits).unwrap_or_default(),
            fine: self.fine(),
        }
    }

    /// 1, 2 and 5 times each power of ten if there are few; powers of ten; every second power ...
    fn decades_and_coarser(&self) -> impl Iterator<Item = Vec<f64>> {
        let decades = (self.high / self.low).log10();
        let dense = (decades < 1.7).then(|| self.within_decades(&[1.0, 2.0, 5.0]));
        dense
            .into_iter()
            .chain((1..40).map(|stride| self.powers(10.0, stride)))
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
        let (low, high) = (self.low * (1.0 - 1e-9), self.high * (1.0 + 1e-9));
        values.filter(|&at| at >= low && at <= high).collect()
    }

    /// Steps 1, 2, 5, 10 ..., from one that is too fine.
    fn steps(&self) -> impl Iterator<Item = f64> {
        let finest = ((self.high - self.low) / 50.0).log10().floor() as i32;
        (finest..finest + 5).flat_map(|k| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(k)))
    }

    fn multiples(&self, step: f64) -> Vec<f64> {
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|k| k as f64 * step).collect()
    }

    /// The fine grid: as fine as it can be seen.
    fn fine(&self) -> Vec<f64> {
        let length = (self.last_pixel - self.first_pixel).abs();
        match self.scale {
            Scale::Linear => Vec::new(),
            Scale::Log2 => self.powers(2.0, 1),
            Scale::Log => match length / (self.high / self.low).log10() {
                pixels if pixels > 80.0 => {
                    self.within_decades(&[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
                }
                pixels if pixels > 36.0 => self.within_decades(&[2.0, 5.0]),
                _ => self.powers(10.0, 1),
            },
        }
    }
}

/// The range that holds zero, `low` and `high`, with a little room beyond.
fn linear_range(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = (low.min(0.0), high.max(0.0));
    let room = 0.04 * (high - low);
    match (low < 0.0, high > 0.0) {
        (false, false) => (0.0, 1.0),
        (below, above) => (
            if below { low - room } else { 0.0 },
            if above { high + room } else { 0.0 },
        ),
    }
}

/// The largest of 1, 2, 5, 10, 20 ... that is not above `value`.
fn round_below(value: f64) -> f64 {
    let power = 10_f64.powf((value.log10() + 1e-9).floor());
    let digit = value / power * (1.0 + 1e-9);
    let digit = [5.0, 2.0].into_iter().find(|&round| digit >= round);
    digit.unwrap_or(1.0) * power
}

/// The smallest of 1, 2, 5, 10, 20 ... that is not below `value`.
fn round_above(value: f64) -> f64 {
    let power = 10_f64.powf((value.log10() + 1e-9).floor());
    let digit = value / power * (1.0 - 1e-9);
    let digit = [1.0, 2.0, 5.0].into_iter().find(|&round| digit <= round);
    digit.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, unit: Unit, values: [f64; 2], pixels: i32) -> Vec<String> {
        let axis = Axis::new("", scale, unit);
        let ruler = Ruler::new(&axis, values.into_iter(), (0, pixels));
        let ticks = ruler.ticks(|text| text.chars().map(|_| 8).sum::<i32>() + 12);
        ticks.labelled.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn labels_are_round_and_fit() {
        use Scale::{Linear, Log, Log2};
        use Unit::{Bytes, Count, Percent, Seconds, Times};
        assert_eq!(
            labels(Log, Count, [1.0, 1e7], 700),
            ["1", "10", "100", "1,000", "10k", "100k", "1M", "10M"]
        );
        assert_eq!(
            labels(Log, Count, [1.0, 1e7], 250),
            ["1", "100", "10k", "1M"]
        );
        assert_eq!(
            labels(Log, Seconds, [3e-6, 4e-5], 600),
            ["2 µs", "5 µs", "10 µs", "20 µs", "50 µs"]
        );
        assert_eq!(
            labels(Log2, Bytes, [1.0, 1_048_576.0], 500),
            ["1 B", "16 B", "256 B", "4 KiB", "64 KiB", "1 MiB"]
        );
        assert_eq!(
            labels(Linear, Times, [0.5, 2.0], 200),
            ["0", "0.5×", "1×", "1.5×", "2×"]
        );
        assert_eq!(
            labels(Linear, Percent, [-0.2, 1.0], 300),
            ["−20%", "0", "20%", "40%", "60%", "80%", "100%"]
        );
    }

    #[test]
    fn ranges_hold_their_values() {
        for (low, high) in [(1.0, 1.0), (3.0, 17.0), (9.99e-7, 1.0e-6), (0.3, 0.3)] {
            for scale in [Scale::Linear, Scale::Log, Scale::Log2] {
                let axis = Axis::new("", scale, Unit::Count);
                let ruler = Ruler::new(&axis, [low, high].into_iter(), (100, 0));
                assert!(ruler.range().contains(&low), "{scale:?} {low}");
                assert!(ruler.range().contains(&high), "{scale:?} {high}");
                assert!((0..=100).contains(&ruler.at(low)));
                assert!(ruler.at(low) >= ruler.at(high));
            }
        }
    }

    #[test]
    fn what_has_no_place_is_left_out() {
        let axis = Axis::new("", Scale::Log, Unit::Seconds);
        let values = [f64::NAN, 0.0, -1.0, f64::INFINITY, 2.0, 20.0];
        let ruler = Ruler::new(&axis, values.into_iter(), (0, 100));
        assert_eq!(ruler.range(), 2.0..=20.0);
        let nothing = Ruler::new(&axis, [].into_iter(), (0, 100));
        assert!(nothing.at(3.0) > 0);
    }
}
