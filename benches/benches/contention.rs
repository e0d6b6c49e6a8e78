//! Which lock? What an update costs when several threads want the same number at the same time.
//!
//! Run: `cargo bench --bench contention`, then open
//! `target/criterion/lock-0ns/report/index.html` and `lock-1us` beside it: time against threads. The groups
//! differ in how long a lock is held. What to see there, and why: `docs/criterion.md`.
//!
//! A time is that of one update by one thread, while all threads make as many. So a flat line is
//! perfect, and a line that doubles with the threads says that they take turns.

mod settings;
mod together;

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{BenchmarkId, SamplingMode};
use crossbeam::utils::CachePadded;
use settings::Group;
use workloads::Map;
use workloads::spin::Spin;

const THREADS: [usize; 3] = [1, 2, MOST_THREADS];
const MOST_THREADS: usize = 4;

/// The fewest updates that each thread makes, even if criterion asks for fewer: they take some hundred microseconds.
/// In a shorter time, a thread that wakes up late would find no other thread to compete with, and waking up would be
/// nearly all of the time.
const FEWEST: u64 = 4_000;

const NO_PANIC: &str = "no thread panicked in the critical section";

fn main() {
    let mut criterion = settings::criterion();
    for (name, nanoseconds) in [("lock-0ns", 0.0), ("lock-1us", 1_000.0)] {
        let mut group = settings::group(&mut criterion, name);
        group.sampling_mode(SamplingMode::Flat);
        let spin = Spin::new(1, nanoseconds);
        locks(&mut group, &spin);
        without_a_lock(&mut group, &spin, nanoseconds == 0.0);
        group.finish();
    }
    criterion.final_summary();
}

fn locks(group: &mut Group, spin: &Spin) {
    let mutex = Mutex::new(0);
    let update = |_| {
        let mut value = mutex.lock().expect(NO_PANIC);
        *value = updated(spin, *value);
    };
    bench(group, "std-mutex", update, || {
        *mutex.lock().expect(NO_PANIC)
    });

    let mutex = parking_lot::Mutex::new(0);
    let update = |_| {
        let mut value = mutex.lock();
        *value = updated(spin, *value);
    };
    bench(group, "parking_lot", update, || *mutex.lock());
}

fn without_a_lock(group: &mut Group, spin: &Spin, no_work: bool) {
    let atomic = AtomicU64::new(0);
    let count = || atomic.load(Ordering::Relaxed);
    if no_work {
        // One instruction, which only an addition can be.
        let update = |_| {
            atomic.fetch_add(1, Ordering::Relaxed);
        };
        bench(group, "atomic-add", update, count);
    }
    // Any update: the work is done on a copy, and done again if another thread was faster.
    let next = |old| Some(updated(spin, old));
    let update = |_| {
        let _ = atomic.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    };
    bench(group, "atomic-cas", update, count);

    // A cell for each thread, on a cache line of its own; the cells are added up at the end. Only one thread writes to
    // a cell, so reading and writing need not be one operation.
    let cells: Vec<CachePadded<AtomicU64>> =
        (0..MOST_THREADS).map(|_| CachePadded::default()).collect();
    let update = |thread: usize| {
        let cell = &cells[thread];
        cell.store(
            updated(spin, cell.load(Ordering::Relaxed)),
            Ordering::Relaxed,
        );
    };
    let count = || cells.iter().map(|cell| cell.load(Ordering::Relaxed)).sum();
    bench(group, "sharded", update, count);
}

/// Benchmarks of one way to count: an update by one of the threads, and the count so far.
fn bench(group: &mut Group, method: &str, update: impl Fn(usize) + Sync, count: impl Fn() -> u64) {
    for threads in THREADS {
        group.bench_function(BenchmarkId::new(method, threads), |bencher| {
            bencher.iter_custom(|iterations| {
                let updates = iterations.max(FEWEST);
                let before = count();
                let time = together::time(threads, updates, |thread, _| update(thread));
                let expected = before + threads as u64 * updates;
                assert_eq!(count(), expected, "no update is lost");
                time.mul_f64(iterations as f64 / updates as f64)
            });
        });
    }
}

/// The work of an update: it takes the old value, some time, and gives the new value.
fn updated(spin: &Spin, value: u64) -> u64 {
    let mut answer = [0];
    spin.fill(value as usize, &mut answer);
    black_box(answer);
    value + 1
}
