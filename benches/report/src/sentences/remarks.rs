//! What is said below the table of a workload.

use estimator::Answer;
use estimator::line::{Bend, Miss};
use laboratory::machine::Busy;
use laboratory::survey::{BetterBase, WorkloadResult};

use super::{MORE_ROUNDS, clause, failures, times};
use crate::words;

/// The machine is called busy if its host took this share of the cores' time, ...
const STOLEN: f64 = 0.01;
/// ... or its other processes took this one, ...
const OTHERS: f64 = 0.10;
/// ... or if a round is usually off by so much.
const SPREAD: f64 = 0.20;

/// What is to be said below the table of a workload: better serial code, the noise floor and whether the machine was busy,
/// where the straight-line model misses, what failed.
pub fn remarks(result: &WorkloadResult, noise_floor: f64, busy: &Busy) -> Vec<String> {
    let mut remarks: Vec<String> = result.better.iter().map(better).collect();
    remarks.push(against_itself(result, noise_floor, busy));
    remarks.extend(misses(result));
    remarks.extend(failures(&result.cells));
    remarks
}

/// What the noise floor of a run is: `±0.6%`.
pub fn noise_floor(noise_floor: f64) -> String {
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
    let reasons: Vec<_> = [
        (busy.stolen, STOLEN, stolen),
        (busy.others, OTHERS, others),
        (
            Some(busy.spread),
            SPREAD,
            "was the usual distance of a round from the others",
        ),
    ]
    .into_iter()
    .filter_map(|(share, least, what)| {
        let share = share.filter(|&share| share >= least)?;
        Some(format!("{} {what}", words::percent(share)))
    })
    .collect();
    (!reasons.is_empty()).then(|| {
        format!(
            "The machine was busy while this was measured: {}. Intervals are wider for it, and more stays undecided, \
             however low the noise floor is. End other programs and measure again, or measure for longer.",
            reasons.join("; ")
        )
    })
}

fn better(BetterBase { base, cell }: &BetterBase) -> String {
    match &cell.outcome {
        Ok(measured) => {
            let place = measured.estimate.largest();
            format!(
                "Better serial code is known: {base}, is {} as fast at n = {}.",
                times(&place.speedup()),
                words::thousands(place.at as u64)
            )
        }
        Err(reason) => {
            format!("Better serial code is known, {base}, but was not measured: {reason}")
        }
    }
}

/// What came out where nothing differs.
fn against_itself(result: &WorkloadResult, floor: f64, busy: &Busy) -> String {
    let mut few_rounds = floor == 0.0;
    let on_busy = self::busy(busy).map_or("", |_| ", on a machine that was busy");
    let floor = format!("{}{on_busy}", noise_floor(floor));
    for check in &result.checks {
        let estimate = match &check.outcome {
            Ok(measured) => &measured.estimate,
            Err(reason) => return format!("Serial against serial could not be measured: {reason}"),
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
        return format!(
            "Serial against serial: too few rounds to know the noise floor; {MORE_ROUNDS}."
        );
    }
    format!(
        "Serial against serial: no difference; the noise floor is {floor}. `=` marks a speedup whose 95% interval holds 1."
    )
}

/// A sentence on all paradigms whose crossing the straight lines miss; why, is said of the first.
fn misses(result: &WorkloadResult) -> Option<String> {
    let missed = result.measured().filter_map(|(paradigm, measured)| {
        let model = measured.model?;
        let crossing = model.crossing;
        let crossing = crossing.map_or("none".to_owned(), |n| format!("n ≈ {}", words::count(n)));
        let named = format!("{paradigm} (model: {crossing})");
        Some((paradigm, named, model.miss?))
    });
    let missed: Vec<_> = missed.collect();
    let (first, _, why) = missed.first()?;
    let list: Vec<_> = missed.iter().map(|(_, named, _)| named.as_str()).collect();
    Some(format!(
        "The straight-line model a + b·n misses the measured crossover of {}. For {first}, {}. What was measured counts.",
        list.join(", "),
        reason(why)
    ))
}

fn reason(miss: &Miss) -> String {
    let bends = [("serial code", miss.base), ("the paradigm", miss.rival)];
    let bends = bends.into_iter().filter_map(|(who, bend)| {
        let Bend { below, above } = bend?;
        let (below, above) = (words::time(below), words::time(above));
        Some(format!(
            "one more item costs {who} {below} below the crossover and {above} above it"
        ))
    });
    let bends: Vec<_> = bends.collect();
    if bends.is_empty() {
        return "the times round the crossover scatter about the lines".to_owned();
    }
    let bends = bends.join(", and ");
    format!("{bends}: caches or fresh memory bend the line")
}
