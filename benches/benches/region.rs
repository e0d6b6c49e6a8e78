//! What does a parallel call cost if there is nothing to compute, and how long ago was the call before it?
//!
//! Run: `cargo bench --bench region`, then open `target/criterion/region/report/index.html`: the time of one call against
//! the seconds in which the caller was busy before the call. `docs/criterion.md` says what to see there, and why.
//!
//! Each worker has one item, and the item is nothing. So what is left is the price of the call: starting threads, waking
//! them up, or finding them awake. Workers that live across calls wait meanwhile: some sleep at once, some spin for a
//! while before they sleep, some always spin.
//!
//! OpenMP's ways need gcc. Where it is missing, a sentence says so, and the others are measured.

mod measured;
mod settings;

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

use criterion::BenchmarkId;
use laboratory::measuring::{Subject, Trial};
use laboratory::{openmp, take_role_if_asked};

/// The pauses, in microseconds. (A logarithmic axis has no 0.)
const PAUSES: [u64; 5] = [1, 10, 100, 1_000, 10_000];

/// What each paradigm is called in the names of the benchmarks, which have to be short.
const PARADIGMS: &[(&str, &str)] = &[
    ("scoped", "threads/scoped"),
    ("pool", "threads/pool"),
    ("rayon", "threads/rayon"),
    ("team", "shared-memory/team"),
    ("team-active", "shared-memory/team-active"),
];

/// The same for those that need gcc.
const OPENMP: &[(&str, &str)] = &[
    ("omp-active", "openmp/active"),
    ("omp-passive", "openmp/passive"),
];

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "region");
    let openmp = match openmp::compiled() {
        Ok(_) => OPENMP,
        Err(error) => {
            eprintln!("region: openmp is left out: {error}");
            &[]
        }
    };
    let workers = available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    for (name, paradigm) in PARADIGMS.iter().chain(openmp) {
        for pause in PAUSES.map(Duration::from_micros) {
            let (idle, run) = Trial::idle(paradigm, workers, pause);
            let id = BenchmarkId::new(*name, format!("{:e}", pause.as_secs_f64()));
            measured::bench(&mut group, id, &Subject::Paradigm(idle), run);
        }
    }
    group.finish();
    criterion.final_summary();
}
