//! A ring, a queue or a channel? What a message of eight bytes costs, to another thread and to another process.
//!
//! Run: `cargo bench --bench ring`, then open `target/criterion/ring/report/index.html`: a violin plot of the time of one
//! message of many that go one way. Each of the two sides has a core of its own, where the system lets a thread choose.
//! What to see there, and why: `docs/criterion.md`.
//!
//! Criterion measures one after the other. The `floors` example measures the ring and its rivals in turns, which is
//! better for a ratio.

mod settings;

use std::hint::spin_loop;
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use criterion::SamplingMode;
use crossbeam::channel::bounded;
use examples_shared_memory::sync::{Queue, Ring};
use laboratory::cores::{for_two, pin};
use settings::Group;

/// Messages that each of them holds before its sender has to wait.
const CAPACITY: usize = 1024;

/// The fewest messages that are sent, even if criterion asks for fewer: in a shorter time, one side that begins late
/// would be most of the time.
const FEWEST: u64 = 20_000;

/// How long a side of a ring or a queue spins before it sleeps.
const SPIN: Duration = Duration::from_micros(50);

const IS_THERE: &str = "the other side is there";

fn main() {
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "ring");
    group.sampling_mode(SamplingMode::Flat);
    between_threads(&mut group);
    #[cfg(unix)]
    processes::between_processes(&mut group);
    group.finish();
    criterion.final_summary();
}

fn between_threads(group: &mut Group) {
    bench(group, "ring", |messages| {
        let ring = Box::new(Ring::<u64, CAPACITY>::new(SPIN));
        let mut producer = ring.producer().expect("it is new");
        let mut consumer = ring.consumer().expect("it is new");
        let send = |number| producer.push(number).expect(IS_THERE);
        time(messages, send, || consumer.pop().expect(IS_THERE))
    });
    bench(group, "rtrb", |messages| {
        let (mut producer, mut consumer) = rtrb::RingBuffer::new(CAPACITY);
        let send = |number: u64| {
            while producer.push(number).is_err() {
                spin_loop();
            }
        };
        let receive = || {
            loop {
                match consumer.pop() {
                    Ok(number) => return number,
                    Err(_) => spin_loop(),
                }
            }
        };
        time(messages, send, receive)
    });
    bench(group, "queue", |messages| {
        let queue = Box::new(Queue::<u64, CAPACITY>::new(SPIN));
        let send = |number| queue.push(number).expect(IS_THERE);
        time(messages, send, || queue.pop().expect(IS_THERE))
    });
    bench(group, "crossbeam", |messages| {
        let (sender, receiver) = bounded(CAPACITY);
        let send = |number: u64| sender.send(number).expect(IS_THERE);
        time(messages, send, || receiver.recv().expect(IS_THERE))
    });
    bench(group, "std-sync", |messages| {
        let (sender, receiver) = mpsc::sync_channel(CAPACITY);
        let send = |number: u64| sender.send(number).expect(IS_THERE);
        time(messages, send, move || receiver.recv().expect(IS_THERE))
    });
}

/// Benchmarks one of them, by the time that so many messages take.
fn bench(group: &mut Group, method: &str, time_of: impl Fn(u64) -> Duration) {
    group.bench_function(method, |bencher| {
        bencher.iter_custom(|iterations| {
            let messages = iterations.max(FEWEST);
            time_of(messages).mul_f64(iterations as f64 / messages as f64)
        });
    });
}

/// How long it takes until `messages` of another thread are received. Starting the thread is not in the time.
fn time(
    messages: u64,
    mut send: impl FnMut(u64) + Send,
    mut receive: impl FnMut() -> u64 + Send,
) -> Duration {
    let cores = for_two(2).unwrap_or([None, None]);
    let together = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            pin(cores[1]).expect("this core may be used");
            together.wait();
            (0..messages).for_each(&mut send);
        });
        let receiving = scope.spawn(|| {
            pin(cores[0]).expect("this core may be used");
            together.wait();
            let start = Instant::now();
            for number in 0..messages {
                assert_eq!(receive(), number);
            }
            start.elapsed()
        });
        receiving.join().expect("all messages are received")
    })
}

#[cfg(unix)]
mod processes {
    use std::io::{PipeReader, Read, Write, pipe};
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};

    use examples_processes::{OneThread, Team};
    use examples_shared_memory::Shared;
    use examples_shared_memory::sync::Ring;
    use laboratory::cores::{Cores, for_two, pin};

    use super::{CAPACITY, Group, IS_THERE, SPIN, bench};

    /// From a child that is forked for each sample.
    pub(super) fn between_processes(group: &mut Group) {
        // Chosen before this process is pinned to one of them.
        let cores = for_two(2).unwrap_or([None, None]);
        bench(group, "ring-procs", |messages| {
            let ring: Shared<Ring<u64, CAPACITY>> =
                Shared::new(Ring::new(SPIN)).expect("there is memory");
            let mut consumer = ring.consumer().expect("it is new");
            let send = || {
                let mut producer = ring.producer().expect("it is new");
                (0..messages).for_each(|number| producer.push(number).expect(IS_THERE));
            };
            time(cores, messages, send, || consumer.pop().expect(IS_THERE))
        });
        bench(group, "pipe-procs", |messages| {
            let (mut reader, mut writer) = pipe().expect("there are descriptors");
            let send = || {
                for number in 0..messages {
                    let written = writer.write_all(&number.to_ne_bytes());
                    written.expect(IS_THERE);
                }
            };
            time(cores, messages, send, || next(&mut reader))
        });
    }

    fn next(reader: &mut PipeReader) -> u64 {
        let mut bytes = [0; 8];
        reader.read_exact(&mut bytes).expect(IS_THERE);
        u64::from_ne_bytes(bytes)
    }

    /// How long it takes until `messages` of a child are received. Starting the child is not in the time.
    fn time(
        cores: Cores,
        messages: u64,
        send: impl FnOnce(),
        mut receive: impl FnMut() -> u64,
    ) -> Duration {
        let (mut ours, theirs) = UnixStream::pair().expect("there are descriptors");
        let channel = ours.try_clone().expect("there are descriptors");
        let mut team = Team::new();
        let alone = OneThread::check().expect("no thread is left");
        let child = |mut parent: UnixStream| {
            pin(cores[1])?;
            // It is here, and goes on when its parent is.
            parent.write_all(&[1])?;
            parent.read_exact(&mut [0])?;
            send();
            Ok(())
        };
        let forked = team.fork(alone, 0..1, channel, theirs, child);
        forked.expect("there are not too many processes");
        pin(cores[0]).expect("this core may be used");
        ours.read_exact(&mut [0]).expect(IS_THERE);
        ours.write_all(&[1]).expect(IS_THERE);
        let start = Instant::now();
        for number in 0..messages {
            assert_eq!(receive(), number);
        }
        let time = start.elapsed();
        team.dismiss().expect("the child has sent all");
        time
    }
}
