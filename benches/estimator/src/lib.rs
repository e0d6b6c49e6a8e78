//! What paired times say: is the rival faster, at which size does it start to win, and how certain is the answer?
//!
//! This crate knows nothing of what is measured. It is given stopwatches that time a *base* and its *rival*
//! along an *axis*: serial code against a paradigm by the number of items, a bare system call against what is built on
//! it, one worker against two. Each such comparison is a *cell*, and all are measured and judged alike:
//!
//! - [`pair`]: a run of the base and one of its rival, one right after the other. Many pairs make a round.
//! - [`axis`], [`sampling`]: which places of its axis a round of one cell visits, in which order and how often.
//! - [`engine`]: rounds of all cells in turns, each by a fresh stopwatch; then the verdicts.
//! - [`verdict`], [`estimate`]: what is known of each place; the noise floor.
//! - [`crossing`]: where the rival starts or stops being faster than the base, and the 95% interval of that place.
//! - [`answer`]: the short answer, made in one place.
//! - [`mod@line`]: the straight lines of the textbook beside it.
//! - [`laws`]: Amdahl's share, from a cell along the number of workers.
//! - [`statistics`]: medians, trimmed means, Student's t.
//! - [`clocks`], [`truth`]: made-up stopwatches whose truth is known, to test all this.

pub mod answer;
pub mod axis;
mod by_place;
pub mod clocks;
pub mod crossing;
pub mod engine;
pub mod estimate;
pub mod laws;
pub mod line;
pub mod pair;
pub mod sampling;
pub mod statistics;
pub mod truth;
pub mod verdict;
mod visit;
mod window;

pub use answer::Answer;
pub use axis::Axis;
pub use crossing::Crossing;
pub use engine::{Cell, Event, Findings, Measured, Purpose, measure, once_more};
pub use estimate::Estimate;
pub use line::{Line, Model};
pub use pair::{Pair, Round, Run, Side, Stopwatch, limit};
pub use verdict::{AtPlace, Range, Verdict};
