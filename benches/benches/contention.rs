//! What it costs when several threads want the same thing at the same time.
//!
//! Run: `cargo bench --bench contention`, then open
//! `target/criterion/contention-none/report/index.html`, and `contention-100ns` and
//! `contention-1us` beside it: time against threads. The groups differ in the work that is done
//! inside the critical section, which is how long a lock is held.
//!
//! A time is that of one update by one thread, while all threads make as many. So a flat line is
//! perfect: more threads do more in the same time. A line that doubles with the threads says that
//! they take turns. Look for three things. With nothing to do inside, the second thread makes every
//! update slower, by more than its turn: the lock itself travels between the cores. The longer a
//! lock is held, the less it matters which lock it is. And `sharded`, where nothing is shared until
//! the end, stays flat for as long as there are cores.

mod settings;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, SamplingMode};
use crossbeam::utils::CachePadded;
use settings::Group;
use workloads::Map;
use workloads::spin::Spin;

const THREADS: [usize; 3] = [1, 2, 4];

/// Updates that each thread makes at least, whatever criterion asks for: some hundred microseconds.
/// In less, a thread that wakes up late would find nobody to contend with, and its lateness would
/// be all the time.
const FEWEST: u64 = 4_000;

fn main() {
    let mut criterion = settings::criterion();
    for (name, nanoseconds) in [("none", 0.0), ("100ns", 100.0), ("1us", 1_000.0)] {
        let hold = Hold(Spin::new(1, nanoseconds));
        let mut group = settings::group(&mut criterion, &format!("contention-{name}"));
        group.sampling_mode(SamplingMode::Flat);
        bench::<Mutex<u64>>(&mut group, &hold);
        bench::<parking_lot::Mutex<u64>>(&mut group, &hold);
        bench::<RwLock<u64>>(&mut group, &hold);
        bench::<parking_lot::RwLock<u64>>(&mut group, &hold);
        if nanoseconds == 0.0 {
            bench::<Added>(&mut group, &hold);
        }
        bench::<AtomicU64>(&mut group, &hold);
        bench::<Sharded>(&mut group, &hold);
        group.finish();
    }
    criterion.final_summary();
}

fn bench<C: Counter>(group: &mut Group, hold: &Hold) {
    for threads in THREADS {
        group.bench_function(BenchmarkId::new(C::METHOD, threads), |bencher| {
            bencher.iter_custom(|iterations| {
                let updates = iterations.max(FEWEST);
                let counter = C::zero(threads);
                let time = time(threads, updates, &counter, hold);
                assert_eq!(
                    counter.total(),
                    threads as u64 * updates,
                    "no update is lost"
                );
                time.mul_f64(iterations as f64 / updates as f64)
            });
        });
    }
}

/// How long `threads` take for `updates` each: from the first one's start to the last one's end.
/// They start together, and starting them is not in the time.
fn time<C: Counter>(threads: usize, updates: u64, counter: &C, hold: &Hold) -> Duration {
    let together = Barrier::new(threads);
    let work = |thread| {
        together.wait();
        let start = Instant::now();
        for _ in 0..updates {
            counter.update(thread, hold);
        }
        (start, Instant::now())
    };
    thread::scope(|scope| {
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

/// A number that several threads count up, each update from the value before it.
trait Counter: Sync {
    const METHOD: &'static str;
    fn zero(threads: usize) -> Self;
    fn update(&self, thread: usize, hold: &Hold);
    fn total(self) -> u64;
}

const NO_PANIC: &str = "no thread panicked in the critical section";

impl Counter for Mutex<u64> {
    const METHOD: &'static str = "std-mutex";

    fn zero(_: usize) -> Self {
        Self::new(0)
    }

    fn update(&self, _: usize, hold: &Hold) {
        let mut value = self.lock().expect(NO_PANIC);
        *value = hold.next(*value);
    }

    fn total(self) -> u64 {
        self.into_inner().expect(NO_PANIC)
    }
}

impl Counter for parking_lot::Mutex<u64> {
    const METHOD: &'static str = "parking_lot-mutex";

    fn zero(_: usize) -> Self {
        Self::new(0)
    }

    fn update(&self, _: usize, hold: &Hold) {
        let mut value = self.lock();
        *value = hold.next(*value);
    }

    fn total(self) -> u64 {
        self.into_inner()
    }
}

/// Taken for writing by everyone: what such a lock costs where its readers' share is none.
impl Counter for RwLock<u64> {
    const METHOD: &'static str = "std-rwlock";

    fn zero(_: usize) -> Self {
        Self::new(0)
    }

    fn update(&self, _: usize, hold: &Hold) {
        let mut value = self.write().expect(NO_PANIC);
        *value = hold.next(*value);
    }

    fn total(self) -> u64 {
        self.into_inner().expect(NO_PANIC)
    }
}

impl Counter for parking_lot::RwLock<u64> {
    const METHOD: &'static str = "parking_lot-rwlock";

    fn zero(_: usize) -> Self {
        Self::new(0)
    }

    fn update(&self, _: usize, hold: &Hold) {
        let mut value = self.write();
        *value = hold.next(*value);
    }

    fn total(self) -> u64 {
        self.into_inner()
    }
}

/// One instruction, which only an addition can be: so it is only in the group without work.
struct Added(AtomicU64);

impl Counter for Added {
    const METHOD: &'static str = "atomic-add";

    fn zero(_: usize) -> Self {
        Self(AtomicU64::new(0))
    }

    fn update(&self, _: usize, _: &Hold) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn total(self) -> u64 {
        self.0.into_inner()
    }
}

/// Any update, without a lock: the work is done on a copy, and done again if somebody was faster.
impl Counter for AtomicU64 {
    const METHOD: &'static str = "atomic-update";

    fn zero(_: usize) -> Self {
        Self::new(0)
    }

    fn update(&self, _: usize, hold: &Hold) {
        let mut value = self.load(Ordering::Relaxed);
        while let Err(newer) = self.compare_exchange_weak(
            value,
            hold.next(value),
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            value = newer;
        }
    }

    fn total(self) -> u64 {
        self.into_inner()
    }
}

/// A cell for each thread, on a cache line of its own; the cells are added up at the end.
struct Sharded(Vec<CachePadded<AtomicU64>>);

impl Counter for Sharded {
    const METHOD: &'static str = "sharded";

    fn zero(threads: usize) -> Self {
        Self((0..threads).map(|_| CachePadded::default()).collect())
    }

    fn update(&self, thread: usize, hold: &Hold) {
        // Only this thread writes to the cell, so reading and writing need not be one operation.
        let cell = &self.0[thread];
        cell.store(hold.next(cell.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    fn total(self) -> u64 {
        self.0.iter().map(|cell| cell.load(Ordering::Relaxed)).sum()
    }
}
