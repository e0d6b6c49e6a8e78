//! One cell, explained: where the time of a run goes, who wins, and from which size on.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::crossing::Pays;
use crate::measuring::Subject;
use crate::survey::{Measured, Plan, survey};
use crate::waterfall::{self, Part, Waterfall};
use crate::words;

/// What was found for one paradigm on one workload with one number of items.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// The serial code that it is compared with.
    pub base: String,
    /// The parts of one run.
    pub waterfall: Waterfall,
    /// The crossing, from sizes up to some multiple of the one that was asked for.
    pub measured: Measured,
}

/// Times whose ratio has a smaller logarithm than this are called the same.
const SAME: f64 = 0.05;

/// The share of the time that goes into the waterfall; the rest finds the crossing.
const SHARE_OF_WATERFALL: f64 = 0.3;

/// Measures `subject` with `n` items, all of it within about `budget`. `progress` is told what is being measured, and
/// which share of the whole is done, 0 to 1.
///
/// # Errors
///
/// If the paradigm or serial code failed: a sentence.
pub fn explain(
    subject: &Subject,
    n: usize,
    budget: Duration,
    mut progress: impl FnMut(&str, f64),
) -> io::Result<Explanation> {
    progress("where the time goes", 0.0);
    let waterfall = waterfall::measure(subject, n, budget.mul_f64(SHARE_OF_WATERFALL))?;
    let plan = Plan {
        problems: vec![subject.problem.clone()],
        paradigms: vec![subject.paradigm.clone()],
        workers: subject.workers,
        budget: budget.mul_f64(1.0 - SHARE_OF_WATERFALL),
        insist_on_largest: false,
    };
    let found = survey(&plan, |_, _, done| {
        progress(
            "where it starts to win",
            SHARE_OF_WATERFALL + (1.0 - SHARE_OF_WATERFALL) * done,
        );
    })?;
    let [result] = <[_; 1]>::try_from(found.workloads).expect("one workload was planned");
    let [cell] = <[_; 1]>::try_from(result.cells).expect("one paradigm was planned");
    Ok(Explanation {
        base: result.base,
        waterfall,
        measured: cell.outcome.map_err(io::Error::other)?,
    })
}

impl Explanation {
    /// The verdict in words: what the paradigm costs, what it saves, who wins, and from where on.
    pub fn verdict(&self) -> String {
        let Waterfall {
            n,
            workers,
            whole,
            serial,
            ..
        } = self.waterfall;
        let seconds = |part| self.waterfall.seconds(part);
        let workers = words::number_of(workers, "worker");
        let start = words::time(seconds(Part::Start) + seconds(Part::Join));
        let hand_out = match seconds(Part::HandOut) {
            0.0 => String::new(),
            seconds => format!("handing out {}, ", words::time(seconds)),
        };
        let moving = words::time(seconds(Part::Transfer) + seconds(Part::Collect));
        let items = words::number_of(n, "item");
        let compute = seconds(Part::Compute);
        let saved = if compute < serial {
            format!(
                "computing {items} takes {} of serial code's {}",
                words::time(compute),
                words::time(serial)
            )
        } else {
            format!(
                "computing {items} takes {}, no less than all of serial code's {}",
                words::time(compute),
                words::time(serial)
            )
        };
        let outcome = if (serial / whole).ln().abs() < SAME {
            "parallel and serial take the same time".to_owned()
        } else if whole < serial {
            format!("parallel wins by {:.1}×", serial / whole)
        } else {
            format!("parallel loses by {:.1}×", whole / serial)
        };
        let from = match self.measured.estimate.pays() {
            Pays::From(crossing) => format!("it starts to win at n ≈ {}", words::count(crossing.n)),
            Pays::Between(Some(begin), end) => format!(
                "it wins from n ≈ {} to n ≈ {}",
                words::count(begin.n),
                words::count(end.n)
            ),
            Pays::Between(None, end) => format!("it wins up to n ≈ {}", words::count(end.n)),
            Pays::Always(_) => "it wins at every size that was measured".to_owned(),
            Pays::Never(up_to) => format!(
                "it never wins, at any size up to {} that was measured",
                words::count(up_to as f64)
            ),
            Pays::NoDifference(up_to) => format!(
                "up to n = {} there is no difference to serial code",
                words::count(up_to as f64)
            ),
        };
        format!(
            "Starting and joining {workers} costs {start}, {hand_out}moving the answer {moving}; {saved}: {outcome}; {from}."
        )
    }
}
