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
    use std::time::Instant;

    use criterion::{BenchmarkId, Throughput};
    use examples_processes::{OneThread, Team};
    use laboratory::{connection, cores};

    use crate::settings::{self, Group};
    use crate::shared_pipe::shared_pipe;

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
            let group = &mut settings::group(&mut criterion, name);
            bench(group, round_trips, core, "pipe", connection::pipes);
            bench(group, round_trips, core, "socket", connection::unix_sockets);
            bench(group, round_trips, core, "tcp", connection::tcp);
            bench(group, round_trips, core, "shared", shared_pipe);
        }
        criterion.final_summary();
    }

    /// Benchmarks of a way to connect two processes. Every message is answered by one as long, or, without
    /// `round_trips`, only the last one, by one byte. The other process is on `core`, or where the system chooses.
    fn bench<C: Read + Write + AsFd>(
        group: &mut Group,
        round_trips: bool,
        core: Option<usize>,
        method: &str,
        connect: impl Fn() -> io::Result<[C; 2]>,
    ) {
        let sizes: &[usize] = if round_trips {
            &[1, 10_000]
        } else {
            &[1, 1_000, 1_000_000]
        };
        for &size in sizes {
            if !round_trips {
                // The line chart's axis is then this number, which is also the benchmark's.
                group.throughput(Throughput::Bytes(size as u64));
            }
            let mut message = vec![NO_ANSWER; size];
            let mut answer = vec![ANSWER; if round_trips { size } else { 1 }];
            let mut team = None; // forked when it is first needed: not for `--list`
            group.bench_function(BenchmarkId::new(method, format!("{size:e}")), |bencher| {
                let team = team.get_or_insert_with(|| {
                    let ends = connect().expect("two processes can be connected");
                    partner(core, size, &answer, ends).expect("this process has one thread")
                });
                let (partner, _) = team.worker(0);
                bencher.iter_custom(|messages| {
                    let start = Instant::now();
                    for following in (0..messages).rev() {
                        let is_answered = round_trips || following == 0;
                        message[0] = if is_answered { ANSWER } else { NO_ANSWER };
                        partner.write_all(&message).expect(LIVES);
                        if is_answered {
                            answer[0] = NO_ANSWER;
                            partner.read_exact(&mut answer).expect(LIVES);
                            assert_eq!(answer[0], ANSWER, "the message has arrived");
                        }
                    }
                    start.elapsed()
                });
            });
        }
    }

    const LIVES: &str = "the partner lives as long as it is needed";

    /// The first byte of a message that is to be answered, and of one that is not.
    const ANSWER: u8 = 1;
    const NO_ANSWER: u8 = 0;

    /// Forks a child that receives messages. It is killed and reaped when its team is dropped.
    fn partner<C: Read + Write + AsFd>(
        core: Option<usize>,
        size: usize,
        answer: &[u8],
        [ours, theirs]: [C; 2],
    ) -> io::Result<Team<C>> {
        let mut message = vec![NO_ANSWER; size];
        let mut team = Team::new();
        team.fork(OneThread::check()?, 0..1, ours, theirs, |mut parent| {
            if let Some(core) = core {
                cores::pin(&[core])?;
            }
            loop {
                parent.read_exact(&mut message)?;
                if message[0] == ANSWER {
                    parent.write_all(answer)?;
                }
            }
        })?;
        Ok(team)
    }
}
