//! What does a message between two processes cost, by its way and its size, on one core and on two?
//!
//! Run: `cargo bench --bench ipc`, then open
//! `target/criterion/echo-2-cores/report/index.html`, and `echo-1-core` and `bandwidth` beside it. The first two are
//! the time of a message that is sent to the other process and back again, once with both
//! processes pinned to one core, once with each on a core of its own. The bandwidth is that of many messages that go
//! one way, on two cores. What to see there, and why: `docs/criterion.md`.
//!
//! Every way copies a message twice: from the sender's memory into a buffer, and from there into the receiver's. The
//! messages are those of the `floors` example, of more sizes, and are timed by the same measuring processes.

mod settings;

use criterion::{BenchmarkId, Criterion, Throughput};
use estimator::{Run, Side};
use laboratory::floors::{Contest, Group, Placement, contests};
use laboratory::measuring::{MeasuringProcess, Subject};
use laboratory::take_role_if_asked;

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    let mut floors = contests();
    floors.retain(|it| it.floor.placement.is_none_or(|on| on.cores().is_some()));
    for name in ["echo", "echo-1-core", "echo-2-cores", "bandwidth"] {
        let of_group = floors.iter().filter(|it| group_of(it) == Some(name));
        let of_group: Vec<&Contest> = of_group.collect();
        if !of_group.is_empty() {
            messages(&mut criterion, name, &of_group);
        }
    }
    criterion.final_summary();
}

/// In which group of benchmarks a floor is, if it is one of messages.
fn group_of(contest: &Contest) -> Option<&'static str> {
    let floor = &contest.floor;
    match (floor.group, floor.placement) {
        (Group::Messages, None) => Some("echo"), // only Linux lets a process choose its core
        (Group::Messages, Some(Placement::OneCore)) => Some("echo-1-core"),
        (Group::Messages, Some(Placement::TwoCores)) => Some("echo-2-cores"),
        (Group::OneWay, _) => Some("bandwidth"),
        _ => None,
    }
}

/// A group: every way, each with each size in a process of its own.
fn messages(criterion: &mut Criterion, name: &str, ways: &[&Contest]) {
    let mut group = settings::group(criterion, name);
    let is_one_way = name == "bandwidth";
    let sizes: &[usize] = if is_one_way {
        &[1, 1_000, 1_000_000]
    } else {
        &[1, 10_000]
    };
    for (&way, &size) in ways
        .iter()
        .flat_map(|way| sizes.iter().map(move |size| (way, size)))
    {
        if is_one_way {
            // The line chart's axis is then this number, which is also the benchmark's.
            group.throughput(Throughput::Bytes(size as u64));
        }
        let mut contest = way.clone();
        contest.floor.bytes = size;
        let method = contest.floor.name.split(&[' ', ',']).next();
        let id = BenchmarkId::new(method.unwrap_or_default(), format!("{size:e}"));
        let mut process = None; // started when it is first needed: not for `--list`
        group.bench_function(id, |bencher| {
            bencher.iter_custom(|iterations| {
                let process = process.get_or_insert_with(|| {
                    let subject = Subject::Floor(contest.clone());
                    MeasuringProcess::start(&subject).expect("processes can be started")
                });
                let side = Side::Base;
                let time = process.repeat(Run { side, at: 1 }, iterations);
                time.unwrap_or_else(|error| panic!("{error}"))
            });
        });
    }
    group.finish();
}
