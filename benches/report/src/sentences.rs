//! Everything that is said in prose about results, in one place: the same words in tables, pages and commands.

pub mod floors;
pub mod versus;

use estimator::{AtPlace, Crossing, Estimate};
use laboratory::machine::Busy;
use laboratory::survey::WorkloadResult;
use laboratory::waterfall::{Part, Waterfall};

/// Where the rival is faster, as a cell of a table: `n ≈ 7,600`, `never up to n = 5M`.
pub fn answer(estimate: &Estimate) -> String {
    todo!("{estimate:?}")
}

/// The 95% interval of an answer as a cell of a table: `7,000 – open`; `–` if there is none.
pub fn interval(estimate: &Estimate) -> String {
    todo!("{estimate:?}")
}

/// The 95% interval of a crossing.
pub fn interval_of(crossing: &Crossing) -> String {
    todo!("{crossing:?}")
}

/// A speedup; with `=` before it where its 95% interval holds 1.
pub fn speedup(place: &AtPlace) -> String {
    todo!("{place:?}")
}

/// Which paradigms win, the first of them first, and what became of the others.
pub fn who_wins(result: &WorkloadResult) -> String {
    todo!("{result:?}")
}

/// What is to be said below the table of a workload: better serial code, the noise floor, where the straight-line model
/// misses, what failed.
pub fn remarks(result: &WorkloadResult, noise_floor: f64, busy: &Busy) -> Vec<String> {
    todo!("{result:?} {noise_floor} {busy:?}")
}

/// What the noise floor of a run is, as `±0.6%`.
pub fn noise_floor(noise_floor: f64) -> String {
    todo!("{noise_floor}")
}

/// Whether the machine was too busy for a good measurement, and what to do about it.
pub fn busy(busy: &Busy) -> Option<String> {
    todo!("{busy:?}")
}

/// What a part of a run is called.
pub fn part(part: Part) -> &'static str {
    todo!("{part:?}")
}

/// A sentence on those whose parts miss the whole by more than 10%.
pub fn parts_remark(waterfalls: &[Waterfall]) -> Option<String> {
    todo!("{waterfalls:?}")
}
