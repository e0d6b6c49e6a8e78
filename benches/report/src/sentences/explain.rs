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
    let off = waterfalls.iter().filter_map(|waterfall| {
        let covered = waterfall.covered();
        let named = format!("{} ({})", waterfall.paradigm, words::percent(covered));
        ((covered - 1.0).abs() > OFF).then_some(named)
    });
    let off: Vec<_> = off.collect();
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
    let hand_out = match seconds(Part::HandOut) {
        0.0 => String::new(),
        seconds => format!("handing out {}, ", words::time(seconds)),
    };
    let compute = seconds(Part::Compute);
    let of_serial = if compute < waterfall.serial {
        "of"
    } else {
        "no less than all of"
    };
    let estimate = &explanation.measured.estimate;
    format!(
        "Starting and joining {} costs {}, {hand_out}moving the answer {}; computing {} takes {}, {of_serial} serial \
         code's {}: {}; {}.",
        words::number_of(waterfall.workers, "worker"),
        words::time(seconds(Part::Start) + seconds(Part::Join)),
        words::time(seconds(Part::Write) + seconds(Part::Collect)),
        words::number_of(waterfall.n, "item"),
        words::time(compute),
        words::time(waterfall.serial),
        outcome(explanation),
        clause(&waterfall.paradigm, "serial code", estimate)
    )
}

/// Which is faster with the number of items that was asked for. The estimator's verdict counts where it has one on that
/// number: it is what the rest of the sentence says, too.
fn outcome(explanation: &Explanation) -> String {
    let waterfall = &explanation.waterfall;
    let mut places = explanation.measured.estimate.places.iter();
    let place = places.find(|place| place.at == waterfall.n);
    let by_waterfall = waterfall.serial / waterfall.whole;
    let speedup = place.map_or(by_waterfall, |place| place.speedup().median);
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
