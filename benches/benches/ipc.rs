//! What a message between two processes costs, by its way and its size.
//!
//! Run: `cargo bench --bench ipc`, then open
//! `target/criterion/ipc-latency-two-cores/report/index.html` and its neighbours: `ipc-latency-…`
//! is the time of a message that is sent to the other process and back again, `ipc-bandwidth-…`
//! that of one message of many that go one way. Both are against the size in bytes, once with both
//! processes pinned to one core, once with each on a core of its own. The second chart is bytes a
//! second.
//!
//! Look for the two ends of the lines. On the left, a message costs the same whatever its size: the
//! system call, and the switch to the other process. Shared memory needs neither if there are two
//! cores. On the right, all ways copy at the speed of the memory, some more often than others.
//! Where a line bends is the size from which on it pays to send more at a time.
//!
//! Every way copies a message twice: from the sender's memory into the way, and from there into the
//! receiver's. All children are forked while this process has one thread.

#[cfg(unix)]
mod cores;
#[cfg(unix)]
mod settings;
#[cfg(unix)]
mod transports;

fn main() {
    // Elsewhere there is no `fork`, and nothing to measure.
    #[cfg(unix)]
    between_processes::measure();
}

#[cfg(unix)]
mod between_processes {
    use std::io;
    use std::time::{Duration, Instant};

    use criterion::{BenchmarkId, Criterion, Throughput};
    use examples_processes::{OneThread, Team};

    use crate::cores::{self, Pinned, Placement};
    use crate::settings::{self, Group};
    use crate::transports::{self, Link};

    /// From a byte to a mebibyte, 32 times as much each time.
    const SIZES: [usize; 5] = [1, 32, 1_024, 32_768, 1_048_576];

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Exchange {
        /// Every message is answered by one as long.
        RoundTrip,
        /// Only the last message is answered, by one byte.
        OneWay,
    }

    pub(crate) fn measure() {
        let mut criterion = settings::criterion();
        for placement in cores::placements() {
            for exchange in [Exchange::RoundTrip, Exchange::OneWay] {
                bench(&mut criterion, exchange, placement);
            }
        }
        criterion.final_summary();
    }

    fn bench(criterion: &mut Criterion, exchange: Exchange, placement: Placement) {
        let kind = match exchange {
            Exchange::RoundTrip => "latency",
            Exchange::OneWay => "bandwidth",
        };
        let mut group = settings::group(criterion, &format!("ipc-{kind}-{}", placement.name));
        let case = Case {
            exchange,
            placement,
        };
        case.bench(&mut group, "pipe", |_| transports::pipe());
        case.bench(&mut group, "unix-socket", |_| transports::unix_socket());
        case.bench(&mut group, "tcp", |_| transports::tcp());
        case.bench(&mut group, "shared-memory", transports::shared_memory);
        group.finish();
    }

    #[derive(Clone, Copy)]
    struct Case {
        exchange: Exchange,
        placement: Placement,
    }

    impl Case {
        fn bench<L: Link>(
            self,
            group: &mut Group,
            method: &str,
            connect: impl Fn(usize) -> io::Result<[L; 2]>,
        ) {
            for size in SIZES {
                if self.exchange == Exchange::OneWay {
                    // The line chart's axis is then this number, which is also the benchmark's.
                    group.throughput(Throughput::Bytes(size as u64));
                }
                let mut partner = None; // forked when it is first needed: not for `--list`
                group.bench_function(BenchmarkId::new(method, size), |bencher| {
                    let partner = partner.get_or_insert_with(|| {
                        let link = connect(size).expect("two processes can be connected");
                        Partner::start(self, size, link).expect("this process has one thread")
                    });
                    bencher.iter_custom(|messages| {
                        let time = partner.exchange(self.exchange, messages);
                        time.expect("the partner lives as long as it is needed")
                    });
                });
            }
        }
    }

    /// A child that receives messages. It is killed and reaped when this is dropped.
    struct Partner<L: Link> {
        team: Team<L>,
        message: Vec<u8>,
        _pinned: Pinned,
    }

    /// The first byte of a message that is not the last one, and of one that is.
    const MORE: u8 = 0;
    const LAST: u8 = 1;

    impl<L: Link> Partner<L> {
        fn start(case: Case, size: usize, [ours, theirs]: [L; 2]) -> io::Result<Self> {
            let alone = OneThread::check()?;
            let mut team = Team::new();
            team.fork(alone, 0..1, ours, theirs, |mut parent| {
                case.placement.pin_child();
                let mut message = vec![0; size];
                loop {
                    parent.receive(&mut message)?;
                    match case.exchange {
                        Exchange::RoundTrip => parent.send(&message)?,
                        Exchange::OneWay if message[0] == LAST => parent.send(&[LAST])?,
                        Exchange::OneWay => {}
                    }
                }
            })?;
            Ok(Self {
                team,
                message: vec![7; size],
                _pinned: case.placement.pin_parent(),
            })
        }

        /// How long `messages` take: until all have come back, or until the last one is confirmed.
        fn exchange(&mut self, exchange: Exchange, messages: u64) -> io::Result<Duration> {
            let Self { team, message, .. } = self;
            let (child, _) = team.worker(0);
            let start = Instant::now();
            match exchange {
                Exchange::RoundTrip => {
                    for number in 0..messages {
                        message[0] = number as u8;
                        child.send(message)?;
                        child.receive(message)?;
                        assert_eq!(message[0], number as u8, "it is the same message");
                    }
                }
                Exchange::OneWay => {
                    message[0] = MORE;
                    for _ in 1..messages {
                        child.send(message)?;
                    }
                    message[0] = LAST;
                    child.send(message)?;
                    let mut confirmation = [MORE];
                    child.receive(&mut confirmation)?;
                    assert_eq!(confirmation, [LAST], "it has received the last message");
                }
            }
            Ok(start.elapsed())
        }
    }
}
