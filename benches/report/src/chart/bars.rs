//! Horizontal bars, plain or in parts.

use maud::{Markup, html};

use super::axis::{Axis, Ruler};
use super::canvas::{Canvas, LINE, Point, WIDTH, sample, text_width};

/// Horizontal bars, plain or in parts. On a logarithmic axis bars begin at its lower end, so their lengths are not to be
/// compared, only their ends.
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

const BAR: f64 = 18.0;
const GAP: f64 = 8.0;
/// Where bars begin.
const LEFT: f64 = 2.0;

impl Bars {
    pub(crate) fn figure(&self) -> Markup {
        let notes = self.rows.iter().map(|bar| text_width(&bar.note) + 10.0);
        let right = WIDTH - notes.fold(24.0, f64::max);
        let sums = self.rows.iter().map(|bar| bar.parts.iter().sum());
        // On a logarithmic axis the shortest bar is to be seen, too.
        let values = sums.flat_map(|sum: f64| [sum / 2.0, sum]);
        let x = Ruler::new(self.x, values, (LEFT, right));
        let step = LINE + BAR + GAP;
        let bottom = self.rows.len() as f64 * step;

        let mut canvas = Canvas::default();
        x.draw_across(&mut canvas, 0.0, bottom);
        for (k, bar) in self.rows.iter().enumerate() {
            let top = k as f64 * step + LINE;
            text_on_paper(&mut canvas, &bar.label, (LEFT + 2.0, top - LINE / 2.0));
            let (mut from, mut sum) = (LEFT, 0.0);
            let parts = bar.parts.iter().enumerate();
            for (part, length) in parts.filter(|(_, length)| **length > 0.0) {
                sum += length;
                let corners = [(from, top), (x.at(sum), top + BAR)];
                if self.parts.is_empty() {
                    canvas.rectangle(corners, "plain");
                } else {
                    draw_part(&mut canvas, part, corners);
                }
                from = x.at(sum);
            }
            text_on_paper(&mut canvas, &bar.note, (from + 6.0, top + BAR / 2.0));
        }
        let parts = self.parts.iter().enumerate().map(|(part, name)| {
            let corners = [(4.0, 1.0), (26.0, 15.0)];
            (sample("", |canvas| draw_part(canvas, part, corners)), *name)
        });
        canvas.into_figure(&self.title, bottom, &parts.collect::<Vec<_>>())
    }
}

/// The parts that have lines across, the lines' distance and their angle.
const HATCHES: [(usize, usize, i32); 3] = [(1, 6, 45), (4, 5, -45), (5, 3, 45)];

/// A part of a bar: its colour, and lines across some of them, so that they can be told apart without colour.
fn draw_part(canvas: &mut Canvas, part: usize, corners: [Point; 2]) {
    canvas.rectangle(corners, &format!("part p{part}"));
    if HATCHES.iter().any(|hatch| hatch.0 == part) {
        canvas.rectangle(corners, &format!("hatch{part}"));
    }
}

/// What hatched parts are filled with: once in every page that shows bars.
pub(crate) fn patterns() -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            @for (part, size, angle) in HATCHES {
                pattern id={ "hatch" (part) } width=(size) height=(size)
                    patternUnits="userSpaceOnUse" patternTransform={ "rotate(" (angle) ")" } {
                    path d={ "M0 0V" (size) } {}
                }
            }
        }
    }
}

/// A text on a piece of paper, so that no grid line runs through it.
fn text_on_paper(canvas: &mut Canvas, text: &str, (x, y): Point) {
    let corners = [(x - 2.0, y - 8.0), (x + text_width(text), y + 8.0)];
    canvas.rectangle(corners, "paper");
    canvas.text(text, (x, y), "start", "label");
}
