//! When do threads pay, and when do processes? Every paradigm on every workload, against the number of items.
//!
//! Run: `cargo bench --bench crossover`, then open
//! `target/criterion/squares-threads/report/index.html` (and the other groups beside it): time against n, one line a
//! paradigm. Where a line crosses that of `serial`, parallel begins to pay. `docs/criterion.md` says more.
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
use workloads::{Paradigm, ParadigmVisitor, Serial};

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    for workload in catalogue::workloads() {
        for (kind, children) in [("threads", false), ("procs", true)] {
            let names = Vec::new();
            let mut paradigms = Paradigms { children, names };
            catalogue::each_paradigm(&mut paradigms);
            crossover(&mut criterion, workload.name, kind, &paradigms.names);
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

/// Serial code, and the paradigms whose workers are child processes, or those whose workers are not.
///
/// They come from the lists in the crates: a paradigm that is added there is here, too.
struct Paradigms {
    children: bool,
    names: Vec<&'static str>,
}

impl ParadigmVisitor for Paradigms {
    fn visit<P: Paradigm>(&mut self) {
        if P::ID == Serial::ID || P::CHILDREN == self.children {
            self.names.push(P::ID);
        }
    }
}

/// A paradigm's name without its crate's, if no other in the group ends the same.
fn short<'a>(paradigm: &'a str, all: &[&str]) -> &'a str {
    let last = paradigm.rsplit('/').next().unwrap_or(paradigm);
    let namesakes = all.iter().filter(|name| name.ends_with(last));
    if namesakes.count() == 1 {
        last
    } else {
        paradigm
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
    for (paradigm, &at) in paradigms
        .iter()
        .flat_map(|it| sizes.iter().map(move |n| (it, n)))
    {
        let subject = Subject::Paradigm(Trial::by_items(paradigm, workers, &problem));
        // One run of the largest takes tens of milliseconds: ten samples say enough.
        group.sample_size(if at == largest { 10 } else { 30 });
        let id = BenchmarkId::new(short(paradigm, paradigms), format!("{at:e}"));
        measured::bench(&mut group, id, &subject, Run { side, at });
    }
    group.finish();
}
