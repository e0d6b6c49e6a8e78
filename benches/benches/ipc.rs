//! What does a message between two processes cost, by its way and its size, on one core and on two?
//!
//! Run: `cargo bench --bench ipc`, then open
//! `target/criterion/echo-2-cores/report/index.html`, and `echo-1-core` and `bandwidth` beside it. The first two are
//! the time of a message that is sent to the other process and back again, once with both
//! processes pinned to one core, once with each on a core of its own. The bandwidth is that of many messages that go
//! one way, on two cores. What to see there, and why: `docs/criterion.md`.
//!
//! Every way copies a message twice: from the sender's memory into a buffer, and from the buffer into the receiver's
//! memory. The messages are floors, as in the `floors` example, which has one size of each.

mod measured;
mod settings;

use criterion::{BenchmarkId, Throughput};
use estimator::{Run, Side};
use laboratory::floors::{Contest, Group, contests};
use laboratory::measuring::Subject;
use laboratory::{cores, take_role_if_asked};

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    let mut floors = contests();
    floors.retain(|floor| cores::for_two(floor.cores).is_some());
    floors.sort_by_key(group_of);
    for ways in floors.chunk_by(|a, b| group_of(a) == group_of(b)) {
        if let Some(name) = group_of(&ways[0]) {
            let mut group = settings::group(&mut criterion, name);
            for way in ways {
                messages(&mut group, way);
            }
            group.finish();
        }
    }
    criterion.final_summary();
}

/// The group of benchmarks that a floor belongs to, if it is one of messages.
fn group_of(floor: &Contest) -> Option<&'static str> {
    match (floor.group, floor.cores) {
        (Group::Messages, 0) => Some("echo"), // where the system chooses the cores
        (Group::Messages, 1) => Some("echo-1-core"),
        (Group::Messages, _) => Some("echo-2-cores"),
        (Group::OneWay, _) => Some("bandwidth"),
        _ => None,
    }
}

/// One way, with each size in a process of its own.
fn messages(group: &mut settings::Group, way: &Contest) {
    let is_one_way = way.group == Group::OneWay;
    let sizes: &[usize] = if is_one_way {
        &[1, 1_000, 1_000_000]
    } else {
        &[1, 10_000]
    };
    let method = way.floor.split([' ', ',']).next().unwrap_or_default();
    for &bytes in sizes {
        if is_one_way {
            // The line chart's axis is then this number, which is also the benchmark's.
            group.throughput(Throughput::Bytes(bytes as u64));
        }
        let id = BenchmarkId::new(method, format!("{bytes:e}"));
        let subject = Subject::Floor(Contest {
            rival: None,
            bytes,
            ..way.clone()
        });
        let side = Side::Base;
        measured::bench(group, id, &subject, Run { side, at: 1 });
    }
}
