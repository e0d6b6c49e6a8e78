//! Everything that is said in prose about results, in one place: tables, pages and commands use the same words.

pub mod floors;
mod remarks;
pub mod versus;

use estimator::{Answer, AtPlace, Crossing, Estimate, Range};
use laboratory::survey::{CellResult, WorkloadResult};

use crate::words;

pub use remarks::{busy, parts_remark, pause, remarks, verdict};
pub(crate) use remarks::{noise_floor, part};

/// Where the rival is faster, as a cell of a table: `n ≈ 7,600`, `never up to n = 5M`.
pub(crate) fn answer(estimate: &Estimate) -> String {
    let answer = short_answer(estimate, "n ≈ ", words::count);
    match estimate.answer {
        Answer::Never { up_to }
        | Answer::NoDifference { up_to, .. }
        | Answer::Undecided {
            up_to,
            too_few_rounds: false,
            ..
        } => format!("{answer} up to {}", size(up_to)),
        _ => answer,
    }
}

/// The same without the largest size. A crossing is put into words by `crossing`; `about` stands before the first one.
pub(crate) fn short_answer(
    estimate: &Estimate,
    about: &str,
    crossing: impl Fn(f64) -> String,
) -> String {
    match estimate.answer {
        Answer::From { begin } => format!("{about}{}", crossing(begin.at)),
        Answer::Between { begin, end } => match begin {
            Some(begin) => format!("{about}{} to {}", crossing(begin.at), crossing(end.at)),
            None => format!("up to {about}{}", crossing(end.at)),
        },
        Answer::Always { from } => format!("{} on", size(from)),
        Answer::Never { .. } => "never".to_owned(),
        Answer::NoDifference { .. } => "no difference".to_owned(),
        Answer::Undecided { too_few_rounds, .. } if too_few_rounds => "too few rounds".to_owned(),
        Answer::Undecided { .. } => "undecided".to_owned(),
    }
}

/// The same as a clause, without a full stop: which of the two wins, and the size at which it starts to win.
pub(crate) fn clause(rival: &str, base: &str, estimate: &Estimate) -> String {
    let beats = format!("{rival} beats {base}");
    let n = |crossing: Crossing| format!("n ≈ {}", words::count(crossing.at));
    match estimate.answer {
        Answer::From { begin } => {
            let interval = interval_of(&begin);
            format!("{beats} from {} on (95% interval {interval})", n(begin))
        }
        Answer::Between { begin, end } => {
            let from = begin.map(|begin| format!("from {} ", n(begin)));
            let from = from.unwrap_or_default();
            format!("{beats} {from}up to {}, and not beyond", n(end))
        }
        Answer::Always { from } => {
            let from = size(from);
            format!("{beats} at every size that was measured, from {from} on")
        }
        Answer::Never { up_to } => format!("{rival} never beats {base}, up to {}", size(up_to)),
        Answer::NoDifference { up_to, within } => {
            let (n, within) = (size(up_to), words::percent(within.exp_m1()));
            format!(
                "there is no difference between {rival} and {base} up to {n}, at least none of more than {within}"
            )
        }
        Answer::Undecided { too_few_rounds, .. } if too_few_rounds => {
            format!("there were too few rounds to decide whether {beats}: measure for longer")
        }
        Answer::Undecided {
            up_to,
            slower_up_to,
            ..
        } => {
            let undecided = format!("whether {beats} up to {} is undecided", size(up_to));
            match slower_up_to {
                Some(n) => format!("{rival} is slower than {base} at {}; {undecided}", size(n)),
                None => undecided,
            }
        }
    }
}

/// The 95% interval of an answer, as a cell of a table: `7,000 – open`; `–` if there is none.
pub(crate) fn interval(estimate: &Estimate) -> String {
    if let Answer::Undecided { slower_up_to, .. } = estimate.answer {
        let from = slower_up_to.map(|n| format!("{} – open", words::count(n as f64)));
        return from.unwrap_or_else(|| "–".to_owned());
    }
    let crossing = estimate.answer.crossing();
    crossing.map_or("–".to_owned(), interval_of)
}

/// The 95% interval of a crossing; it is open if the crossing may lie below every size that was measured.
fn interval_of(crossing: &Crossing) -> String {
    let low = crossing.low.map_or("open".to_owned(), words::count);
    format!("{low} – {}", words::count(crossing.high))
}

/// A speedup; with `=` before it where its 95% interval holds 1, and `≈` where there are too few rounds for one.
pub(crate) fn speedup(place: &AtPlace) -> String {
    let speedup = place.speedup();
    let mark = match speedup.interval {
        None => "≈ ",
        Some(_) if speedup.may_be(1.0) => "= ",
        Some(_) => "",
    };
    format!("{mark}{:.2}", speedup.median)
}

/// The cells in the order of their answers, the best first; those with the same kind of answer by the size at which the
/// paradigm starts to win, or stops.
pub(crate) fn best_first(result: &WorkloadResult) -> Vec<&CellResult> {
    let rank = |cell: &CellResult| {
        let Ok(measured) = &cell.outcome else {
            return (6, 0.0);
        };
        let answer = measured.estimate.answer;
        let kind = match answer {
            Answer::Always { .. } => 0,
            Answer::From { .. } => 1,
            Answer::Between { .. } => 2,
            Answer::NoDifference { .. } => 3,
            Answer::Undecided { .. } => 4,
            Answer::Never { .. } => 5,
        };
        (kind, answer.crossing().map_or(0.0, |crossing| crossing.at))
    };
    let mut cells: Vec<_> = result.cells.iter().collect();
    cells.sort_by(|a, b| rank(a).partial_cmp(&rank(b)).expect("sizes are numbers"));
    cells
}

/// What the best paradigm gains, if one was measured.
pub(crate) fn best(result: &WorkloadResult) -> Option<String> {
    let best = best_first(result).into_iter().next()?;
    let estimate = &best.outcome.as_ref().ok()?.estimate;
    let clause = clause(&best.paradigm, "serial code", estimate);
    Some(format!("The best of all: {clause}."))
}

/// A sentence on what failed.
fn failed(reason: &str) -> String {
    format!("Failed: {reason}.")
}

/// `3.1 times (95% interval 3.0 – 3.2)`.
fn times(ratio: &Range) -> String {
    let interval = ratio.interval.map_or(String::new(), |(low, high)| {
        let (low, high) = (words::ratio(low), words::ratio(high));
        format!(" (95% interval {low} – {high})")
    });
    format!("{} times{interval}", words::ratio(ratio.median))
}

fn size(n: usize) -> String {
    format!("n = {}", words::count(n as f64))
}
