//! Every paradigm on three workloads of fixed size, against the number of workers.
//!
//! Run: `cargo bench --bench scaling`, then open
//! `target/criterion/scaling-random-squares-threads/report/index.html` and its neighbours: time
//! against workers, both logarithmic. The point `serial` at one worker is what speedup is counted
//! from.
//!
//! A line that halves with each doubling of the workers is perfect. Look for three ways of falling
//! short. The line bends where the cores end: there are twice as many workers as cores at the
//! right. It begins above `serial`: that is overhead, paid even by one worker. And for `squares` it
//! is flat from the start: the workers wait for memory, of which there is only one. From these
//! times follow the efficiency and the serial fraction (Amdahl, Karp and Flatt). Sizes are such
//! that serial code takes tens of milliseconds, so that starting workers is a small part of it.

mod rivals;
mod settings;

use std::num::NonZero;
use std::thread::available_parallelism;

use benches::measuring::{Problem, Subject, take_role_if_asked};
use criterion::{Criterion, SamplingMode};
use workloads::{Paradigm, Serial};

/// The workloads, and their number of items: one that computes, one that reduces, one that writes.
const WORKLOADS: [(&str, usize); 3] = [
    ("random-squares", 400_000),
    ("monte-carlo-pi", 5_000_000),
    ("squares", 5_000_000),
];

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    for (workload, n) in WORKLOADS {
        scaling(&mut criterion, workload, n);
    }
    criterion.final_summary();
}

/// 1, 2, 4 ... up to twice the number of cores.
fn numbers_of_workers() -> impl Iterator<Item = NonZero<usize>> {
    let cores = available_parallelism().map_or(1, usize::from);
    let powers = std::iter::successors(Some(NonZero::<usize>::MIN), |workers| {
        workers.checked_mul(NonZero::new(2)?)
    });
    powers.take_while(move |workers| workers.get() <= 2 * cores)
}

fn scaling(criterion: &mut Criterion, workload: &str, n: usize) {
    let problem = Problem::new(workload, n, &[]).expect("it is in the catalogue");
    let subject = |paradigm: &str, workers| Subject {
        paradigm: paradigm.to_owned(),
        workers,
        problem: problem.clone(),
    };
    for (kind, children) in rivals::KINDS {
        let mut group = settings::group(criterion, &format!("scaling-{workload}-{kind}"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        let one = NonZero::<usize>::MIN;
        rivals::bench(&mut group, &subject(Serial::ID, one), n, one.get());
        for paradigm in rivals::paradigms(children) {
            for workers in numbers_of_workers() {
                rivals::bench(&mut group, &subject(paradigm, workers), n, workers.get());
            }
        }
        group.finish();
    }
}
