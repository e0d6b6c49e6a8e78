//! Figures: curves over two axes, and horizontal bars, drawn by plotters as SVG.
//!
//! A figure is data first ([`Lines`], [`Bars`]) and says nothing about pixels. It is one SVG for desktop and phone:
//! its text is as large as a phone needs, and the title and the legend are HTML that wraps where the window ends.
//!
//! - Nothing is told by colour alone: curves differ in dashes and markers, parts of bars in lightness and hatching.
//! - plotters writes the ink of a shape as an attribute. The page's style sheet has a list of all inks: it makes
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

const TEXT: RGBColor = RGBColor(0x16, 0x19, 0x1d);
const QUIET: RGBColor = RGBColor(0x55, 0x5b, 0x63);

/// In units, from the top left corner of a figure.
type Point = (i32, i32);
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// Text of which the left or the right end, at half its height, is put where it is drawn.
fn text(ink: &RGBColor, end: HPos) -> TextStyle<'_> {
    let size = 26.0 * 1.24; // by which plotters divides it
    let style = TextStyle::from(("sans-serif", size).into_font());
    style.color(ink).pos(Pos::new(end, VPos::Center))
}

/// A drawing with its title, a text for where a mouse rests on it, and a legend, which wraps like text.
fn figure(title: &str, drawing: &Markup, hint: &str, legend: &[(Markup, &str)]) -> Markup {
    html! {
        figure {
            figcaption { (title) }
            div role="img" aria-label=(title) title=(hint) { (drawing) }
            ul.legend { @for (sample, name) in legend { li { (sample) " " (name) } } }
        }
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
