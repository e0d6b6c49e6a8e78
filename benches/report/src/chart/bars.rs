//! Horizontal bars, plain or in parts.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::axis::{Axis, BELOW, NO_AXIS, chart};
use super::{Area, Drawn, Figure, LINE, Point, QUIET, SAMPLE, TEXT, WIDTH, svg, text};

/// On a logarithmic axis bars begin at its lower end, so their ends may be compared, and not their lengths.
pub(crate) struct Bars {
    pub(crate) title: String,
    pub(crate) x: Axis,
    /// From top to bottom.
    pub(crate) rows: Vec<Bar>,
    /// The names of the parts, for the legend; empty if bars are plain.
    pub(crate) parts: Vec<&'static str>,
}

pub(crate) struct Bar {
    pub(crate) label: String,
    /// The length of each part; one part if the bar is plain.
    pub(crate) parts: Vec<f64>,
    /// Written at the bar's end, such as its length in words.
    pub(crate) note: String,
}

/// The width of a note.
const NOTE: u32 = 270;
const BAR: i32 = 36;
/// A line of text, a bar, a gap.
const ROW: usize = 88;

const HATCH: RGBColor = RGBColor(0x3a, 0x2e, 0x1a);
/// The ink of each part, neighbours of different lightness, and how far the lines across it are apart, if there are
/// any.
const PARTS: [(RGBColor, Option<usize>); 6] = [
    (RGBColor(0x00, 0x72, 0xb2), None),
    (RGBColor(0xf2, 0xb7, 0x5b), Some(12)),
    (RGBColor(0x0b, 0x3c, 0x6f), None),
    (RGBColor(0xd5, 0xd9, 0xde), None),
    (RGBColor(0xb8, 0x4a, 0x00), Some(9)),
    (RGBColor(0xeb, 0xc0, 0xd8), Some(6)),
];

impl Bars {
    pub(crate) fn figure(&self) -> Markup {
        let height = (self.rows.len() * ROW) as u32 + BELOW;
        let drawing = svg((WIDTH, height), |area| self.draw(area));
        let parts = self.parts.iter().zip(PARTS).map(|(name, part)| {
            let draw = |area: &Area| draw_part(area, part, [(8, 2), (52, 30)]);
            (svg(SAMPLE, draw), *name)
        });
        let figure = Figure {
            title: &self.title,
            drawing,
            height,
            hint: String::new(),
            note: "",
            legend: parts.collect(),
        };
        figure.on_page()
    }

    fn draw(&self, area: &Area) -> Drawn {
        let style = text(&TEXT, HPos::Left);
        let sums = self.rows.iter().map(|bar| bar.parts.iter().sum());
        // On a logarithmic axis the shortest bar is to be seen, too.
        let ends = sums.flat_map(|sum: f64| [sum / 2.0, sum]);
        let x = self.x.with_room_for(ends);
        let chart = chart(&area.margin(0, 0, 0, NOTE), (x, NO_AXIS), (16, BELOW))?;
        for (bar, top) in self.rows.iter().zip((LINE..).step_by(ROW)) {
            let place = |sum| chart.backend_coord(&(sum, 0.0)).0;
            area.draw_text(&bar.label, &style, (place(0.0) + 4, top - LINE / 2))?;
            let mut sum = 0.0;
            for (length, part) in bar.parts.iter().zip(PARTS) {
                let corners = [(place(sum), top), (place(sum + length), top + BAR)];
                draw_part(area, part, corners)?;
                sum += length;
            }
            area.draw_text(&bar.note, &style, (place(sum) + 12, top + BAR / 2))?;
        }
        Ok(())
    }
}

/// A part of a bar: its ink, and lines across some of them, so that they can be told apart without colour.
fn draw_part(area: &Area, (ink, apart): (RGBColor, Option<usize>), corners: [Point; 2]) -> Drawn {
    area.draw(&Rectangle::new(corners, ink.filled()))?;
    if let Some(apart) = apart {
        let [(left, top), (right, bottom)] = corners;
        for x in (left..right).step_by(apart) {
            let line = [(x, top), (x, bottom)];
            area.draw(&PathElement::new(line, HATCH.stroke_width(2)))?;
        }
    }
    area.draw(&Rectangle::new(corners, QUIET.stroke_width(1)))
}
