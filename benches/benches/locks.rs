//! A mutex or a read-write lock, by the share of readers? What does it cost if numbers share a cache line, and what if
//! a lock is for processes?
//!
//! Run: `cargo bench --bench locks`, then open `target/criterion/reads-99.9/report/index.html`, and `reads-90`,
//! `reads-50`, `padding` and `processes` beside it: time against threads. What to see there, and why: `docs/criterion.md`.
//!
//! A time is that of one operation by one thread, while all threads do as many. So a flat line is perfect.

mod settings;
mod together;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};

use criterion::{BenchmarkId, SamplingMode};
use crossbeam::utils::CachePadded;
use examples_shared_memory::sync;
use settings::Group;
use workloads::Map;
use workloads::spin::Spin;

const THREADS: [usize; 3] = [1, 2, MOST_THREADS];
const MOST_THREADS: usize = 4;

/// The fewest operations of each thread, even if criterion asks for fewer: see `contention`.
const FEWEST: u64 = 4_000;

/// How long a lock is held, in nanoseconds: as for a look into a table.
const HELD: f64 = 100.0;

const NO_PANIC: &str = "no thread panicked in the critical section";

fn main() {
    let mut criterion = settings::criterion();
    // One operation of so many is a write.
    for (name, one_of) in [("reads-50", 2), ("reads-90", 10), ("reads-99.9", 1_000)] {
        let mut group = settings::group(&mut criterion, name);
        group.sampling_mode(SamplingMode::Flat);
        locks(&mut group, one_of);
        group.finish();
    }
    let mut group = settings::group(&mut criterion, "padding");
    group.sampling_mode(SamplingMode::Flat);
    padding(&mut group);
    group.finish();
    let mut group = settings::group(&mut criterion, "processes");
    group.sampling_mode(SamplingMode::Flat);
    between_processes(&mut group);
    group.finish();
    criterion.final_summary();
}

fn locks(group: &mut Group, one_of: u64) {
    let spin = &Spin::new(1, HELD);
    let mutex = Mutex::new(0);
    bench(group, "std-mutex", |_, number| {
        let mut value = mutex.lock().expect(NO_PANIC);
        *value = used(spin, *value, number % one_of == 0);
    });
    let mutex = parking_lot::Mutex::new(0);
    bench(group, "pl-mutex", |_, number| {
        let mut value = mutex.lock();
        *value = used(spin, *value, number % one_of == 0);
    });
    let lock = RwLock::new(0);
    bench(group, "std-rwlock", |_, number| {
        if number % one_of == 0 {
            let mut value = lock.write().expect(NO_PANIC);
            *value = used(spin, *value, true);
        } else {
            used(spin, *lock.read().expect(NO_PANIC), false);
        }
    });
    let lock = parking_lot::RwLock::new(0);
    bench(group, "pl-rwlock", |_, number| {
        if number % one_of == 0 {
            let mut value = lock.write();
            *value = used(spin, *value, true);
        } else {
            used(spin, *lock.read(), false);
        }
    });
}

/// Each thread counts in a number of its own: neighbours in memory, or each on cache lines of its own.
fn padding(group: &mut Group) {
    let packed: [AtomicU64; MOST_THREADS] = Default::default();
    bench(group, "packed", |thread, _| {
        packed[thread].fetch_add(1, Ordering::Relaxed);
    });
    let padded: [CachePadded<AtomicU64>; MOST_THREADS] = Default::default();
    bench(group, "padded", |thread, _| {
        padded[thread].fetch_add(1, Ordering::Relaxed);
    });
}

/// Locks that may lie in memory that processes share, beside one that may not.
fn between_processes(group: &mut Group) {
    let mutex = Mutex::new(0_u64);
    bench(group, "std-mutex", |_, _| {
        *mutex.lock().expect(NO_PANIC) += 1;
    });
    let mutex = sync::Mutex::new(0_u64);
    bench(group, "sync-mutex", |_, _| *mutex.lock() += 1);
    #[cfg(target_os = "linux")]
    {
        let mutex = sync::RobustMutex::new(0_u64);
        let mutex = examples_shared_memory::Shared::new(mutex).expect("there is memory");
        bench(group, "robust", |_, _| {
            *mutex.lock().expect("no owner has died") += 1;
        });
    }
    let (semaphore, number) = (sync::Semaphore::new(1), AtomicU64::new(0));
    bench(group, "semaphore", |_, _| {
        let _permit = semaphore.acquire();
        number.fetch_add(1, Ordering::Relaxed);
    });
}

/// Benchmarks one operation, which is told its thread and its number.
fn bench(group: &mut Group, method: &str, operation: impl Fn(usize, u64) + Sync) {
    for threads in THREADS {
        group.bench_function(BenchmarkId::new(method, threads), |bencher| {
            bencher.iter_custom(|iterations| {
                let operations = iterations.max(FEWEST);
                let time = together::time(threads, operations, &operation);
                time.mul_f64(iterations as f64 / operations as f64)
            });
        });
    }
}

/// What is done with the value while the lock is held. Returns the new value.
fn used(spin: &Spin, value: u64, is_write: bool) -> u64 {
    let mut answer = [0];
    spin.fill(value as usize, &mut answer);
    black_box(answer);
    value + u64::from(is_write)
}
