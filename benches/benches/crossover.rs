//! When do threads pay, and when do processes? Every paradigm on every workload, against the number of items.
//!
//! Run: `cargo bench --bench crossover`, then open
//! `target/criterion/squares-threads/report/index.html` (and the other groups beside it): time against n, one line a
//! paradigm. Where a line crosses that of `serial`, parallel begins to pay. `docs/criterion.md` says more.
//!
//! Criterion measures one line after the other. The `crossover` example measures serial and
//! parallel in turns, and gives the crossing with its interval. Both use the same measuring
//! processes.

mod settings;

use std::num::NonZero;
use std::thread::available_parallelism;

use criterion::{BenchmarkId, Criterion};
use estimator::{Run, Side};
use laboratory::measuring::{MeasuringProcess, Problem, Subject, Trial};
use laboratory::{catalogue, take_role_if_asked};
use settings::Group;
use workloads::{Paradigm, ParadigmVisitor, Serial};

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    for workload in catalogue::workloads() {
        for (kind, children) in [("threads", false), ("procs", true)] {
            let paradigms = paradigms(children);
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

/// Serial code, and the paradigms whose workers are child processes, or those whose workers are not.
///
/// They come from the lists in the crates: a paradigm that is added there is here, too.
fn paradigms(children: bool) -> Vec<&'static str> {
    struct List {
        children: bool,
        names: Vec<&'static str>,
    }
    impl ParadigmVisitor for List {
        fn visit<P: Paradigm>(&mut self) {
            if P::ID == Serial::ID || P::CHILDREN == self.children {
                self.names.push(P::ID);
            }
        }
    }
    let mut list = List {
        children,
        names: Vec::new(),
    };
    catalogue::each_paradigm(&mut list);
    list.names
}

/// A paradigm's name without its crate's, if no other in the group ends the same.
fn short<'a>(paradigm: &'a str, all: &[&str]) -> &'a str {
    let last = |name: &'a str| name.rsplit('/').next().unwrap_or(name);
    let namesakes = all.iter().filter(|name| name.ends_with(last(paradigm)));
    if namesakes.count() == 1 {
        last(paradigm)
    } else {
        paradigm
    }
}

fn crossover(criterion: &mut Criterion, workload: &str, kind: &str, paradigms: &[&'static str]) {
    let (name, sizes) = shown(workload);
    let largest = sizes[sizes.len() - 1];
    let workers = available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let problem = Problem::new(workload, largest, &[]).expect("it is in the catalogue");
    let mut group = settings::group(criterion, &format!("{name}-{kind}"));
    for paradigm in paradigms {
        let subject = Subject::Paradigm(Trial::by_items(paradigm, workers, &problem));
        for &n in sizes {
            // One run of the largest takes tens of milliseconds: ten samples say enough.
            group.sample_size(if n == largest { 10 } else { 30 });
            bench(&mut group, short(paradigm, paradigms), &subject, n);
        }
    }
    group.finish();
}

/// Measures `n` items of a subject's workload, in a process of its own.
fn bench(group: &mut Group, name: &str, subject: &Subject, n: usize) {
    let run = Run {
        side: Side::Rival,
        at: n,
    };
    let mut process = None; // started when it is first needed: not for `--list`
    group.bench_function(BenchmarkId::new(name, format!("{n:e}")), |bencher| {
        bencher.iter_custom(|iterations| {
            let process = process.get_or_insert_with(|| {
                MeasuringProcess::start(subject).expect("processes can be started")
            });
            let time = process.repeat(run, iterations);
            time.unwrap_or_else(|error| panic!("{error}"))
        });
    });
}
