//! What is said of the comparison with Python.

use estimator::Estimate;
use laboratory::survey::{CellResult, measured};
use laboratory::versus::{Comparison, FORK, Language, POOL};

use super::{clause, failures, times};
use crate::words;

/// Which workload, and on what.
pub fn heading(comparison: &Comparison) -> String {
    let python = &comparison.python;
    let kernel = match &*comparison.details {
        "" => String::new(),
        details => format!(" ({details})"),
    };
    let joblib = match &python.joblib {
        Some(version) => format!("joblib {version}"),
        None => "no joblib".to_owned(),
    };
    format!(
        "{}{kernel}, {}; Python {}, NumPy {}, {joblib}",
        comparison.workload,
        words::number_of(comparison.workers, "worker"),
        python.python,
        python.numpy
    )
}

/// What the figures say: equal cores, where parallel starts to win, what serial code alone does; and what failed.
pub fn what_to_see(comparison: &Comparison) -> Vec<String> {
    let Comparison { theirs, ours, .. } = comparison;
    let mut sentences = Vec::new();
    sentences.extend(equal_cores(comparison));
    sentences.extend(crossovers(theirs, ours));
    sentences.extend(one_core(comparison));
    sentences.extend(failures(comparison.cells()));
    sentences
}

fn equal_cores(comparison: &Comparison) -> Option<String> {
    let between = estimate(&comparison.pool_against_fork)?.largest();
    let fork = words::time(between.base.median);
    let time = |estimate: &Estimate| estimate.largest().rival.median;
    let ways = measured(&comparison.ours.ways).map(|(name, way)| (time(&way.estimate), name));
    let fastest = ways.min_by(|a, b| a.0.total_cmp(&b.0));
    let fastest = fastest.map_or(String::new(), |(time, name)| {
        let time = words::time(time);
        format!(" The fastest way in Rust, {name}, takes {time}.")
    });
    Some(format!(
        "With {} and n = {}, Python's pool takes {}. {FORK} forks children as the pool does, and takes {fork}: the pool \
         takes {} as long.{fastest}",
        words::number_of(comparison.workers, "worker"),
        words::thousands(between.at as u64),
        words::time(between.rival.median),
        times(&between.ratio)
    ))
}

fn crossovers(theirs: &Language, ours: &Language) -> Option<String> {
    let (pool, fork) = (&theirs.way(POOL)?.estimate, &ours.way(FORK)?.estimate);
    let pool_beats = clause("Python's pool", "Python's best serial code", pool);
    let fork_beats = clause(FORK, "serial Rust code", fork);
    let serial_time =
        |estimate: &Estimate| Some(estimate.base_time_at(estimate.answer.wins_from()?));
    let compared = match (serial_time(pool), serial_time(fork)) {
        (Some(theirs), Some(ours)) => {
            let how = if ours <= theirs { "less" } else { "more" };
            format!(
                " Serial code takes {} there in Python, and {} in Rust: {} times {how}.",
                words::time(theirs),
                words::time(ours),
                words::ratio((theirs / ours).max(ours / theirs))
            )
        }
        _ => String::new(),
    };
    Some(format!(
        "{}. {}.{compared}",
        capital(&pool_beats),
        capital(&fork_beats)
    ))
}

fn one_core(comparison: &Comparison) -> Option<String> {
    let Comparison { theirs, .. } = comparison;
    let place = estimate(&comparison.serial_against_serial)?.largest();
    let pool = theirs.way(POOL).map_or(String::new(), |pool| {
        let ratio = times(&pool.estimate.largest().ratio);
        format!(" Python's pool takes {ratio} as long as the serial code of its own language.")
    });
    Some(format!(
        "On one core, with n = {}: Python's best serial code ({}) takes {}, serial Rust code {}: {} as long.{pool}",
        words::thousands(place.at as u64),
        theirs.serial,
        words::time(place.rival.median),
        words::time(place.base.median),
        times(&place.ratio)
    ))
}

fn estimate(cell: &CellResult) -> Option<&Estimate> {
    Some(&cell.outcome.as_ref().ok()?.estimate)
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
