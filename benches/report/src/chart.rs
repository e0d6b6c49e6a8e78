//! Figures: curves over two axes, and horizontal bars.
//!
//! A figure is data first ([`Lines`], [`Bars`]) and says nothing about pixels. It is drawn once, as one SVG for desktop and
//! phone: its text is as large as a phone needs, and the title and the legend are HTML that wraps where the window ends.
//!
//! - Nothing is told by colour alone: curves differ in dashes and markers, parts of bars in lightness and hatching.
//! - Colours are the page's, by classes of its style sheet, so that a figure is dark when the page is.
//! - What has no place on an axis, such as zero on a logarithmic one, is left out.
//! - The shapes are written by maud: a name with `<` in it cannot break a figure. Axes are ours, because labels that never
//!   touch need to know how wide they are.

mod axis;
mod bars;
mod canvas;
mod lines;

pub(crate) use axis::{Axis, Scale, Unit};
pub(crate) use bars::{Bar, Bars, patterns};
pub(crate) use lines::{Lines, Look, Mark, Series};
