//! Benchmarks that a measuring process takes: it is started for one of them, and does nothing else.

use criterion::BenchmarkId;
use estimator::Run;
use laboratory::measuring::{MeasuringProcess, Subject};

use crate::settings::Group;

/// Benchmarks one of the runs of `subject`.
pub(crate) fn bench(group: &mut Group, id: BenchmarkId, subject: &Subject, run: Run) {
    let mut process = None; // started when it is first needed: not for `--list`
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|iterations| {
            let process = process.get_or_insert_with(|| {
                MeasuringProcess::start(subject).expect("processes can be started")
            });
            let time = process.repeat(run, iterations);
            time.unwrap_or_else(|error| panic!("{error}"))
        });
    });
}
