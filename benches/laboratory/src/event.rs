//! What happens while something is measured.

use std::io;
use std::time::Duration;

/// What a command is told while it waits for a measurement.
#[derive(Debug)]
pub enum Event<'a> {
    /// What is measured next: a workload or a part, and what of it; and which share of the whole is done, 0 to 1.
    Next(&'a str, &'a str, f64),
    /// A round failed, for this reason, and is taken once more.
    Again(&'a io::Error),
    /// Before the first round: the budget is much too small, even the fewest rounds take about this long.
    Needs(Duration),
}
