//! Data that is read all the time and replaced seldom: four ways to share it.
//!
//! The settings of a server are such data; here they are two limits that must change together.
//! Behind a mutex, readers wait for each other. A read-write lock lets several readers in, but each
//! reader writes to the lock, so its cache line travels. An `Arc` behind a mutex is cloned: the
//! lock is free again while the limits are used, but each clone is counted, and that is one more
//! line that travels. In the last way, each thread keeps its clone, and looks at a version number
//! to learn that there is a new one. Most reads then write to no shared memory at all.
//!
//! Run: `cargo run --example shared_read_mostly`
//!
//! Expected output:
//!
//! ```text
//! 2 threads, 1000000 reads each; million reads a second:
//!   Mutex, read under the lock       [..]
//!   RwLock, read under the lock      [..]
//!   Mutex<Arc>, cloned for each read [..]
//!   Mutex<Arc>, cloned when replaced [..]
//! no read has found one limit of one update and one limit of another
//! ```
//!
//! Try: set `READS_PER_UPDATE` to 10. The last way loses most of its advantage: it is for data that
//! is replaced seldom.

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
