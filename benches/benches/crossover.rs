//! At which size do threads start to win, and at which do processes? Every paradigm on every workload, against the
//! number of items.
//!
//! Run: `cargo bench --bench crossover`, then open
//! `target/criterion/squares-threads/report/index.html` (and the other groups beside it): time against n, one line a
//! paradigm. Where a line crosses the line of `serial`, parallel starts to win. `docs/criterion.md` says more.
//!
//! Criterion measures one line after the other. The `crossover` example measures serial and
//! parallel in turns, and gives the crossing with its interval. Both use the same measuring
//! processes.

mod measured;
mod settings;

use std::num::NonZero;
use std::thread::available_parallelism;

use criterion::{BenchmarkId, Criterion};
use estimator::{Run, Side};
use laboratory::measuring::{Problem, Subject, Trial};
use laboratory::{catalogue, take_role_if_asked};
use workloads::{Paradigm, Serial};

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    // From the lists in the crates: a paradigm that is added there is here, too.
    let (procs, threads): (Vec<_>, Vec<_>) = catalogue::paradigms()
        .into_iter()
        .partition(|paradigm| paradigm.children);
    for workload in catalogue::workloads() {
        for (kind, paradigms) in [("threads", &threads), ("procs", &procs)] {
            let paradigms = paradigms.iter().map(|paradigm| paradigm.name);
            let paradigms: Vec<_> = std::iter::once(Serial::ID).chain(paradigms).collect();
            crossover(&mut criterion, workload.name, kind, &paradigms);
        }
    }
    criterion.final_summary();
}

/// What a workload is called in the names of its groups, which have to be short, and its numbers of items.
///
/// One workload that computes much, one that does little but write, and one whose items differ have lines from where
/// serial code takes microseconds to where it takes tens of milliseconds. The others have two points: one at which
/// serial code is faster, and one at which many paradigms are.
fn shown(workload: &str) -> (&str, &[usize]) {
    match workload {
        "random-squares" => ("random", &[1_000, 10_000, 100_000, 1_000_000]),
        "squares" => ("squares", &[3_000, 30_000, 300_000, 3_000_000]),
        "mandelbrot" => ("mandel", &[10, 100, 1_000, 10_000]),
        "monte-carlo-pi" => ("pi", &[10_000, 3_000_000]),
        "numbers" => ("number", &[1_000, 300_000]),
        "spin" => ("spin", &[10, 10_000]),
        "letters" => ("letters", &[1, 100]), // files
        other => (other, &[100, 1_000]),
    }
}

/// A group: every paradigm of a kind on one workload, each with each size in a process of its own.
fn crossover(criterion: &mut Criterion, workload: &str, kind: &str, paradigms: &[&'static str]) {
    let (name, sizes) = shown(workload);
    let largest = sizes[sizes.len() - 1];
    let workers = available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let problem = Problem::new(workload, largest, &[]).expect("it is in the catalogue");
    let mut group = settings::group(criterion, &format!("{name}-{kind}"));
    let side = Side::Rival;
    let cells = paradigms
        .iter()
        .flat_map(|paradigm| sizes.iter().map(move |&at| (paradigm, at)));
    for (paradigm, at) in cells {
        let subject = Subject::Paradigm(Trial::by_items(paradigm, workers, &problem));
        // One run of the largest takes tens of milliseconds: ten samples say enough.
        group.sample_size(if at == largest { 10 } else { 30 });
        // Names have to be short: without that of the crate.
        let (_, name) = paradigm.split_once('/').unwrap_or(("", paradigm));
        let id = BenchmarkId::new(name, format!("{at:e}"));
        measured::bench(&mut group, id, &subject, Run { side, at });
    }
    group.finish();
}
