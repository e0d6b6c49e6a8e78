//! Figures as SVG: lines over two axes, and horizontal bars.
//!
//! A figure is data first ([`Lines`], [`Bars`]) and says nothing about pixels. It is then drawn twice
//! ([`Figure`]): for a desk and for a phone, where a wide drawing would be shrunk until nobody can read
//! it. The page's style shows the one that fits ([`style`]).
//!
//! What every figure keeps to:
//!
//! - A title, a title on each axis, labels with their units. The legend stands beside the data or below,
//!   never on them.
//! - Nothing is told by colour alone: lines differ in dashes and markers, parts of bars in lightness and
//!   hatching.
//! - Colours and font are the page's, by CSS variables, so that a figure is dark when the page is. Text
//!   is text: it can be searched, selected and read aloud.
//! - What is shown has a place on its axes. Infinities, and zero on a logarithmic axis, are left out.
//!
//! Plotters draws the shapes. Axes and layout are ours, because labels that never touch need to know
//! how wide they are, and because plotters' own legend stands on the data.

mod axis;
mod bars;
mod canvas;
mod colour;
mod lines;

pub use axis::{Axis, Scale, Unit};
pub use bars::{Bars, Row};
pub use colour::{Look, style};
pub use lines::{Lines, Mark, Reference, Series, Shaded};

/// A figure, drawn twice. Each is one `<svg>` element.
#[derive(Clone, Debug)]
pub struct Figure {
    /// For a screen of 800 pixels and more, and for paper.
    pub wide: String,
    /// For a phone.
    pub narrow: String,
}

/// How many lines there are, in the numbers in which plotters counts pixels.
fn lines(count: usize) -> i32 {
    i32::try_from(count).expect("a figure has few lines")
}

/// The largest of some widths, in pixels; 0 if there are none.
fn longest(widths: impl Iterator<Item = i32>) -> i32 {
    widths.max().unwrap_or(0)
}
