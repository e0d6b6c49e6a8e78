//! How small may a task be? The same work, cut into one task and into up to a million, by every kind of pool.
//!
//! Run: `cargo bench --bench granularity`, then open `target/criterion/how-small-a-task/report/index.html`: time
//! against the number of tasks. All the work is some ten milliseconds of arithmetic, so with a million tasks each is
//! ten nanoseconds. Where a line begins to rise, handing out a task costs as much as doing it. `docs/criterion.md`
//! says more.
//!
//! The threads of `rayon` wait for work between two runs, and so do the children of `via-pipe`. All others are started
//! for each run, which is in the time, and takes some hundred microseconds at most. The children come first, because
//! only a process with one thread may fork, and rayon's threads last, because they live on.
//!
//! Criterion's index sorts the methods by name, and leaves no gap where one has fewer numbers of tasks. So those
//! methods are the last in the alphabet.

mod settings;

use std::cell::LazyCell;
use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use criterion::{BenchmarkId, SamplingMode};
use rayon::ThreadPoolBuilder;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use settings::Group;

/// The numbers of tasks.
const TASKS: [u64; 4] = [1, 1_000, 100_000, 1_000_000];

/// The smaller numbers of tasks, for methods that would take seconds for more tasks.
const FEW: &[u64] = TASKS.split_at(2).0;

/// All the work, in dependent multiplications: some ten milliseconds. Every number of tasks divides
/// it.
const STEPS: u64 = 5_000_000;

/// Tasks that lie ready in a channel.
const CAPACITY: usize = 1_024;

fn main() {
    let mut criterion = settings::criterion();
    let mut group = settings::group(&mut criterion, "how-small-a-task");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    #[cfg(unix)]
    processes::fed_over_pipes(&mut group);
    bench(&mut group, "serial", &TASKS, serial);
    bench(&mut group, "thread", FEW, thread_per_task);
    bench(&mut group, "queue", &TASKS, mutex_queue);
    bench(&mut group, "channel", &TASKS, crossbeam_channel);
    bench(&mut group, "counter", &TASKS, atomic_counter);
    let pool = LazyCell::new(|| ThreadPoolBuilder::new().num_threads(workers()).build());
    bench(&mut group, "rayon", &TASKS, |tasks| {
        let pool = pool.as_ref().expect("threads can be started");
        pool.install(|| rayon_par_iter(tasks))
    });
    group.finish();
    criterion.final_summary();
}

/// Does one task of this many. The answer of all the work is the sum of its tasks' answers, modulo 2^64.
fn task(tasks: u64, number: u64) -> u64 {
    (0..STEPS / tasks).fold(number, |x, _| {
        (x ^ (x >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb)
    })
}

/// Benchmarks of `run`, which is given a number of tasks. Its answer must be the serial one.
fn bench(group: &mut Group, method: &str, numbers: &[u64], mut run: impl FnMut(u64) -> u64) {
    for &tasks in numbers {
        let expected = LazyCell::new(|| serial(tasks));
        group.bench_function(BenchmarkId::new(method, format!("{tasks:e}")), |bencher| {
            let expected = *expected;
            bencher.iter(|| assert_eq!(run(black_box(tasks)), expected, "no task is lost"));
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
fn serial(tasks: u64) -> u64 {
    sum((0..tasks).map(|number| task(tasks, number)))
}

/// A thread for each task, all at once: the cores are shared by the system's scheduler.
fn thread_per_task(tasks: u64) -> u64 {
    let one_task = |number| Some(number).into_iter();
    on_threads(tasks, (0..tasks).map(one_task), || ())
}

/// A thread for each part, which does its tasks; `meanwhile` runs on this thread.
fn on_threads<T: Iterator<Item = u64> + Send>(
    tasks: u64,
    parts: impl Iterator<Item = T>,
    meanwhile: impl FnOnce(),
) -> u64 {
    thread::scope(|scope| {
        let start = |part: T| scope.spawn(move || sum(part.map(|number| task(tasks, number))));
        let running: Vec<_> = parts.map(start).collect();
        meanwhile();
        let running = running.into_iter();
        sum(running.map(|thread| thread.join().expect("it does not panic")))
    })
}

/// A queue that is filled at first, and then emptied by all workers, one at a time.
fn mutex_queue(tasks: u64) -> u64 {
    let queue: Mutex<VecDeque<u64>> = Mutex::new((0..tasks).collect());
    let next = || queue.lock().expect("no thread panics").pop_front();
    let worker = |_| std::iter::from_fn(next);
    on_threads(tasks, (0..workers()).map(worker), || ())
}

/// A number that says which task is next.
fn atomic_counter(tasks: u64) -> u64 {
    let counter = AtomicU64::new(0);
    let next = || Some(counter.fetch_add(1, Ordering::Relaxed)).filter(|&number| number < tasks);
    let worker = |_| std::iter::from_fn(next);
    on_threads(tasks, (0..workers()).map(worker), || ())
}

/// A channel that this thread fills while the workers empty it.
fn crossbeam_channel(tasks: u64) -> u64 {
    let (sender, receiver) = crossbeam::channel::bounded(CAPACITY);
    let worker = |_| receiver.iter();
    on_threads(tasks, (0..workers()).map(worker), move || {
        for number in 0..tasks {
            sender.send(number).expect("the workers are here");
        }
    })
}

/// A range that is halved until each task stands alone; idle workers steal halves.
fn rayon_par_iter(tasks: u64) -> u64 {
    (0..tasks as usize)
        .into_par_iter()
        .with_max_len(1)
        .map(|number| task(tasks, number as u64))
        .reduce(|| 0, u64::wrapping_add)
}

#[cfg(unix)]
mod processes {
    use std::io::{self, Read, Write};
    use std::os::unix::net::UnixStream;

    use examples_processes::{OneThread, Team};

    use super::{FEW, Group, bench, task, workers};

    /// Tasks that a child has at a time: one that it does, and one that lies ready.
    const AT_A_TIME: u64 = 2;

    /// Children that read a task and write its answer, each over a socket pair, which is a pipe in
    /// both directions.
    pub(super) fn fed_over_pipes(group: &mut Group) {
        let mut team = None; // forked when it is first needed: not for `--list`
        bench(group, "via-pipe", FEW, |tasks| {
            let team = team.get_or_insert_with(|| fork().expect("this process has one thread"));
            feed(team, tasks).expect("the children live as long as they are needed")
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
                    send(&mut parent, [task(tasks, number)])?;
                }
            })?;
        }
        Ok(team)
    }

    /// Gives the children tasks by turns, and reads the answers in the same order.
    fn feed(team: &mut Team<UnixStream>, tasks: u64) -> io::Result<u64> {
        let mut sum = 0_u64;
        let in_advance = team.len() as u64 * AT_A_TIME;
        for number in 0..tasks + in_advance {
            let (child, _) = team.worker(number as usize % team.len());
            if number >= in_advance {
                sum = sum.wrapping_add(receive(child)?);
            }
            if number < tasks {
                send(child, [tasks, number])?;
            }
        }
        Ok(sum)
    }

    fn send<const N: usize>(to: &mut UnixStream, numbers: [u64; N]) -> io::Result<()> {
        to.write_all(numbers.map(u64::to_ne_bytes).as_flattened())
    }

    fn receive(from: &mut UnixStream) -> io::Result<u64> {
        let mut bytes = [0; size_of::<u64>()];
        from.read_exact(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }
}
