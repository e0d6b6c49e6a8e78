//! Every paradigm on every workload, against the number of items.
//!
//! Run: `cargo bench --bench crossover`, then open
//! `target/criterion/crossover-squares-threads/report/index.html` (and the other groups beside it):
//! the line chart shows time against n, both logarithmic, one line a paradigm. Where a line crosses
//! that of `serial`, parallel begins to pay. Each workload has two groups, one of paradigms with
//! threads and one of paradigms with processes.
//!
//! Criterion measures one line after the other. The `crossover` example measures serial and
//! parallel in turns, and gives the crossing with its interval. Both use the same measuring
//! processes.

mod rivals;
mod settings;

use std::num::NonZero;
use std::thread::available_parallelism;

use benches::catalogue;
use benches::measuring::{Problem, Subject, take_role_if_asked};
use criterion::Criterion;
use workloads::{Paradigm, Serial};

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    for workload in catalogue::workloads() {
        crossover(&mut criterion, workload.name);
    }
    criterion.final_summary();
}

/// The numbers of items: from where serial code needs no time to where it needs tens of
/// milliseconds, for one workload that computes much, one that does little but write, one whose
/// items differ, and one that has one summary for an answer; two sizes for each of the others.
fn sizes(workload: &str) -> &'static [usize] {
    match workload {
        "random-squares" => &[1, 10, 100, 1_000, 10_000, 100_000],
        "squares" => &[100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000],
        "mandelbrot" => &[1, 10, 30, 100, 300, 1_000, 10_000],
        "monte-carlo-pi" => &[10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000],
        "letters" => &[10, 100], // files
        _ => &[100, 1_000],
    }
}

fn crossover(criterion: &mut Criterion, workload: &str) {
    let workers = available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let sizes = sizes(workload);
    let largest = sizes[sizes.len() - 1];
    let problem = Problem::new(workload, largest, &[]).expect("it is in the catalogue");
    for (kind, children) in rivals::KINDS {
        let mut group = settings::group(criterion, &format!("crossover-{workload}-{kind}"));
        for paradigm in [Serial::ID].into_iter().chain(rivals::paradigms(children)) {
            let subject = Subject {
                paradigm: paradigm.to_owned(),
                workers,
                problem: problem.clone(),
            };
            for &n in sizes {
                // One run of the largest takes tens of milliseconds: ten samples say enough.
                group.sample_size(if n == largest { 10 } else { 30 });
                rivals::bench(&mut group, &subject, n, n);
            }
        }
        group.finish();
    }
}
