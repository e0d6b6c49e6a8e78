//! What is said below the table of a workload, and below the waterfall of a cell that is explained.

use std::time::Duration;

use estimator::line::{Bend, Miss};
use estimator::{Answer, Estimate, Verdict};
use laboratory::machine::Busy;
use laboratory::survey::{CellResult, WorkloadResult};
use laboratory::waterfall::{Part, Waterfall};

use super::{clause, failed, times};
use crate::words;

/// The machine is called busy if its host took this share of the cores' time, ...
const STOLEN: f64 = 0.01;
/// ... or its other processes took this one, ...
const OTHERS: f64 = 0.10;
/// ... or if a round usually differs from the others by this much.
const SPREAD: f64 = 0.20;
/// Times whose ratio has a smaller logarithm than this are called the same, where the estimator has no verdict.
const SAME: f64 = 0.05;
/// The parts explain the whole if their sum is not off by more than this share.
const OFF: f64 = 0.1;

/// What is to be said below the table of a workload: better serial code, the noise floor and whether the machine was
/// busy, where the straight-line model misses, what failed.
pub fn remarks(result: &WorkloadResult, noise_floor: f64, busy: &Busy) -> Vec<String> {
    let mut remarks: Vec<String> = result.better.iter().filter_map(better).collect();
    remarks.push(against_itself(&result.checks, noise_floor, busy));
    remarks.extend(misses(result));
    remarks.extend(result.failures().map(failed));
    remarks
}

/// What the noise floor of a run is: `±0.6%`.
pub(crate) fn noise_floor(noise_floor: f64) -> String {
    match 100.0 * noise_floor.exp_m1() {
        0.0 => "unknown, because there were too few rounds".to_owned(),
        percent if percent < 0.05 => "below ±0.1%".to_owned(),
        percent => format!("±{percent:.1}%"),
    }
}

/// Whether the machine was too busy for a good measurement, and what to do about it.
pub fn busy(busy: &Busy) -> Option<String> {
    let stolen = "of the cores' time was stolen by the host of this virtual machine";
    let others = "of the cores' time was used by other processes";
    let spread = "was the usual difference between a round and the others";
    let mut reasons = Vec::new();
    for (share, least, what) in [
        (busy.stolen, STOLEN, stolen),
        (busy.others, OTHERS, others),
        (Some(busy.spread), SPREAD, spread),
    ] {
        if let Some(share) = share.filter(|&share| share >= least) {
            reasons.push(format!("{} {what}", words::percent(share)));
        }
    }
    if reasons.is_empty() {
        return None;
    }
    Some(format!(
        "The machine was busy while this was measured: {}. Intervals are wider, and more answers are undecided, even if \
         the noise floor is low. End other programs and measure again, or measure for longer.",
        reasons.join("; ")
    ))
}

/// That the caller was busy before each run, if it was.
pub fn pause(pause: Duration) -> Option<String> {
    let time = words::time(pause.as_secs_f64());
    (pause > Duration::ZERO).then(|| {
        format!("The caller was busy for {time} before each run, serial or parallel, and this is not part of any time.")
    })
}

fn better(CellResult { paradigm, outcome }: &CellResult) -> Option<String> {
    let place = outcome.as_ref().ok()?.estimate.largest();
    Some(format!(
        "Better serial code is known: {paradigm} is {} as fast at n = {}.",
        times(&place.speedup()),
        words::thousands(place.at as u64)
    ))
}

/// What was measured where there is no difference: serial code against itself.
pub(super) fn against_itself<'a>(
    checks: impl IntoIterator<Item = &'a CellResult>,
    floor: f64,
    busy: &Busy,
) -> String {
    let mut few_rounds = floor == 0.0;
    let on_busy = self::busy(busy).map_or("", |_| ", on a machine that was busy");
    let floor = format!("{}{on_busy}", noise_floor(floor));
    for check in checks {
        let estimate = match &check.outcome {
            Ok(measured) => &measured.estimate,
            Err(_) => {
                return "Serial against serial failed: the noise floor is not known.".to_owned();
            }
        };
        match estimate.answer {
            Answer::Undecided { too_few_rounds, .. } => few_rounds |= too_few_rounds,
            Answer::NoDifference { .. } => {}
            _ => {
                return format!(
                    "Serial against serial shows a difference though there is none ({}): something on this machine \
                     disturbs the measurement. The noise floor is {floor}. End other programs and measure again.",
                    clause("the second run", "the first", estimate)
                );
            }
        }
    }
    if few_rounds {
        return "Serial against serial: too few rounds to know the noise floor. Measure for longer."
            .to_owned();
    }
    format!(
        "Serial against serial: no difference; the noise floor is {floor}. `=` marks a speedup whose 95% interval holds 1: \
         the difference is too small to call. `≈` marks a speedup that has too few rounds for an interval. To decide more, \
         measure for longer."
    )
}

/// A sentence on all paradigms whose crossing the straight lines miss. The reason is given for the first of them.
fn misses(result: &WorkloadResult) -> Option<String> {
    let mut missed = Vec::new();
    let mut first = None;
    for (paradigm, measured) in result.measured() {
        if let Some(model) = measured.model
            && let Some(miss) = model.miss
        {
            let crossing = model.crossing.map(|n| format!("n ≈ {}", words::count(n)));
            let crossing = crossing.as_deref().unwrap_or("none");
            missed.push(format!("{paradigm} (model: {crossing})"));
            first.get_or_insert_with(|| format!("For {paradigm}, {}.", reason(&miss)));
        }
    }
    Some(format!(
        "The straight-line model a + b·n misses the measured crossover of {}. {} Use the measured crossover.",
        missed.join(", "),
        first?
    ))
}

fn reason(miss: &Miss) -> String {
    let mut bends = Vec::new();
    for (who, bend) in [("serial code", miss.base), ("the paradigm", miss.rival)] {
        if let Some(Bend { below, above }) = bend {
            let (below, above) = (words::time(below), words::time(above));
            bends.push(format!(
                "one more item costs {who} {below} below the crossover and {above} above it"
            ));
        }
    }
    if bends.is_empty() {
        return "the times near the crossover are too noisy for straight lines".to_owned();
    }
    let bends = bends.join(", and ");
    format!(
        "{bends}: the usual reason is a cache that is full, or memory that is written for the first time"
    )
}

/// What a part of a run is called.
pub(crate) fn part(part: Part) -> &'static str {
    match part {
        Part::Start => "start workers",
        Part::HandOut => "hand out",
        Part::Compute => "compute",
        Part::Write => "write",
        Part::Collect => "collect",
        Part::Join => "join",
    }
}

/// A sentence on the waterfalls whose parts add up to 10% more or less than the whole.
pub fn parts_remark(waterfalls: &[Waterfall]) -> Option<String> {
    let mut off = Vec::new();
    for waterfall in waterfalls {
        let covered = waterfall.covered();
        if (covered - 1.0).abs() > OFF {
            let covered = words::percent(covered);
            off.push(format!("{} ({covered})", waterfall.paradigm));
        }
    }
    if off.is_empty() {
        return None;
    }
    Some(format!(
        "The parts do not add up to the whole for {}. Above 100%, parts overlap: one worker writes while another \
         computes, or an answer is still in a cache. Below 100%, parts take longer when they run together, because \
         they compete for memory and cores.",
        off.join(", ")
    ))
}

/// The verdict on one cell: what the paradigm costs, what it saves, which is faster, and the size at which it
/// starts to win.
pub fn verdict(waterfall: &Waterfall, estimate: &Estimate) -> String {
    let seconds = |part| waterfall.seconds(part);
    let hand_out = match seconds(Part::HandOut) {
        0.0 => String::new(),
        seconds => format!("handing out {}, ", words::time(seconds)),
    };
    format!(
        "Starting and joining {} costs {}, {hand_out}moving the answer {}. Computing {} takes {}, \
         and with serial code {}. So {}; {}.",
        words::number_of(waterfall.workers, "worker"),
        words::time(seconds(Part::Start) + seconds(Part::Join)),
        words::time(seconds(Part::Write) + seconds(Part::Collect)),
        words::number_of(waterfall.n, "item"),
        words::time(seconds(Part::Compute)),
        words::time(waterfall.serial),
        outcome(waterfall, estimate),
        clause(&waterfall.paradigm, "serial code", estimate)
    )
}

/// Which is faster with the number of items that was asked for. The estimator's verdict counts where it has one on that
/// number, because the rest of the sentence is its verdict, too.
fn outcome(waterfall: &Waterfall, estimate: &Estimate) -> String {
    let mut places = estimate.places.iter();
    let place = places.find(|place| place.at == waterfall.n);
    let by_waterfall = waterfall.serial / waterfall.whole;
    let speedup = place.map_or(by_waterfall, |place| place.speedup().median);
    match place.map(|place| place.verdict) {
        Some(Verdict::Undecided) => {
            format!(
                "parallel is {speedup:.2}× as fast, and the difference from 1× is too small to call"
            )
        }
        None if speedup.ln().abs() < SAME => {
            "parallel and serial take about the same time".to_owned()
        }
        _ if speedup > 1.0 => format!("parallel is {}× as fast", words::ratio(speedup)),
        _ => format!("serial code is {}× as fast", words::ratio(1.0 / speedup)),
    }
}
