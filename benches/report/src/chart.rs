//! Figures: curves over two axes, and horizontal bars.
//!
//! A figure is data first ([`Lines`], [`Bars`]) and says nothing about pixels. It is drawn once, as one SVG that is
//! readable on a desktop and on a phone: its text is as large as a phone needs, and what would take width, the title and
//! the legend, is HTML around it that wraps where the window ends.
//!
//! What every figure keeps to:
//!
//! - A title, a title on each axis, labels with their units. The legend stands below the data, never on them.
//! - Nothing is told by colour alone: curves differ in dashes and markers, parts of bars in lightness and hatching.
//! - Colours are the page's, by classes of its style sheet, so that a figure is dark when the page is. Text is text: it
//!   can be searched, selected and read aloud.
//! - What is shown has a place on its axes. Infinities, and zero on a logarithmic axis, are left out.
//!
//! The shapes are written by maud, as the page is: a name with `<` in it cannot break a figure. Axes are ours, because
//! labels that never touch need to know how wide they are.

mod axis;
mod bars;
mod canvas;
mod lines;

pub(crate) use axis::{Axis, Scale, Unit};
pub(crate) use bars::{Bar, Bars, patterns};
pub(crate) use lines::{Lines, Look, Mark, Series};
