//! Which channel? What a message between two threads costs, by the kind of channel and the size of the message.
//!
//! Run: `cargo bench --bench channel`, then open
//! `target/criterion/channel/report/index.html`: time a message against its size in bytes. What to see there, and
//! why: `docs/criterion.md`.

mod settings;

use std::hint::black_box;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, SamplingMode, Throughput};
use crossbeam::channel::bounded;
use settings::Group;

/// Messages that a bounded channel holds before its sender has to wait.
const CAPACITY: usize = 128;

/// Messages that are sent in one go. An unbounded channel holds at most this many.
const BATCH: u64 = 16_384;

/// The fewest messages that are sent, even if criterion asks for fewer: in a shorter time, one thread that wakes up
/// late would be most of the time.
const FEWEST: u64 = 4_000;

fn main() {
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "channel");
    group.sampling_mode(SamplingMode::Flat);
    messages_of::<10>(&mut group);
    messages_of::<1000>(&mut group);
    group.finish();
    criterion.final_summary();
}

/// Benchmarks of every channel, with messages of `SIZE` bytes.
fn messages_of<const SIZE: usize>(group: &mut Group) {
    group.throughput(Throughput::Bytes(SIZE as u64));
    bench::<_, _, SIZE>(group, "std", || {
        let (sender, receiver) = mpsc::channel();
        (move |message| sender.send(message).is_ok(), receiver)
    });
    bench::<_, _, SIZE>(group, "std-sync", || {
        let (sender, receiver) = mpsc::sync_channel(CAPACITY);
        (move |message| sender.send(message).is_ok(), receiver)
    });
    for (method, capacity) in [("crossbeam", CAPACITY), ("zero", 0)] {
        bench::<_, _, SIZE>(group, method, || {
            let (sender, receiver) = bounded(capacity);
            (move |message| sender.send(message).is_ok(), receiver)
        });
    }
}

/// Benchmarks of a channel: what sends a message and says whether it is received, and what receives.
fn bench<S, R, const SIZE: usize>(group: &mut Group, method: &str, channel: impl Fn() -> (S, R))
where
    S: Fn([u8; SIZE]) -> bool + Send,
    R: IntoIterator<Item = [u8; SIZE]>,
{
    group.bench_function(BenchmarkId::new(method, format!("{SIZE:e}")), |bencher| {
        bencher.iter_custom(|iterations| {
            let messages = iterations.max(FEWEST);
            let mut time = Duration::ZERO;
            for first in (0..messages).step_by(BATCH as usize) {
                let (send, receiver) = channel();
                time += receive(BATCH.min(messages - first), send, receiver);
            }
            time.mul_f64(iterations as f64 / messages as f64)
        });
    });
}

/// How long it takes until `messages` of another thread are received. Starting the thread is not in the time.
fn receive<const SIZE: usize>(
    messages: u64,
    send: impl Fn([u8; SIZE]) -> bool + Send,
    receiver: impl IntoIterator<Item = [u8; SIZE]>,
) -> Duration {
    let together = &Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(move || {
            together.wait();
            for number in 0..messages {
                assert!(send([number as u8; SIZE]), "the receiver is here");
            }
        });
        together.wait();
        let mut received = receiver.into_iter();
        let start = Instant::now();
        for message in received.by_ref().take(messages as usize) {
            black_box(message);
        }
        start.elapsed()
    })
}
