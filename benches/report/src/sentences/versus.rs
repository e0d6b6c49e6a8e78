//! What is said of the comparison with Python.

use laboratory::survey::{CellResult, WorkloadResult};
use laboratory::versus::tasks::{Taker, TaskComparison};
use laboratory::versus::{Comparison, FORK, KEPT, POOL};

use super::remarks::against_itself;
use super::{busy, clause, failed, noise_floor, times};
use crate::words;

/// Which workload, in what, and with which serial code each language is compared.
pub fn heading(comparison: &Comparison) -> String {
    let [python, rust] = &comparison.languages;
    format!(
        "{}, {}: {}, compared with {}; Rust, compared with {}",
        comparison.workload,
        words::number_of(comparison.workers, "worker"),
        python.details,
        python.base,
        rust.base
    )
}

/// What the figures say: the languages on equal cores, and where parallel starts to win in each; the noise floor,
/// whether the machine was busy, and what failed.
pub fn what_to_see(comparison: &Comparison) -> Vec<String> {
    let [python, rust] = &comparison.languages;
    let workers = words::number_of(comparison.workers, "worker");
    let fork = format!("{FORK}, which forks children as the pool does,");
    let serial = format!("Python's best serial code ({})", python.base);
    let (of_pool, of_serial) = (
        &comparison.pool_against_fork,
        &comparison.serial_against_serial,
    );
    let checks = [&python.checks[..], &rust.checks].concat();
    let sentences = [
        across(&workers, "Python's pool", &fork, of_pool),
        across("one core", &serial, "serial Rust code", of_serial),
        comparison.kept_pools.as_ref().and_then(|cell| {
            let ours = format!("{KEPT}, which is kept, too,");
            across(&workers, "Python's pool that is kept", &ours, cell)
        }),
        starts_to_win(python, POOL),
        starts_to_win(rust, FORK),
        Some(against_itself(
            &checks,
            comparison.noise_floor,
            &comparison.busy,
        )),
        busy(&comparison.busy),
    ];
    let failures = comparison.failures().map(failed);
    sentences.into_iter().flatten().chain(failures).collect()
}

/// One of Python's ways and one of ours at the largest size, on equal cores.
fn across(cores: &str, theirs: &str, ours: &str, cell: &CellResult) -> Option<String> {
    let place = cell.outcome.as_ref().ok()?.estimate.largest();
    Some(format!(
        "Side by side, with {cores} and n = {}, {theirs} takes {}, and {ours} takes {}: Python takes {} as long.",
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

/// What is compared task by task.
pub fn heading_of_tasks(comparison: &TaskComparison) -> String {
    let (worker, rivals) = match comparison.taker {
        Taker::Pools => (
            "worker",
            "Python's pools, by its names, against our ProcessPool",
        ),
        Taker::Engines => (
            "engine",
            "IPython Parallel's controller against our Cluster",
        ),
    };
    format!(
        "Tasks that square one number, {}: {rivals}; {}",
        words::number_of(comparison.workers, worker),
        comparison.versions
    )
}

/// How to read the table of tasks, whether the machine was busy, and what failed.
pub fn about_tasks(comparison: &TaskComparison) -> Vec<String> {
    let ours = match comparison.taker {
        Taker::Pools => {
            "Our pool has the same start method and sends one input at a time, except beside Pool.map, where both choose \
             four chunks a worker."
        }
        Taker::Engines => {
            "Both maps send one input at a time. A direct call is of all engines, and waits for all of them. One million \
             numbers are scattered, squared by the engines, and gathered. NumPy's arrays travel without being packed; \
             ours are vectors in both rows."
        }
    };
    let how_to_read = format!(
        "Both languages take turns, and each answer is checked. Each time is the median over the rounds, of one start, \
         task, item or call. How many times as long Python takes is the median of the ratios, round by round. {ours} The \
         noise floor, from ours against itself, is {}.",
        noise_floor(comparison.noise_floor)
    );
    let failures = comparison.failures().map(failed);
    [how_to_read]
        .into_iter()
        .chain(busy(&comparison.busy))
        .chain(failures)
        .collect()
}
