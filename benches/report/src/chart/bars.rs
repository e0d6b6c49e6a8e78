//! Horizontal bars, plain or in parts.

use maud::{Markup, html};

use super::axis::{Axis, Ruler};
use super::canvas::{Anchor, Canvas, LINE, Point, WIDTH, figure, text_width};

/// Horizontal bars, plain or in parts. On a logarithmic axis bars begin at its lower end, so their lengths are not to be
/// compared, only their ends; they must be plain there.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What it shows.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From top to bottom.
    pub bars: Vec<Bar>,
    /// The names of the parts, for the legend; empty if bars are plain.
    pub parts: Vec<&'static str>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// The length of each part; one part if the bar is plain.
    pub parts: Vec<f64>,
    /// Written at the bar's end, such as its length in words.
    pub note: String,
}

const BAR: f64 = 18.0;
const GAP: f64 = 8.0;

impl Bars {
    /// Draws it.
    pub fn figure(&self) -> Markup {
        let notes = self.bars.iter().map(|bar| text_width(&bar.note) + 10.0);
        let right = (WIDTH - notes.fold(24.0, f64::max)).max(WIDTH / 3.0);
        let sums: Vec<f64> = self.bars.iter().map(|bar| bar.parts.iter().sum()).collect();
        // On a logarithmic axis the shortest bar is to be seen, too.
        let shortest = sums
            .iter()
            .copied()
            .filter(|sum| *sum > 0.0)
            .min_by(f64::total_cmp);
        let half = shortest.map(|shortest| shortest / 2.0);
        let x = Ruler::new(self.x, sums.into_iter().chain(half), (2.0, right));
        let step = LINE + BAR + GAP;
        let bottom = self.bars.len() as f64 * step;

        let mut canvas = Canvas::default();
        for (value, label) in x.across() {
            let at = x.at(value);
            canvas.line(&[(at, 0.0), (at, bottom)], "grid");
            let anchor = if at < text_width(&label) / 2.0 {
                Anchor::Start
            } else {
                Anchor::Middle
            };
            canvas.text(&label, (at, bottom + 0.8 * LINE), anchor, "label");
        }
        let title = (f64::midpoint(2.0, right), bottom + 1.9 * LINE);
        canvas.text(self.x.title, title, Anchor::Middle, "quiet");
        for (k, bar) in self.bars.iter().enumerate() {
            let top = k as f64 * step + LINE;
            paper_and_text(&mut canvas, &bar.label, (4.0, top - LINE / 2.0));
            let end = self.draw_bar(&mut canvas, bar, &x, top);
            paper_and_text(&mut canvas, &bar.note, (end + 6.0, top + BAR / 2.0));
        }
        let svg = canvas.into_svg(bottom + 2.6 * LINE, &self.title, &self.description());
        figure(&self.title, &svg, &self.legend())
    }

    /// Draws the parts of a bar one after the other; returns where it ends.
    fn draw_bar(&self, canvas: &mut Canvas, bar: &Bar, x: &Ruler, top: f64) -> f64 {
        let (mut from, mut sum) = (x.at(*x.range().start()), 0.0);
        for (k, length) in bar
            .parts
            .iter()
            .enumerate()
            .filter(|(_, length)| **length > 0.0)
        {
            sum += length;
            let to = x.at(sum);
            let corners = [(from, top), (to, top + BAR)];
            if self.parts.is_empty() {
                canvas.rectangle(corners, "plain");
            } else {
                draw_part(canvas, k, corners);
            }
            from = to;
        }
        from
    }

    /// For those who cannot see it.
    fn description(&self) -> String {
        let bars: Vec<_> = self.bars.iter().map(|bar| bar.label.as_str()).collect();
        format!(
            "Horizontal axis: {}. Bars: {}. The table below has the numbers.",
            self.x.title,
            bars.join(", ")
        )
    }

    fn legend(&self) -> Vec<(Markup, &str)> {
        let sample = |(k, name)| {
            let mut canvas = Canvas::default();
            draw_part(&mut canvas, k, [(4.0, 1.0), (26.0, 15.0)]);
            (canvas.into_sample(), name)
        };
        self.parts.iter().copied().enumerate().map(sample).collect()
    }
}

/// A part of a bar: its colour, and lines across some of them, so that they can be told apart without colour.
fn draw_part(canvas: &mut Canvas, part: usize, corners: [Point; 2]) {
    canvas.rectangle(corners, &format!("part p{}", part % 6));
    if let Some(hatch) = HATCHED.iter().position(|hatched| *hatched == part % 6) {
        canvas.rectangle(corners, &format!("hatch{hatch}"));
    }
}

/// The parts that have lines across.
const HATCHED: [usize; 3] = [1, 4, 5];

/// What hatched parts are filled with: once in every page that shows bars.
pub fn patterns() -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            @for (k, (size, angle)) in [(6, 45), (5, -45), (3, 45)].into_iter().enumerate() {
                pattern id={ "hatch" (k) } width=(size) height=(size) patternUnits="userSpaceOnUse"
                    patternTransform={ "rotate(" (angle) ")" } { path d={ "M0 0V" (size) } {} }
            }
        }
    }
}

/// A text on a piece of paper, so that no grid line runs through it.
fn paper_and_text(canvas: &mut Canvas, text: &str, (x, y): Point) {
    if !text.is_empty() {
        canvas.rectangle(
            [(x - 2.0, y - 8.0), (x + text_width(text), y + 8.0)],
            "paper",
        );
        canvas.text(text, (x, y), Anchor::Start, "label");
    }
}
