//! What a message between threads costs, by the kind of channel and the size of the message.
//!
//! Run: `cargo bench --bench channel`, then open
//! `target/criterion/channel-spsc/report/index.html` (one thread sends, one receives) and
//! `channel-mpsc` beside it (two send): time a message against its size in bytes.
//!
//! Look for the cost of waiting: in a channel of capacity zero both sides have to meet for every
//! message, so that each message wakes a thread up. The more a channel holds, the more messages
//! share one wake-up. And look for the cost of copying: a kibibyte is moved into the channel and
//! out of it again. Where that hurts, send a `Box`.

mod settings;

use std::hint::black_box;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, SamplingMode, Throughput};
use settings::Group;

/// Messages that a bounded channel holds before its senders have to wait.
const CAPACITY: usize = 128;

/// Messages that are sent in one go. They are what an unbounded channel holds at most.
const BATCH: u64 = 16_384;

/// Messages that are sent at least, whatever criterion asks for. In the time of fewer, a thread
/// that wakes up late would be most of it.
const FEWEST: u64 = 4_000;

fn main() {
    let mut criterion = settings::criterion();
    for (name, producers) in [("spsc", 1), ("mpsc", 2)] {
        let mut group = settings::group(&mut criterion, &format!("channel-{name}"));
        group.sampling_mode(SamplingMode::Flat);
        messages_of::<8>(&mut group, producers);
        messages_of::<1024>(&mut group, producers);
        group.finish();
    }
    criterion.final_summary();
}

/// Benchmarks of every channel, with messages of `SIZE` bytes.
fn messages_of<const SIZE: usize>(group: &mut Group, producers: u64) {
    use crossbeam::channel;

    group.throughput(Throughput::Bytes(SIZE as u64));
    bench(group, "std-channel", producers, mpsc::channel::<[u8; SIZE]>);
    bench(group, "std-sync_channel", producers, || {
        mpsc::sync_channel::<[u8; SIZE]>(CAPACITY)
    });
    bench(group, "crossbeam-bounded", producers, || {
        channel::bounded::<[u8; SIZE]>(CAPACITY)
    });
    bench(
        group,
        "crossbeam-unbounded",
        producers,
        channel::unbounded::<[u8; SIZE]>,
    );
    bench(group, "crossbeam-zero", producers, || {
        channel::bounded::<[u8; SIZE]>(0)
    });
}

fn bench<S, R, const SIZE: usize>(
    group: &mut Group,
    method: &str,
    producers: u64,
    channel: impl Fn() -> (S, R),
) where
    S: Sender<[u8; SIZE]>,
    for<'a> &'a R: IntoIterator<Item = [u8; SIZE]>,
{
    group.bench_function(BenchmarkId::new(method, SIZE), |bencher| {
        bencher.iter_custom(|iterations| {
            let messages = iterations.max(FEWEST);
            let (sender, receiver) = channel();
            let time = time(messages, producers, sender, &receiver);
            time.mul_f64(iterations as f64 / messages as f64)
        });
    });
}

/// How long it takes until `messages` of `producers` threads are received, all together.
///
/// The threads send in batches, and meet before each one. Starting them is not in the time, but
/// once a batch it is that one of them may still be asleep: some nanoseconds a message.
fn time<S, R, const SIZE: usize>(messages: u64, producers: u64, sender: S, receiver: &R) -> Duration
where
    S: Sender<[u8; SIZE]>,
    for<'a> &'a R: IntoIterator<Item = [u8; SIZE]>,
{
    let together = Barrier::new(producers as usize + 1);
    thread::scope(|scope| {
        for producer in 0..producers {
            let (sender, together) = (sender.clone(), &together);
            scope.spawn(move || {
                for batch in batches(messages) {
                    let share = batch / producers + u64::from(producer < batch % producers);
                    together.wait();
                    for number in 0..share {
                        sender.send([number as u8; SIZE]);
                    }
                }
            });
        }
        // The threads have the only senders, so a receiver whose producers are gone would not wait.
        drop(sender);
        let mut time = Duration::ZERO;
        for batch in batches(messages) {
            together.wait();
            let start = Instant::now();
            for message in receiver.into_iter().take(batch as usize) {
                black_box(message);
            }
            time += start.elapsed();
        }
        time
    })
}

/// `messages`, cut into batches.
fn batches(messages: u64) -> impl Iterator<Item = u64> {
    (0..messages)
        .step_by(BATCH as usize)
        .map(move |first| BATCH.min(messages - first))
}

/// The sending side of a channel.
trait Sender<T>: Clone + Send {
    /// Sends, or waits until there is room. The receiver outlives its senders here.
    fn send(&self, message: T);
}

const RECEIVER_IS_HERE: &str = "the receiver outlives its senders";

impl<T: Send> Sender<T> for mpsc::Sender<T> {
    fn send(&self, message: T) {
        assert!(Self::send(self, message).is_ok(), "{RECEIVER_IS_HERE}");
    }
}

impl<T: Send> Sender<T> for mpsc::SyncSender<T> {
    fn send(&self, message: T) {
        assert!(Self::send(self, message).is_ok(), "{RECEIVER_IS_HERE}");
    }
}

impl<T: Send> Sender<T> for crossbeam::channel::Sender<T> {
    fn send(&self, message: T) {
        assert!(Self::send(self, message).is_ok(), "{RECEIVER_IS_HERE}");
    }
}
