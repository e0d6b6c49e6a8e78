//! How small a task may be: the same work, cut into 1, 10, … 1,000,000 tasks, by every kind of
//! pool.
//!
//! Run: `cargo bench --bench granularity`, then open
//! `target/criterion/granularity/report/index.html`: time against the number of tasks. All the work
//! is some ten milliseconds of arithmetic, so with a million tasks each is ten nanoseconds.
//!
//! On the left, one task cannot be shared: all take as long as `serial`. From ten tasks on, the
//! lines lie at that time divided by the number of cores. Look where each one begins to rise:
//! there, handing out a task costs as much as doing it. A thread for each task and a process that
//! is fed over a pipe are there first, with tasks of ten microseconds; queues and channels follow;
//! a counter holds out longest.
//!
//! The threads of `rayon-…` wait for work between two runs; all others are started for each run,
//! which is in the time, and is some hundred microseconds at most. The children of `process-pipe`
//! live on, too. They come first, because only a process with one thread may fork.

mod settings;

use std::cell::LazyCell;
use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use criterion::{BenchmarkId, SamplingMode};
use crossbeam::utils::CachePadded;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};
use settings::Group;

/// Powers of ten: the numbers of tasks are 1 to 1,000,000 ...
const FINEST: u32 = 6;
/// ... but not so many for those that would take seconds.
const FINEST_WITH_THREADS: u32 = 3;
#[cfg(unix)]
const FINEST_WITH_PROCESSES: u32 = 4;

/// All the work, in dependent multiplications: some ten milliseconds. Every number of tasks divides
/// it.
const STEPS: u64 = 5_000_000;

/// Tasks that lie ready in a channel.
const CAPACITY: usize = 1_024;

fn main() {
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "granularity");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    #[cfg(unix)]
    processes::process_pipe(&mut group);
    bench(&mut group, "serial", FINEST, serial);
    bench(
        &mut group,
        "thread-per-task",
        FINEST_WITH_THREADS,
        thread_per_task,
    );
    bench(&mut group, "mutex-queue", FINEST, mutex_queue);
    bench(&mut group, "crossbeam-channel", FINEST, crossbeam_channel);
    bench(&mut group, "atomic-ticket", FINEST, atomic_ticket);
    bench_in_pool(&mut group, "rayon-spawn", rayon_spawn);
    bench_in_pool(&mut group, "rayon-par_iter", rayon_par_iter);
    group.finish();
    criterion.final_summary();
}

/// The work, cut into so many tasks.
#[derive(Clone, Copy)]
struct Work {
    tasks: u64,
}

impl Work {
    fn in_powers_of_ten(finest: u32) -> impl Iterator<Item = Self> {
        (0..=finest).map(|power| Self {
            tasks: 10_u64.pow(power),
        })
    }

    /// Does one task. The answer of all the work is the sum of its tasks' answers, modulo 2^64.
    fn task(self, number: u64) -> u64 {
        (0..STEPS / self.tasks).fold(number, |x, _| {
            (x ^ (x >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb)
        })
    }
}

/// Benchmarks of `run`, from one task to ten to the `finest`. Its answer must be the serial one.
fn bench(group: &mut Group, method: &str, finest: u32, mut run: impl FnMut(Work) -> u64) {
    for work in Work::in_powers_of_ten(finest) {
        let expected = LazyCell::new(|| serial(work));
        group.bench_function(BenchmarkId::new(method, work.tasks), |bencher| {
            let expected = *expected;
            bencher.iter(|| assert_eq!(run(black_box(work)), expected, "no task is lost"));
        });
    }
}

/// The same for a `run` that needs a pool. The pool is there for one sample, and joined after it.
fn bench_in_pool(group: &mut Group, method: &str, run: fn(&ThreadPool, Work) -> u64) {
    for work in Work::in_powers_of_ten(FINEST) {
        let expected = LazyCell::new(|| serial(work));
        group.bench_function(BenchmarkId::new(method, work.tasks), |bencher| {
            let expected = *expected;
            ThreadPoolBuilder::new()
                .num_threads(workers())
                .build_scoped(rayon::ThreadBuilder::run, |pool| {
                    bencher.iter(|| {
                        assert_eq!(run(pool, black_box(work)), expected, "no task is lost");
                    });
                })
                .expect("threads can be started");
        });
    }
}

/// As many workers as there are cores.
fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn sum(answers: impl Iterator<Item = u64>) -> u64 {
    answers.fold(0, u64::wrapping_add)
}

/// One task after the other: what the cutting alone costs.
fn serial(work: Work) -> u64 {
    sum((0..work.tasks).map(|number| work.task(number)))
}

/// A thread for each task, all at once: the cores are shared by the system's scheduler.
fn thread_per_task(work: Work) -> u64 {
    thread::scope(|scope| {
        let running: Vec<_> = (0..work.tasks)
            .map(|number| scope.spawn(move || work.task(number)))
            .collect();
        sum(running
            .into_iter()
            .map(|thread| thread.join().expect("it does not panic")))
    })
}

/// A thread for each worker, which does tasks for as long as `next` has one for it; `meanwhile`
/// runs on this thread.
fn on_workers(work: Work, meanwhile: impl FnOnce(), next: impl Fn() -> Option<u64> + Sync) -> u64 {
    let next = &next;
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers())
            .map(|_| {
                scope.spawn(move || sum(std::iter::from_fn(next).map(|number| work.task(number))))
            })
            .collect();
        meanwhile();
        sum(running
            .into_iter()
            .map(|thread| thread.join().expect("it does not panic")))
    })
}

/// A queue that is filled at first, and then emptied by all, one at a time.
fn mutex_queue(work: Work) -> u64 {
    let queue: Mutex<VecDeque<u64>> = Mutex::new((0..work.tasks).collect());
    on_workers(
        work,
        || (),
        || queue.lock().expect("no thread panics").pop_front(),
    )
}

/// A number that says which task is next.
fn atomic_ticket(work: Work) -> u64 {
    let tickets = AtomicUsize::new(0);
    on_workers(
        work,
        || (),
        || {
            let number = tickets.fetch_add(1, Ordering::Relaxed) as u64;
            (number < work.tasks).then_some(number)
        },
    )
}

/// A channel that this thread fills while the workers empty it.
fn crossbeam_channel(work: Work) -> u64 {
    let (sender, receiver) = crossbeam::channel::bounded(CAPACITY);
    let fill = move || {
        for number in 0..work.tasks {
            sender.send(number).expect("the workers are here");
        }
    };
    on_workers(work, fill, || receiver.recv().ok())
}

/// A job in the pool's queues for each task; each worker adds up what it has done.
fn rayon_spawn(pool: &ThreadPool, work: Work) -> u64 {
    let sums: Vec<CachePadded<AtomicU64>> =
        (0..workers()).map(|_| CachePadded::default()).collect();
    pool.scope(|scope| {
        for number in 0..work.tasks {
            let sums = &sums;
            scope.spawn(move |_| {
                let worker = rayon::current_thread_index().expect("it runs in the pool");
                sums[worker].fetch_add(work.task(number), Ordering::Relaxed);
            });
        }
    });
    sum(sums.into_iter().map(|cell| cell.load(Ordering::Relaxed)))
}

/// A range that is halved until each task stands alone; idle workers steal halves.
fn rayon_par_iter(pool: &ThreadPool, work: Work) -> u64 {
    pool.install(|| {
        (0..work.tasks as usize)
            .into_par_iter()
            .with_max_len(1)
            .map(|number| work.task(number as u64))
            .reduce(|| 0, u64::wrapping_add)
    })
}

#[cfg(unix)]
mod processes {
    use std::io::{self, Read, Write};
    use std::os::unix::net::UnixStream;

    use examples_processes::{OneThread, Team};

    use super::{FINEST_WITH_PROCESSES, Group, Work, bench, workers};

    /// Tasks that a child has at a time: one that it does, and one that lies ready.
    const IN_FLIGHT: usize = 2;

    /// Children that read a task and write its answer, each over a socket pair, which is a pipe in
    /// both directions.
    pub(super) fn process_pipe(group: &mut Group) {
        let mut team = None; // forked when it is first needed: not for `--list`
        bench(group, "process-pipe", FINEST_WITH_PROCESSES, |work| {
            let team = team.get_or_insert_with(|| fork().expect("this process has one thread"));
            feed(team, work).expect("the children live as long as they are needed")
        });
    }

    fn fork() -> io::Result<Team<UnixStream>> {
        let alone = OneThread::check()?;
        let mut team = Team::new();
        for _ in 0..workers() {
            let (ours, theirs) = UnixStream::pair()?;
            team.fork(alone, 0..0, ours, theirs, |mut parent| {
                loop {
                    let tasks = receive(&mut parent)?;
                    let number = receive(&mut parent)?;
                    send(&mut parent, &[Work { tasks }.task(number)])?;
                }
            })?;
        }
        Ok(team)
    }

    /// Gives each child a task, and the next one when it has answered.
    fn feed(team: &mut Team<UnixStream>, work: Work) -> io::Result<u64> {
        let mut sum = 0_u64;
        let mut waiting = 0..work.tasks;
        let mut in_flight = vec![0; team.len()];
        for child in (0..team.len()).cycle().take(team.len() * IN_FLIGHT) {
            if let Some(number) = waiting.next() {
                send(team.worker(child).0, &[work.tasks, number])?;
                in_flight[child] += 1;
            }
        }
        loop {
            let busy: Vec<_> = (0..team.len()).filter(|&c| in_flight[c] > 0).collect();
            if busy.is_empty() {
                return Ok(sum);
            }
            for child in team.wait_for_any(&busy)? {
                let (channel, _) = team.worker(child);
                sum = sum.wrapping_add(receive(channel)?);
                match waiting.next() {
                    Some(number) => send(channel, &[work.tasks, number])?,
                    None => in_flight[child] -= 1,
                }
            }
        }
    }

    fn send(to: &mut UnixStream, numbers: &[u64]) -> io::Result<()> {
        to.write_all(bytemuck::cast_slice(numbers))
    }

    fn receive(from: &mut UnixStream) -> io::Result<u64> {
        let mut number = 0;
        from.read_exact(bytemuck::bytes_of_mut(&mut number))?;
        Ok(number)
    }
}
