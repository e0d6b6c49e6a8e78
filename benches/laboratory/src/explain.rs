//! One paradigm on one workload: where the time of a run goes, and where it starts to win.

use std::io;

use estimator::Measured;
use serde::{Deserialize, Serialize};

use crate::cells::Plan;
use crate::machine::Busy;
use crate::survey::survey;
use crate::waterfall::{Waterfall, waterfalls};

/// What was found for one paradigm on one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// The serial code that it is compared with.
    pub base: String,
    /// The parts of one run. Its `n` is the one that was asked for, or the workload's own if that is smaller.
    pub waterfall: Waterfall,
    /// The crossing, from sizes up to the problem's own.
    pub measured: Measured,
    /// How far ln(serial / serial) came out from 0 though nothing differs.
    pub noise_floor: f64,
    /// How busy the machine was meanwhile.
    pub busy: Busy,
}

/// The share of the time that goes into the waterfall; the rest finds the crossing.
const SHARE_OF_WATERFALL: f64 = 0.3;

/// Measures the one paradigm of `plan` on its one workload, with `n` items and with others. `progress` is told which share
/// of the whole is done, 0 to 1.
pub fn explain(plan: &Plan, n: usize, mut progress: impl FnMut(f64)) -> io::Result<Explanation> {
    let mut parts = plan.clone();
    parts.problems[0] = parts.problems[0].with_len(n);
    parts.budget = plan.budget.mul_f64(SHARE_OF_WATERFALL);
    let mut waterfalls = waterfalls(&parts, |_, _, done| progress(SHARE_OF_WATERFALL * done));
    let waterfall = waterfalls.remove(0).map_err(io::Error::other)?;

    let mut rest = plan.clone();
    rest.problems[0].better = None; // it is not asked for
    rest.budget -= parts.budget;
    let found = survey(&rest, |_, _, done| {
        progress(SHARE_OF_WATERFALL + (1.0 - SHARE_OF_WATERFALL) * done);
    })?;
    let [result] = <[_; 1]>::try_from(found.workloads).expect("one workload was planned");
    let [cell] = <[_; 1]>::try_from(result.cells).expect("one paradigm was planned");
    Ok(Explanation {
        base: result.base,
        waterfall,
        measured: cell.outcome.map_err(io::Error::other)?,
        noise_floor: found.noise_floor,
        busy: found.busy,
    })
}
