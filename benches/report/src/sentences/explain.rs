//! What is said of one cell that is explained, and of the parts of its runs.

use estimator::Verdict;
use laboratory::explain::Explanation;
use laboratory::waterfall::{Part, Waterfall};

use super::clause;
use crate::words;

/// Times whose ratio has a smaller logarithm than this are called the same, where the estimator has no verdict.
const SAME: f64 = 0.05;

/// The parts explain the whole if their sum is not off by more than this share.
const OFF: f64 = 0.1;

/// What a part of a run is called.
pub fn part(part: Part) -> &'static str {
    match part {
        Part::Start => "start workers",
        Part::HandOut => "hand out",
        Part::Compute => "compute",
        Part::Write => "write",
        Part::Collect => "collect",
        Part::Join => "join",
    }
}

/// A sentence on those whose parts miss the whole by more than 10%.
pub fn parts_remark(waterfalls: &[Waterfall]) -> Option<String> {
    let off = waterfalls
        .iter()
        .filter(|waterfall| (waterfall.covered() - 1.0).abs() > OFF);
    let off: Vec<_> = off
        .map(|waterfall| {
            let covered = words::percent(waterfall.covered());
            format!("{} ({covered})", waterfall.paradigm)
        })
        .collect();
    (!off.is_empty()).then(|| {
        format!(
            "The parts do not add up to the whole for {}. Above 100%, parts overlap: one worker writes while another \
             computes, or an answer is still in a cache. Below 100%, parts take longer when they run together, because \
             they compete for memory and cores.",
            off.join(", ")
        )
    })
}

/// The verdict on one cell: what the paradigm costs, what it saves, which is faster, and from where on.
pub fn verdict(explanation: &Explanation) -> String {
    let waterfall = &explanation.waterfall;
    let seconds = |part| waterfall.seconds(part);
    let workers = words::number_of(waterfall.workers, "worker");
    let items = words::number_of(waterfall.n, "item");
    let start = words::time(seconds(Part::Start) + seconds(Part::Join));
    let hand_out = match seconds(Part::HandOut) {
        0.0 => String::new(),
        seconds => format!("handing out {}, ", words::time(seconds)),
    };
    let moving = words::time(seconds(Part::Write) + seconds(Part::Collect));
    let compute = seconds(Part::Compute);
    let of_serial = if compute < waterfall.serial {
        "of"
    } else {
        "no less than all of"
    };
    let (compute, serial) = (words::time(compute), words::time(waterfall.serial));
    format!(
        "Starting and joining {workers} costs {start}, {hand_out}moving the answer {moving}; computing {items} takes \
         {compute}, {of_serial} serial code's {serial}: {}; {}.",
        outcome(explanation),
        clause(
            &waterfall.paradigm,
            "serial code",
            &explanation.measured.estimate
        )
    )
}

/// Which is faster with the number of items that was asked for. The estimator's verdict counts where it has one on that
/// number: it is what the rest of the sentence says, too.
fn outcome(explanation: &Explanation) -> String {
    let waterfall = &explanation.waterfall;
    let mut places = explanation.measured.estimate.places.iter();
    let place = places.find(|place| place.at == waterfall.n);
    let speedup = place.map_or(waterfall.serial / waterfall.whole, |place| {
        place.speedup().median
    });
    match place.map(|place| place.verdict) {
        Some(Verdict::Undecided) => {
            format!("parallel is {speedup:.2}× as fast, which is not told apart from 1×")
        }
        None if speedup.ln().abs() < SAME => {
            "parallel and serial take about the same time".to_owned()
        }
        _ if speedup > 1.0 => format!("parallel wins by {}×", words::ratio(speedup)),
        _ => format!("parallel loses by {}×", words::ratio(1.0 / speedup)),
    }
}
