//! Everything that is said in prose about results, in one place: tables, pages and commands use the same words.

pub mod floors;
mod remarks;
pub mod versus;

use estimator::{Answer, AtPlace, Crossing, Estimate, Range};
use laboratory::survey::{CellResult, WorkloadResult};

use crate::words;

pub use remarks::{busy, noise_floor, part, parts_remark, remarks, verdict};

/// Where the rival is faster, as a cell of a table: `n ≈ 7,600`, `never up to n = 5M`.
pub fn answer(estimate: &Estimate) -> String {
    let n = |crossing: Crossing| words::count(crossing.at);
    match estimate.answer {
        Answer::From { begin } => format!("n ≈ {}", n(begin)),
        Answer::Between { begin, end } => match begin {
            Some(begin) => format!("n ≈ {} to {}", n(begin), n(end)),
            None => format!("up to n ≈ {}", n(end)),
        },
        Answer::Always { from } => format!("{} on", size(from)),
        Answer::Never { up_to } => format!("never up to {}", size(up_to)),
        Answer::NoDifference { up_to, .. } => format!("no difference up to {}", size(up_to)),
        Answer::Undecided { too_few_rounds, .. } if too_few_rounds => "too few rounds".to_owned(),
        Answer::Undecided { up_to, .. } => format!("undecided up to {}", size(up_to)),
    }
}

/// The same as a clause, without a full stop: who beats whom, and from where on.
pub fn clause(rival: &str, base: &str, estimate: &Estimate) -> String {
    let beats = format!("{rival} beats {base}");
    match estimate.answer {
        Answer::From { begin } => {
            let (n, interval) = (words::count(begin.at), interval_of(&begin));
            format!("{beats} from n ≈ {n} on (95% interval {interval})")
        }
        Answer::Between { begin, end } => {
            let from = begin.map_or(String::new(), |begin| {
                format!("from n ≈ {} ", words::count(begin.at))
            });
            let n = words::count(end.at);
            format!("{beats} {from}up to n ≈ {n}, and not beyond")
        }
        Answer::Always { from } => {
            let n = size(from);
            format!("{beats} at every size that was measured, from {n} on")
        }
        Answer::Never { up_to } => format!("{rival} never beats {base}, up to {}", size(up_to)),
        Answer::NoDifference { up_to, within } => {
            let (n, within) = (size(up_to), words::percent(within.exp_m1()));
            format!(
                "there is no difference between {rival} and {base} up to {n}, at least none of more than {within}"
            )
        }
        Answer::Undecided { too_few_rounds, .. } if too_few_rounds => {
            format!("there were too few rounds to tell whether {beats}; {MORE_ROUNDS}")
        }
        Answer::Undecided {
            up_to,
            slower_up_to,
            ..
        } => {
            let slower = slower_up_to.map_or(String::new(), |n| {
                format!("{rival} is slower than {base} at {}; ", size(n))
            });
            let n = size(up_to);
            format!("{slower}whether {beats} up to {n} is undecided")
        }
    }
}

/// What helps against too few rounds, whatever the command's options are.
const MORE_ROUNDS: &str = "a longer measurement has more";

/// The 95% interval of an answer, as a cell of a table: `7,000 – open`; `–` if there is none.
pub fn interval(estimate: &Estimate) -> String {
    if let Answer::Undecided { slower_up_to, .. } = estimate.answer {
        let from = slower_up_to.map(|n| format!("{} – open", words::count(n as f64)));
        return from.unwrap_or_else(|| "–".to_owned());
    }
    let crossing = estimate.answer.crossing();
    crossing.map_or("–".to_owned(), interval_of)
}

/// The 95% interval of a crossing; an end is open if it may lie beyond every size that was measured.
fn interval_of(crossing: &Crossing) -> String {
    let end = |n: Option<f64>| n.map_or("open".to_owned(), words::count);
    format!("{} – {}", end(crossing.low), end(crossing.high))
}

/// A speedup; with `=` before it where its 95% interval holds 1, and `≈` where there are too few rounds for one.
pub fn speedup(place: &AtPlace) -> String {
    let speedup = place.speedup();
    let mark = match speedup.interval {
        None => "≈ ",
        Some(_) if speedup.may_be(1.0) => "= ",
        Some(_) => "",
    };
    format!("{mark}{:.2}", speedup.median)
}

/// The kinds of outcomes, from the best to the worst. Those that win from some size on need no name.
const KINDS: [&str; 7] = [
    "",
    "",
    "Faster only up to some size",
    "No difference",
    "Undecided",
    "Never faster, at these sizes",
    "Failed",
];

/// The place of an outcome in [`KINDS`].
pub(crate) fn kind(cell: &CellResult) -> usize {
    let outcome = cell.outcome.as_ref();
    match outcome.map(|measured| measured.estimate.answer) {
        Ok(Answer::Always { .. }) => 0,
        Ok(Answer::From { .. }) => 1,
        Ok(Answer::Between { .. }) => 2,
        Ok(Answer::NoDifference { .. }) => 3,
        Ok(Answer::Undecided { .. }) => 4,
        Ok(Answer::Never { .. }) => 5,
        Err(_) => 6,
    }
}

/// Which paradigm wins first, and what became of those that do not win from some size on.
pub fn who_wins(result: &WorkloadResult) -> String {
    let of_kind = |it| result.cells.iter().filter(move |cell| kind(cell) == it);
    let wins_from = |cell: &CellResult| {
        let n = cell.outcome.as_ref().ok()?.estimate.answer.wins_from()?;
        Some((n, cell.paradigm.clone()))
    };
    let winners = (0..2).flat_map(of_kind).filter_map(wins_from);
    let first = winners.min_by(|a, b| a.0.total_cmp(&b.0));
    let mut sentences = vec![match first {
        Some((n, name)) => {
            let n = words::count(n);
            format!("{name} is the first to beat serial code, from n ≈ {n} on.")
        }
        None => "No paradigm is found to beat serial code from some size on.".to_owned(),
    }];
    for (number, kind) in KINDS.iter().enumerate().skip(2) {
        let names: Vec<_> = of_kind(number).map(|cell| &*cell.paradigm).collect();
        if !names.is_empty() {
            sentences.push(format!("{kind}: {}.", names.join(", ")));
        }
    }
    sentences.join(" ")
}

/// A sentence on each cell that failed.
fn failures<'a>(cells: impl IntoIterator<Item = &'a CellResult>) -> impl Iterator<Item = String> {
    cells.into_iter().filter_map(|cell| {
        let reason = cell.outcome.as_ref().err()?;
        Some(format!("{} failed: {reason}", cell.paradigm))
    })
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
