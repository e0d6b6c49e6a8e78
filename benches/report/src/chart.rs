//! Figures: curves over two axes, and horizontal bars, drawn by plotters as SVG.
//!
//! A figure is data first ([`Lines`], [`Bars`]) and says nothing about pixels. It is one SVG for desktop and phone:
//! its text is as large as a phone needs. On a page, the title and the legend are HTML that wraps where the window
//! ends. In a picture, which is a file of its own, they are drawn above and below it.
//!
//! - Nothing is shown by colour alone: curves differ in dashes and markers, parts of bars in lightness and hatching.
//! - plotters writes the ink of a shape as an attribute. The style sheet `inks.css` has a list of all inks: it makes
//!   figures dark when the page is, and dashes the curves.
//! - What has no place on an axis, such as zero on a logarithmic one, is left out.

mod axis;
mod bars;
mod lines;

use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub(crate) use axis::{Axis, Scale};
pub(crate) use bars::{Bar, Bars};
pub(crate) use lines::{Lines, Look, Mark, Series};

/// The width of a figure in units. It scales with its column, in which a unit is about half a pixel.
const WIDTH: u32 = 960;
/// The size of a sample in a legend.
const SAMPLE: (u32, u32) = (60, 32);
/// The height of a line of text.
const LINE: i32 = 36;
/// The size of text.
const FONT: f64 = 26.0;

/// From the edge of a picture to what is drawn in it.
const MARGIN: u32 = 28;
/// The height of the title of a picture and its note.
const TITLE: u32 = 100;
/// The colours of figures, light and dark.
pub(crate) const INKS: &str = include_str!("inks.css");

const TEXT: RGBColor = RGBColor(0x16, 0x19, 0x1d);
const QUIET: RGBColor = RGBColor(0x55, 0x5b, 0x63);

/// In units, from the top left corner of a figure.
type Point = (i32, i32);
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// Text of which the left or the right end, at half its height, is put where it is drawn.
fn text(ink: &RGBColor, end: HPos) -> TextStyle<'_> {
    let size = FONT * 1.24; // by which plotters divides it
    let style = TextStyle::from(("sans-serif", size).into_font());
    style.color(ink).pos(Pos::new(end, VPos::Center))
}

/// A drawing with what stands around it.
pub(crate) struct Figure<'a> {
    title: &'a str,
    drawing: Markup,
    height: u32,
    /// Shown where a mouse rests on it.
    hint: String,
    /// What a page says in its text, and a picture under its title.
    note: &'static str,
    /// Samples and their names.
    legend: Vec<(Markup, &'a str)>,
}

impl Figure<'_> {
    /// For a page, where the legend wraps like text.
    pub(crate) fn on_page(&self) -> Markup {
        html! {
            figure {
                figcaption { (self.title) }
                div role="img" aria-label=(self.title) title=(self.hint) { (self.drawing) }
                ul.legend { @for (sample, name) in &self.legend { li { (sample) " " (name) } } }
            }
        }
    }

    /// An SVG file that needs nothing else: a card with the title, the drawing, and the legend in two columns.
    pub(crate) fn picture(&self) -> String {
        let rows = self.legend.len().div_ceil(2);
        let below = MARGIN + TITLE + self.height + MARGIN;
        let (width, height) = (WIDTH + 2 * MARGIN, below + rows as u32 * SAMPLE.1 + MARGIN);
        let at = |x: u32, y: u32| format!("translate({x} {y})");
        let place = |k: usize| {
            let (column, row) = ((k / rows) as u32, (k % rows) as u32);
            at(MARGIN + column * WIDTH / 2, below + row * SAMPLE.1)
        };
        let picture = html! {
            svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
                title { (self.title) }
                desc { (self.hint) }
                style { (PreEscaped(INKS)) }
                rect.card x="1" y="1" width=(width - 2) height=(height - 2) rx="16" {}
                text x=(MARGIN) y=(MARGIN + 26) font-size="32" font-weight="600" { (self.title) }
                text x=(MARGIN) y=(MARGIN + 68) font-size=(FONT) { (self.note) }
                g transform=(at(MARGIN, MARGIN + TITLE)) { (self.drawing) }
                @for (k, (sample, name)) in self.legend.iter().enumerate() {
                    g transform=(place(k)) {
                        (sample)
                        text x=(SAMPLE.0 + 12) y="25" font-size=(FONT) { (name) }
                    }
                }
            }
        };
        picture.into_string()
    }
}

fn svg(size: (u32, u32), draw: impl FnOnce(&Area) -> Drawn) -> Markup {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    let drawn = draw(&area).and_then(|()| area.present());
    drawn.expect("a string takes all that is written");
    drop(area);
    PreEscaped(svg)
}
