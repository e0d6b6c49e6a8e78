//! What does a task cost a controller with two engines, and what do the values cost that engines keep?
//!
//! Run: `cargo bench --bench engines`, then open `target/criterion/engines/report/index.html`, and `engines-values` beside
//! it. The first is the time of one task of the balanced view by how many tasks one `map` has, and the time of a call of
//! the direct view, which both engines do. The second is the time in which a value is pushed to both engines and pulled
//! back from both, by its size. What to see there, and why: `docs/criterion.md`.
//!
//! A task squares one number: what is left is the way to the engine and back.

mod measured;
mod settings;

use criterion::{BenchmarkId, Throughput};
use estimator::{Run, Side};
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::take_role_if_asked;
use laboratory::tasks::{Action, Method, Tasks};
use settings::Group;

/// Numbers of a value, of eight bytes each.
const NUMBERS: [usize; 4] = [1, 100, 10_000, 1_000_000];

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "engines");
    for tasks in [1, 10, 100, 1_000] {
        map(&mut group, tasks);
    }
    let direct = BenchmarkId::from_parameter("direct");
    measured::bench(&mut group, direct, &subject(Action::Direct), run(1));
    group.finish();

    let mut group = settings::group(&mut criterion, "engines-values");
    group.sample_size(10);
    for numbers in NUMBERS {
        let bytes = 8 * numbers;
        group.throughput(Throughput::Bytes(bytes as u64));
        let id = BenchmarkId::new("push-pull", format!("{bytes:e}"));
        measured::bench(&mut group, id, &subject(Action::PushPull), run(numbers));
    }
    group.finish();
    criterion.final_summary();
}

/// Two engines, which are started as those of `Cluster::start`.
fn subject(action: Action) -> Subject {
    Subject::Tasks(Tasks::of_two(action, Method::Spawn))
}

fn run(at: usize) -> Run {
    let side = Side::Rival;
    Run { side, at }
}

/// Benchmarks one task of a map of so many.
fn map(group: &mut Group, tasks: usize) {
    let mut process = None; // started when it is first needed: not for `--list`
    group.bench_function(BenchmarkId::new("map", tasks), |bencher| {
        bencher.iter_custom(|iterations| {
            let process = process.get_or_insert_with(|| {
                MeasuringProcess::start(&subject(Action::Balanced))
                    .expect("processes can be started")
            });
            let maps = iterations.div_ceil(tasks as u64);
            let time = process.repeat(run(tasks), maps);
            let time = time.unwrap_or_else(|error| panic!("{error}"));
            time.mul_f64(iterations as f64 / (maps * tasks as u64) as f64)
        });
    });
}
