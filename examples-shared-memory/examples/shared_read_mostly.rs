//! Data that is read all the time and replaced seldom: four ways to share it.
//!
//! The settings of a server are such data. They are two limits here, which must change together.
//! Each thread reads them a million times, and replaces them once in 10000 reads. Behind a mutex,
//! readers wait for each other. A read-write lock lets readers in together, but each of them still
//! writes to the lock. An `Arc` in a mutex is cloned: then the lock is not held while the settings
//! are used. The last way has a version number beside the `Arc`. Each thread keeps its clone until
//! the number changes, so most reads do not write to shared memory at all.
//!
//! Run: `cargo run --example shared_read_mostly`
//!
//! Expected output:
//!
//! ```text
//! 2 threads, 1000000 reads each, 100 replacements each; million reads a second:
//!   Mutex, read under the lock        [..]
//!   RwLock, read under the lock       [..]
//!   Mutex<Arc>, cloned for each read  [..]
//!   Mutex<Arc>, cloned when replaced  [..]
//! no reader has seen one limit of one update and one limit of another
//! ```
//!
//! Try: let `use_them` take longer: `for _ in 0..100 { std::hint::spin_loop(); }` as its first
//! line, with `READS` divided by 10. Readers of the mutex now wait for each other all the time. The
//! other three ways let them read at the same time, and come closer together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use parking_lot::{Mutex, RwLock};
use workloads::println;

const READS: u64 = 1_000_000;
const READS_PER_UPDATE: u64 = 10_000;

/// What a thread keeps from read to read: two limits, and the version that they are of.
type Kept = (u64, Arc<[u64; 2]>);

fn main() {
    println!("2 threads, {READS} reads each; million reads a second:");

    let mutex = Mutex::new([0, 100]);
    let speed = run(|_| *mutex.lock(), |new| *mutex.lock() = new);
    println!("  Mutex, read under the lock       {speed:6.1}");

    let lock = RwLock::new([0, 100]);
    let speed = run(|_| *lock.read(), |new| *lock.write() = new);
    println!("  RwLock, read under the lock      {speed:6.1}");

    let shared = Mutex::new(Arc::new([0, 100]));
    let read = |_: &mut Kept| {
        let limits = Arc::clone(&shared.lock()); // The lock is free after this line.
        *limits
    };
    let speed = run(read, |new| *shared.lock() = Arc::new(new));
    println!("  Mutex<Arc>, cloned for each read {speed:6.1}");

    let version = AtomicU64::new(1); // It changes only while `shared` is locked.
    let read = |(kept_version, kept): &mut Kept| {
        if version.load(Relaxed) != *kept_version {
            let limits = shared.lock();
            *kept = Arc::clone(&limits);
            *kept_version = version.load(Relaxed);
        }
        **kept
    };
    let replace = |new| {
        let mut limits = shared.lock();
        *limits = Arc::new(new);
        version.fetch_add(1, Relaxed);
    };
    let speed = run(read, replace);
    println!("  Mutex<Arc>, cloned when replaced {speed:6.1}");
    println!("no read has found one limit of one update and one limit of another");
}

/// Lets two threads read, and replace now and then. `read` is given what its thread has kept.
/// Returns how many million reads a second there were.
fn run(read: impl Fn(&mut Kept) -> [u64; 2] + Sync, replace: impl Fn([u64; 2]) + Sync) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut kept = (0, Arc::new([0, 0]));
                for number in 1..=READS {
                    let [lower, upper] = read(&mut kept);
                    assert_eq!(upper, lower + 100, "half of an update");
                    if number % READS_PER_UPDATE == 0 {
                        replace([number, number + 100]);
                    }
                }
            });
        }
    });
    2.0 * READS as f64 / start.elapsed().as_micros() as f64
}
