//! Where the time goes: one run of a paradigm, cut into its parts.

use serde::{Deserialize, Serialize};

/// The parts, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Starting the workers.
    Start,
    /// Handing out the chunks.
    HandOut,
    /// Computing.
    Compute,
    /// Writing the answer to memory, all workers at once.
    Write,
    /// Bringing it to the caller.
    Collect,
    /// Waiting for the workers' end.
    Join,
}

/// One run, cut into its parts. Times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The paradigm's name.
    pub paradigm: String,
    /// The workload's name.
    pub workload: String,
    /// The number of items.
    pub n: usize,
    /// The number of workers.
    pub workers: usize,
    /// Each part's time, in the order of [`Part::ALL`].
    pub parts: Vec<(Part, f64)>,
    /// The time of the whole.
    pub whole: f64,
    /// The time of serial code.
    pub serial: f64,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::HandOut,
        Self::Compute,
        Self::Write,
        Self::Collect,
        Self::Join,
    ];
}

impl Waterfall {
    /// The time of one part, in seconds.
    pub fn seconds(&self, part: Part) -> f64 {
        let of = self.parts.iter().find(|(other, _)| *other == part);
        of.map_or(0.0, |(_, seconds)| *seconds)
    }

    /// The sum of the parts over the whole: 1 if they explain all of it.
    pub fn covered(&self) -> f64 {
        self.parts.iter().map(|(_, seconds)| seconds).sum::<f64>() / self.whole
    }
}
