//! Everything that is said in prose about results, in one place: tables, pages and commands use the same words.

mod explain;
pub mod floors;
mod remarks;
pub mod versus;

use std::fmt::Write;

use estimator::{Answer, AtPlace, Crossing, Estimate, Range};
use laboratory::survey::WorkloadResult;

use crate::words;

pub use explain::{part, parts_remark, verdict};
pub use remarks::{busy, noise_floor, remarks};

/// Where the rival is faster, as a cell of a table: `n ≈ 7,600`, `never up to n = 5M`.
pub fn answer(estimate: &Estimate) -> String {
    match estimate.answer {
        Answer::From { begin } => format!("n ≈ {}", words::count(begin.at)),
        Answer::Between {
            begin: Some(begin),
            end,
        } => format!("n ≈ {} to {}", words::count(begin.at), words::count(end.at)),
        Answer::Between { begin: None, end } => format!("up to n ≈ {}", words::count(end.at)),
        Answer::Always { from } => format!("{} on", size(from)),
        Answer::Never { up_to } => format!("never up to {}", size(up_to)),
        Answer::NoDifference { up_to, .. } => format!("no difference up to {}", size(up_to)),
        Answer::Undecided {
            too_few_rounds: true,
            ..
        } => "too few rounds".to_owned(),
        Answer::Undecided { up_to, .. } => format!("undecided up to {}", size(up_to)),
    }
}

/// The same as a clause, without a full stop: who beats whom, and from where on.
pub fn clause(rival: &str, base: &str, estimate: &Estimate) -> String {
    match estimate.answer {
        Answer::From { begin } => {
            let interval = interval_of(&begin);
            let n = words::count(begin.at);
            format!("{rival} beats {base} from n ≈ {n} on (95% interval {interval})")
        }
        Answer::Between { begin, end } => {
            let from = begin.map_or(String::new(), |begin| {
                format!("from n ≈ {} ", words::count(begin.at))
            });
            let n = words::count(end.at);
            format!("{rival} beats {base} {from}up to n ≈ {n}, and not beyond")
        }
        Answer::Always { from } => {
            format!(
                "{rival} beats {base} at every size that was measured, from {} on",
                size(from)
            )
        }
        Answer::Never { up_to } => {
            format!("{rival} never beats {base}, up to {}", size(up_to))
        }
        Answer::NoDifference { up_to, within } => {
            format!(
                "there is no difference between {rival} and {base} up to {}, at least none of more than {}",
                size(up_to),
                words::percent(within.exp_m1())
            )
        }
        Answer::Undecided {
            too_few_rounds: true,
            ..
        } => {
            format!(
                "there were too few rounds to tell whether {rival} beats {base}; a larger --budget gives more"
            )
        }
        Answer::Undecided {
            up_to,
            slower_up_to,
            ..
        } => {
            let slower = slower_up_to.map_or(String::new(), |n| {
                format!("{rival} is slower than {base} at {}; ", size(n))
            });
            let doubt = format!("whether {rival} beats {base} up to {}", size(up_to));
            format!("{slower}{doubt} is undecided")
        }
    }
}

/// The 95% interval of an answer, as a cell of a table: `7,000 – open`; `–` if there is none.
pub fn interval(estimate: &Estimate) -> String {
    match estimate.answer {
        Answer::Undecided {
            slower_up_to: Some(n),
            ..
        } => format!("{} – open", words::count(n as f64)),
        answer => answer.crossing().map_or("–".to_owned(), interval_of),
    }
}

/// The 95% interval of a crossing; an end is open if it may lie beyond every size that was measured.
pub fn interval_of(crossing: &Crossing) -> String {
    let end = |n: Option<f64>| n.map_or("open".to_owned(), words::count);
    format!("{} – {}", end(crossing.low), end(crossing.high))
}

/// A speedup; with `=` before it where its 95% interval holds 1, or there is none.
pub fn speedup(place: &AtPlace) -> String {
    let speedup = place.speedup();
    let equal = if speedup.may_be(1.0) { "= " } else { "" };
    format!("{equal}{:.2}", speedup.median)
}

/// Which paradigm wins first, and what became of those that do not win from some size on.
pub fn who_wins(result: &WorkloadResult) -> String {
    let mut first: Option<(f64, &str)> = None;
    let mut kinds = [
        ("Faster only up to some size", Vec::new()),
        ("No difference", Vec::new()),
        ("Undecided", Vec::new()),
        ("Never faster, at these sizes", Vec::new()),
        ("Failed", Vec::new()),
    ];
    for cell in &result.cells {
        let name = cell.paradigm.as_str();
        let answer = cell
            .outcome
            .as_ref()
            .map(|measured| measured.estimate.answer);
        let kind = match answer {
            Ok(answer @ (Answer::From { .. } | Answer::Always { .. })) => {
                let n = answer.wins_from().unwrap_or(f64::INFINITY);
                first = first.filter(|(first, _)| *first <= n).or(Some((n, name)));
                continue;
            }
            Ok(Answer::Between { .. }) => 0,
            Ok(Answer::NoDifference { .. }) => 1,
            Ok(Answer::Undecided { .. }) => 2,
            Ok(Answer::Never { .. }) => 3,
            Err(_) => 4,
        };
        kinds[kind].1.push(name);
    }
    let mut text = match first {
        Some((n, name)) => {
            let n = words::count(n);
            format!("{name} is the first to beat serial code, from n ≈ {n} on.")
        }
        None => "No paradigm is found to beat serial code from some size on.".to_owned(),
    };
    for (kind, names) in kinds.iter().filter(|(_, names)| !names.is_empty()) {
        let _ = write!(text, " {kind}: {}.", names.join(", "));
    }
    text
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

#[cfg(test)]
mod tests;
