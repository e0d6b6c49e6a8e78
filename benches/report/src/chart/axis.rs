//! Axes: from values to units of a figure, and which values are labelled.

use std::ops::Range;

use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::coord::types::{RangedCoordf64, RangedCoordi32};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::{Area, Drawn, QUIET, TEXT, text};
use crate::words;

/// How values are spread along an axis: evenly from zero on, the same with labels at whole numbers, or by their
/// logarithm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Whole,
    Log,
}

/// One side of a figure: a coordinate of plotters.
#[derive(Clone, Copy)]
pub(crate) struct Axis {
    pub(super) title: &'static str,
    pub(crate) scale: Scale,
    /// A value in words.
    label: fn(f64) -> String,
    low: f64,
    high: f64,
}

impl Axis {
    pub(crate) const fn new(title: &'static str, scale: Scale, label: fn(f64) -> String) -> Self {
        Self {
            title,
            scale,
            label,
            low: 0.0,
            high: 1.0,
        }
    }

    /// Whether `value` has a place on it: not every number has a logarithm.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || (self.scale != Scale::Log && value == 0.0))
    }

    /// The axis with room for all `values` that have a place on it.
    pub(super) fn with_room_for(self, values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.into_iter().filter(|&value| self.shows(value)) {
            (low, high) = (low.min(value), high.max(value));
        }
        let (low, high) = match self.scale {
            _ if high == 0.0 => (1.0, 10.0),
            Scale::Log => (low / 1.1, 1.1 * high),
            Scale::Linear | Scale::Whole => (0.0, 1.05 * high),
        };
        Self { low, high, ..self }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    /// What lies beyond an end is at that end.
    fn map(&self, value: &f64, ends: (i32, i32)) -> i32 {
        let value = value.clamp(self.low, self.high);
        match self.scale {
            Scale::Log => LogCoord::from(self.range().log_scale()).map(&value, ends),
            Scale::Linear | Scale::Whole => RangedCoordf64::from(self.range()).map(&value, ends),
        }
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let most = hint.max_num_points();
        match self.scale {
            Scale::Linear => RangedCoordf64::from(self.range()).key_points(most),
            Scale::Whole => {
                let whole = RangedCoordi32::from(0..self.high as i32).key_points(most);
                whole.into_iter().map(f64::from).collect()
            }
            Scale::Log => {
                // 1, 2, 5, 10, ... if there is room for their labels.
                let exponents = self.low.log10().floor() as i32..=self.high.log10() as i32;
                let powers = exponents.map(|exponent| 10_f64.powi(exponent));
                let mut dense: Vec<_> = powers.flat_map(|it| [it, 2.0 * it, 5.0 * it]).collect();
                dense.retain(|value| self.range().contains(value));
                if dense.len() < most {
                    return dense;
                }
                LogCoord::from(self.range().log_scale()).key_points(most)
            }
        }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    /// As short as it can be: `1 ms`, `2.5×`.
    fn format_ext(&self, value: &f64) -> String {
        if *value == 0.0 {
            return "0".to_owned();
        }
        words::without_zeros(&(self.label)(*value))
    }
}

/// For `y` where rows say what they are.
pub(super) const NO_AXIS: Axis = Axis::new("", Scale::Linear, words::count);
/// The height of the labels of `x` and its title.
pub(super) const BELOW: u32 = 78;

/// A grid over two axes, with labels in this much room to the left and below.
pub(super) fn chart<'a>(
    area: &Area<'a>,
    (x, y): (Axis, Axis),
    (left, below): (u32, u32),
) -> Drawn<ChartContext<'a, SVGBackend<'a>, Cartesian2d<Axis, Axis>>> {
    let mut chart = ChartBuilder::on(area)
        .y_label_area_size(left)
        .x_label_area_size(below)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .max_light_lines(0)
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(0xc9, 0xcd, 0xd2).stroke_width(2))
        .axis_style(TRANSPARENT)
        .x_labels(7)
        .y_labels(if y.title.is_empty() { 0 } else { 10 })
        .label_style(text(&TEXT, HPos::Left))
        .x_desc(x.title)
        .axis_desc_style(text(&QUIET, HPos::Left))
        .draw()?;
    Ok(chart)
}
