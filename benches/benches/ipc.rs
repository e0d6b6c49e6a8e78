//! What does a message between two processes cost, by its way and its size, on one core and on two?
//!
//! Run: `cargo bench --bench ipc`, then open
//! `target/criterion/echo-2-cores/report/index.html`, and `echo-1-core` and `bandwidth` beside it. The first two are
//! the time of a message that is sent to the other process and back again, once with both
//! processes pinned to one core, once with each on a core of its own. The bandwidth is that of many messages that go
//! one way, on two cores. What to see there, and why: `docs/criterion.md`.
//!
//! Every way copies a message twice: from the sender's memory into a buffer, and from there into the
//! receiver's. All children are forked while this process has one thread.

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

    use criterion::{BenchmarkId, Throughput};
    use examples_processes::{OneThread, Team};
    use laboratory::{connection, cores};

    use crate::settings::{self, Group};
    use crate::shared_pipe::shared_pipe;

    /// What a group measures.
    #[derive(Clone, Copy)]
    struct Case {
        /// Whether every message is answered by one as long, or only the last one, by one byte.
        round_trips: bool,
        /// The core of the other process; `None` where the system chooses.
        core: Option<usize>,
    }

    pub(crate) fn measure() {
        let mut criterion = settings::criterion();
        let cores = cores::allowed().unwrap_or_default();
        let names = match &cores[..] {
            [] => &["echo", "bandwidth"][..],
            [_] => &["echo-1-core", "bandwidth"],
            _ => &["echo-1-core", "echo-2-cores", "bandwidth"],
        };
        if let Some(first) = cores.first() {
            // This process stays on its first core. Its partner is there, too, or on the second core.
            cores::pin(&[*first]).expect("it is among those that are allowed");
        }
        for name in names {
            let on_first = *name == "echo-1-core" || cores.len() == 1;
            let core = cores.get(usize::from(!on_first)).copied();
            let round_trips = *name != "bandwidth";
            let case = Case { round_trips, core };
            let mut group = settings::group(&mut criterion, name);
            bench(&mut group, case, "pipe", connection::pipes);
            bench(&mut group, case, "socket", connection::unix_sockets);
            bench(&mut group, case, "tcp", connection::tcp);
            bench(&mut group, case, "shared", shared_pipe);
            group.finish();
        }
        criterion.final_summary();
    }

    fn bench<C: Read + Write + AsFd>(
        group: &mut Group,
        case: Case,
        method: &str,
        connect: impl Fn() -> io::Result<[C; 2]>,
    ) {
        let latency = [1, 10_000].as_slice();
        let bandwidth = [1, 1_000, 1_000_000].as_slice();
        for &size in if case.round_trips { latency } else { bandwidth } {
            if !case.round_trips {
                // The line chart's axis is then this number, which is also the benchmark's.
                group.throughput(Throughput::Bytes(size as u64));
            }
            let mut partner = None; // forked when it is first needed: not for `--list`
            group.bench_function(BenchmarkId::new(method, format!("{size:e}")), |bencher| {
                let partner = partner.get_or_insert_with(|| {
                    let ends = connect().expect("two processes can be connected");
                    Partner::start(case, size, ends).expect("this process has one thread")
                });
                bencher.iter_custom(|messages| {
                    let time = partner.exchange(messages);
                    time.expect("the partner lives as long as it is needed")
                });
            });
        }
    }

    /// A child that receives messages. It is killed and reaped when this is dropped.
    struct Partner<C: Read + AsFd> {
        team: Team<C>,
        round_trips: bool,
        message: Vec<u8>,
        answer: Vec<u8>,
    }

    /// The first byte of a message that is to be answered, and of one that is not.
    const ANSWER: u8 = 1;
    const NO_ANSWER: u8 = 0;

    impl<C: Read + Write + AsFd> Partner<C> {
        fn start(case: Case, size: usize, [ours, theirs]: [C; 2]) -> io::Result<Self> {
            let alone = OneThread::check()?;
            let mut message = vec![NO_ANSWER; size];
            let mut answer = vec![ANSWER; if case.round_trips { size } else { 1 }];
            let mut team = Team::new();
            team.fork(alone, 0..1, ours, theirs, |mut parent| {
                if let Some(core) = case.core {
                    cores::pin(&[core])?;
                }
                loop {
                    parent.read_exact(&mut message)?;
                    if message[0] == ANSWER {
                        parent.write_all(&answer)?;
                    }
                }
            })?;
            answer.fill(NO_ANSWER);
            Ok(Self {
                team,
                round_trips: case.round_trips,
                message,
                answer,
            })
        }

        /// How long `messages` take: until all are answered, or until the last one is.
        fn exchange(&mut self, messages: u64) -> io::Result<Duration> {
            let (child, _) = self.team.worker(0);
            let start = Instant::now();
            for following in (0..messages).rev() {
                let is_answered = self.round_trips || following == 0;
                self.message[0] = if is_answered { ANSWER } else { NO_ANSWER };
                child.write_all(&self.message)?;
                if is_answered {
                    child.read_exact(&mut self.answer)?;
                    assert_eq!(self.answer[0], ANSWER, "the message has arrived");
                }
            }
            Ok(start.elapsed())
        }
    }
}
