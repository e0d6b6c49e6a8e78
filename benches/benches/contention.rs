//! Which lock? What an update costs when several threads want the same number at the same time.
//!
//! Run: `cargo bench --bench contention`, then open
//! `target/criterion/lock-0ns/report/index.html` and `lock-1us` beside it: time against threads. The groups
//! differ in how long a lock is held. What to see there, and why: `docs/criterion.md`.
//!
//! A time is that of one update by one thread, while all threads make as many. So a flat line is
//! perfect, and a line that doubles with the threads says that they take turns.

mod settings;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, SamplingMode};
use crossbeam::utils::CachePadded;
use settings::Group;
use workloads::Map;
use workloads::spin::Spin;

const THREADS: [usize; 3] = [1, 2, 4];

/// Updates that each thread makes at least, whatever criterion asks for: some hundred microseconds.
/// In less, a thread that wakes up late would find no other to contend with, and its lateness would
/// be all the time.
const FEWEST: u64 = 4_000;

const NO_PANIC: &str = "no thread panicked in the critical section";

fn main() {
    let mut criterion = settings::criterion();
    for (name, nanoseconds) in [("0ns", 0.0), ("1us", 1_000.0)] {
        let hold = Hold(Spin::new(1, nanoseconds));
        let mut group = settings::group(&mut criterion, &format!("lock-{name}"));
        group.sampling_mode(SamplingMode::Flat);
        locks(&mut group, &hold);
        if nanoseconds == 0.0 {
            addition(&mut group);
        }
        without_a_lock(&mut group, &hold);
        group.finish();
    }
    criterion.final_summary();
}

fn locks(group: &mut Group, hold: &Hold) {
    let update = |mutex: &Mutex<u64>, _| {
        let mut value = mutex.lock().expect(NO_PANIC);
        *value = hold.next(*value);
    };
    let total = |mutex: Mutex<u64>| mutex.into_inner().expect(NO_PANIC);
    bench(group, "std-mutex", |_| Mutex::new(0), update, total);

    let update = |mutex: &parking_lot::Mutex<u64>, _| {
        let mut value = mutex.lock();
        *value = hold.next(*value);
    };
    let zero = |_| parking_lot::Mutex::new(0);
    bench(
        group,
        "parking_lot",
        zero,
        update,
        parking_lot::Mutex::into_inner,
    );
}

/// One instruction, which only an addition can be. So it is only in the group without work.
fn addition(group: &mut Group) {
    let update = |value: &AtomicU64, _| {
        value.fetch_add(1, Ordering::Relaxed);
    };
    bench(
        group,
        "atomic-add",
        |_| AtomicU64::new(0),
        update,
        AtomicU64::into_inner,
    );
}

fn without_a_lock(group: &mut Group, hold: &Hold) {
    // Any update: the work is done on a copy, and done again if another thread was faster.
    let update = |value: &AtomicU64, _| {
        let next = |old| Some(hold.next(old));
        let _ = value.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    };
    bench(
        group,
        "atomic-cas",
        |_| AtomicU64::new(0),
        update,
        AtomicU64::into_inner,
    );

    // A cell for each thread, on a cache line of its own; the cells are added up at the end. Only one thread writes to
    // a cell, so reading and writing need not be one operation.
    let zero = |threads| {
        (0..threads)
            .map(|_| CachePadded::new(AtomicU64::new(0)))
            .collect()
    };
    let update = |cells: &Vec<CachePadded<AtomicU64>>, thread: usize| {
        let cell = &cells[thread];
        cell.store(hold.next(cell.load(Ordering::Relaxed)), Ordering::Relaxed);
    };
    let total = |cells: Vec<CachePadded<AtomicU64>>| {
        cells.iter().map(|cell| cell.load(Ordering::Relaxed)).sum()
    };
    bench(group, "sharded", zero, update, total);
}

/// Benchmarks of one way to count: a counter at zero for so many threads, an update by one of them, the count at the end.
fn bench<C: Sync>(
    group: &mut Group,
    method: &str,
    zero: impl Fn(usize) -> C,
    update: impl Fn(&C, usize) + Sync,
    total: impl Fn(C) -> u64,
) {
    for threads in THREADS {
        group.bench_function(BenchmarkId::new(method, threads), |bencher| {
            bencher.iter_custom(|iterations| {
                let updates = iterations.max(FEWEST);
                let counter = zero(threads);
                let time = time(threads, updates, |thread| update(&counter, thread));
                let expected = threads as u64 * updates;
                assert_eq!(total(counter), expected, "no update is lost");
                time.mul_f64(iterations as f64 / updates as f64)
            });
        });
    }
}

/// How long `threads` take for `updates` each: from the first one's start to the last one's end.
/// They start together, and starting them is not in the time.
fn time(threads: usize, updates: u64, update: impl Fn(usize) + Sync) -> Duration {
    let together = Barrier::new(threads);
    let work = |thread| {
        together.wait();
        let start = Instant::now();
        for _ in 0..updates {
            update(thread);
        }
        (start, Instant::now())
    };
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        let times = running
            .into_iter()
            .map(|thread| thread.join().expect("it does not panic"));
        let (first, last) = times
            .reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
            .expect("there is a thread");
        last - first
    })
}

/// The work of an update: it takes the old value, some time, and gives the new value.
struct Hold(Spin);

impl Hold {
    fn next(&self, value: u64) -> u64 {
        let mut answer = [0];
        self.0.fill(value as usize, &mut answer);
        black_box(answer);
        value + 1
    }
}
