//! What is said of the comparison with Python.

use laboratory::survey::{CellResult, WorkloadResult};
use laboratory::versus::{Comparison, FORK, POOL};

use super::{busy, clause, failures, times};
use crate::words;

/// Which workload, on what, and which serial code each language has.
pub fn heading(comparison: &Comparison) -> String {
    let [python, rust] = &comparison.languages;
    format!(
        "{}, {}; in {} compared with {}, in Rust with {}",
        comparison.workload,
        words::number_of(comparison.workers, "worker"),
        python.details,
        python.base,
        rust.base
    )
}

/// What the figures say: equal cores, what serial code alone does, where parallel starts to win in each language; whether
/// the machine was busy, and what failed.
pub fn what_to_see(comparison: &Comparison) -> Vec<String> {
    let [python, rust] = &comparison.languages;
    let workers = words::number_of(comparison.workers, "worker");
    let pool_and_fork = [
        "Python's pool",
        "processes/fork, which forks children as the pool does,",
    ];
    let serial = [
        &format!("Python's best serial code ({})", python.base),
        "serial Rust code",
    ];
    [
        across(&workers, pool_and_fork, &comparison.pool_against_fork),
        across("one core", serial, &comparison.serial_against_serial),
        starts_to_win(python, POOL),
        starts_to_win(rust, FORK),
        busy(&comparison.busy),
    ]
    .into_iter()
    .flatten()
    .chain(failures(comparison.cells()))
    .collect()
}

/// Two ways with equal cores, at the largest size: Python's, and ours.
fn across(cores: &str, [theirs, ours]: [&str; 2], cell: &CellResult) -> Option<String> {
    let place = cell.outcome.as_ref().ok()?.estimate.largest();
    Some(format!(
        "With {cores} and n = {}, {theirs} takes {}, and {ours} {}: Python takes {} as long.",
        words::thousands(place.at as u64),
        words::time(place.rival.median),
        words::time(place.base.median),
        times(&place.ratio)
    ))
}

/// Where a way starts to beat the serial code of its language, and how long that takes there.
fn starts_to_win(language: &WorkloadResult, way: &str) -> Option<String> {
    let (_, measured) = language.measured().find(|(name, _)| *name == way)?;
    let estimate = &measured.estimate;
    let there = estimate.answer.wins_from().map(|n| {
        let time = words::time(estimate.base_time_at(n));
        format!(" Serial code takes {time} there.")
    });
    Some(format!(
        "In {}, {}.{}",
        language.name,
        clause(way, "serial code", estimate),
        there.unwrap_or_default()
    ))
}
