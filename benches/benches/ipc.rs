//! What does a message between two processes cost, by its way and its size, on one core and on two?
//!
//! Run: `cargo bench --bench ipc`, then open
//! `target/criterion/latency-2-cores/report/index.html`, and `latency-1-core` and `bandwidth` beside it. The latency
//! is the time of a message that is sent to the other process and back again, once with both
//! processes pinned to one core, once with each on a core of its own. The bandwidth is that of many messages that go
//! one way, on two cores; its second chart is bytes a second. All are against the size in bytes.
//!
//! Look for the two ends of the lines. On the left, a message costs the same whatever its size: the
//! system call, and the switch to the other process. Shared memory needs neither if there are two
//! cores. On the right, all ways copy at the speed of the memory, some more often than others.
//! In between a line bends. Left of that size, sending more at a time costs nothing.
//!
//! Every way copies a message twice: from the sender's memory into a buffer, and from there into the
//! receiver's. Each buffer but TCP's is some 64 KiB. All children are forked while this process has one thread.

#[cfg(unix)]
mod settings;
#[cfg(unix)]
mod shared_pipe;

fn main() {
    // Elsewhere there is no `fork`, and nothing to measure.
    #[cfg(unix)]
    between_processes::measure();
}

#[cfg(unix)]
mod between_processes {
    use std::io::{self, Read, Write};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use criterion::{BenchmarkId, Criterion, Throughput};
    use examples_processes::{OneThread, Team};
    use laboratory::{connection, cores};

    use crate::settings::{self, Group};
    use crate::shared_pipe::shared_pipe;

    /// What a group measures.
    #[derive(Clone, Copy)]
    struct Case {
        exchange: Exchange,
        /// The core of the other process; `None` where the system chooses.
        core: Option<usize>,
    }

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Exchange {
        /// Every message is answered by one as long.
        RoundTrip,
        /// Only the last message is answered, by one byte.
        OneWay,
    }

    impl Exchange {
        /// The sizes of the messages, in bytes.
        fn sizes(self) -> &'static [usize] {
            match self {
                Self::RoundTrip => &[1, 32_768],
                Self::OneWay => &[1, 1_024, 1_048_576],
            }
        }

        /// The bytes of the answer to a message of so many.
        fn answer(self, message: usize) -> usize {
            match self {
                Self::RoundTrip => message,
                Self::OneWay => 1,
            }
        }
    }

    pub(crate) fn measure() {
        let mut criterion = settings::criterion();
        let mut groups = vec![("latency", None)];
        if let Ok(cores) = cores::allowed() {
            // This process stays on its first core. Its partner is there, too, or on the second core.
            cores::pin(&cores[..1]).expect("it is among those that are allowed");
            let cores = cores.into_iter().map(Some);
            groups = ["latency-1-core", "latency-2-cores"]
                .into_iter()
                .zip(cores)
                .collect();
        }
        for &(name, core) in &groups {
            let exchange = Exchange::RoundTrip;
            bench(&mut criterion, name, Case { exchange, core });
        }
        let (_, core) = groups[groups.len() - 1];
        let exchange = Exchange::OneWay;
        bench(&mut criterion, "bandwidth", Case { exchange, core });
        criterion.final_summary();
    }

    fn bench(criterion: &mut Criterion, name: &str, case: Case) {
        let mut group = settings::group(criterion, name);
        case.bench(&mut group, "pipe", connection::pipes);
        case.bench(&mut group, "socket", connection::unix_sockets);
        case.bench(&mut group, "tcp", connection::tcp);
        case.bench(&mut group, "shared", shared_pipe);
        group.finish();
    }

    impl Case {
        fn bench<C: Read + Write + AsFd>(
            self,
            group: &mut Group,
            method: &str,
            connect: impl Fn() -> io::Result<[C; 2]>,
        ) {
            for &size in self.exchange.sizes() {
                if self.exchange == Exchange::OneWay {
                    // The line chart's axis is then this number, which is also the benchmark's.
                    group.throughput(Throughput::Bytes(size as u64));
                }
                let mut partner = None; // forked when it is first needed: not for `--list`
                group.bench_function(BenchmarkId::new(method, size), |bencher| {
                    let partner = partner.get_or_insert_with(|| {
                        let ends = connect().expect("two processes can be connected");
                        Partner::start(self, size, ends).expect("this process has one thread")
                    });
                    bencher.iter_custom(|messages| {
                        let time = partner.exchange(messages);
                        time.expect("the partner lives as long as it is needed")
                    });
                });
            }
        }
    }

    /// A child that receives messages. It is killed and reaped when this is dropped.
    struct Partner<C: Read + AsFd> {
        team: Team<C>,
        exchange: Exchange,
        message: Vec<u8>,
    }

    /// The first byte of a message that is to be answered, and of one that is not.
    const ANSWER: u8 = 1;
    const NO_ANSWER: u8 = 0;

    impl<C: Read + Write + AsFd> Partner<C> {
        fn start(case: Case, size: usize, [ours, theirs]: [C; 2]) -> io::Result<Self> {
            let alone = OneThread::check()?;
            let exchange = case.exchange;
            let mut team = Team::new();
            team.fork(alone, 0..1, ours, theirs, |mut parent| {
                if let Some(core) = case.core {
                    cores::pin(&[core])?;
                }
                let mut message = vec![0; size];
                loop {
                    parent.read_exact(&mut message)?;
                    if message[0] == ANSWER {
                        parent.write_all(&message[..exchange.answer(size)])?;
                    }
                }
            })?;
            Ok(Self {
                team,
                exchange,
                message: vec![7; size],
            })
        }

        /// How long `messages` take: until all have come back, or until the last one is confirmed.
        fn exchange(&mut self, messages: u64) -> io::Result<Duration> {
            let (child, _) = self.team.worker(0);
            let mut answer = vec![0; self.exchange.answer(self.message.len())];
            let start = Instant::now();
            for following in (0..messages).rev() {
                let is_answered = self.exchange == Exchange::RoundTrip || following == 0;
                self.message[0] = if is_answered { ANSWER } else { NO_ANSWER };
                child.write_all(&self.message)?;
                if is_answered {
                    child.read_exact(&mut answer)?;
                    assert_eq!(answer[0], ANSWER, "it is the answer to this message");
                }
            }
            Ok(start.elapsed())
        }
    }
}
