//! What does a task cost a pool of worker processes, and what does it cost to start a process?
//!
//! Run: `cargo bench --bench pool`, then open `target/criterion/pool/report/index.html`, and `start-methods` beside it.
//! The first is the time of one task by how many travel together. The second is the time of one process, from its start
//! to its end, against the memory that its parent has written. What to see there, and why: `docs/criterion.md`.
//!
//! All of it is timed by a process that has one thread, so it may fork. A task squares one number: what is left is the
//! way to the worker and back.

mod measured;
mod settings;

use std::num::NonZero;
use std::time::Duration;

use criterion::BenchmarkId;
use estimator::{Run, Side, Stopwatch};
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::take_role_if_asked;
use laboratory::tasks::{Action, Method, Tasks};
use settings::Group;

/// Memory that the parent has written, in MiB. (A logarithmic axis has no 0.)
const MEBIBYTES: [usize; 4] = [1, 16, 64, 256];

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "pool");
    for (name, chunk) in [
        ("chunk 1", Some(1)),
        ("chunk 10", Some(10)),
        ("chunk 100", Some(100)),
        ("chunks by default", None),
    ] {
        let action = Action::Map(chunk.and_then(NonZero::new));
        tasks(&mut group, name, action, 10_000);
    }
    tasks(&mut group, "apply", Action::Apply, 1);
    tasks(&mut group, "recycle", Action::Recycle, 10);
    let subject = Subject::Tasks(Tasks::of_two(Action::StartAndEnd, Method::Fork));
    let start_and_end = BenchmarkId::from_parameter("start, map, end");
    measured::bench(&mut group, start_and_end, &subject, run(2));
    group.finish();

    let mut group = settings::group(&mut criterion, "start-methods");
    group.sample_size(10);
    for (name, method) in [
        ("fork", Method::Fork),
        ("spawn", Method::Spawn),
        ("forkserver", Method::ForkServer),
    ] {
        for mebibytes in MEBIBYTES {
            let subject = Subject::Tasks(Tasks {
                written: mebibytes << 20,
                ..Tasks::of_two(Action::Process, method)
            });
            measured::bench(
                &mut group,
                BenchmarkId::new(name, mebibytes),
                &subject,
                run(1),
            );
        }
    }
    group.finish();
    criterion.final_summary();
}

fn run(at: usize) -> Run {
    let side = Side::Rival;
    Run { side, at }
}

/// Benchmarks one task of many in one call: at least of `fewest`, even if criterion asks for fewer.
fn tasks(group: &mut Group, name: &str, action: Action, fewest: u64) {
    let subject = Subject::Tasks(Tasks::of_two(action, Method::Fork));
    let mut process = None; // started when it is first needed: not for `--list`
    group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
        bencher.iter_custom(|iterations| {
            let process = process.get_or_insert_with(|| {
                MeasuringProcess::start(&subject).expect("processes can be started")
            });
            let tasks = iterations.max(fewest);
            let times = process.time(&[run(tasks as usize)], Duration::from_secs(1));
            let seconds = times.unwrap_or_else(|error| panic!("{error}"))[0];
            Duration::from_secs_f64(seconds).mul_f64(iterations as f64 / tasks as f64)
        });
    });
}
