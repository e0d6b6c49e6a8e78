//! A read-write lock: many readers at the same time, or one writer.
//!
//! A mutex lets one thread in, even if all threads only read. A read-write lock has two ways in:
//! `read` waits only for a writer, `write` waits until no other thread is inside. But each reader
//! adds 1 to a number when it goes in, and takes 1 away when it leaves, and all threads change that
//! number. So a read-write lock wins where reading takes long and writes are rare.
//!
//! Run: `cargo run --example shared_read_write_lock`
//!
//! Expected output (the time of one operation, by the share of operations that read):
//!
//! ```text
//! at the same time inside: 4 readers of a read-write lock, 1 thread of a mutex
//! reads   Mutex: std  parking_lot  RwLock: std  parking_lot
//! table of 4 numbers
//!   50% [..] ns
//!   90% [..] ns
//! 99.9% [..] ns
//! table of 1000 numbers
//!   50% [..] ns
//!   90% [..] ns
//! 99.9% [..] ns
//! ```
//!
//! Try: set `WORKERS` to 1. Now no thread waits for another. All four locks take about the same
//! time, and the share of readers makes no difference.

use std::sync::{Barrier, Mutex, RwLock};
use std::thread;
use std::time::Instant;

use workloads::println;

const WORKERS: usize = 4;
const NO_PANIC: &str = "no thread panics inside";

fn main() {
    let (lock, all_inside) = (RwLock::new(0), Barrier::new(4));
    let read = || {
        let _guard = lock.read().expect(NO_PANIC);
        all_inside.wait(); // Returns when four readers are inside.
        assert!(lock.try_write().is_err());
    };
    thread::scope(|scope| [(); 4].map(|()| _ = scope.spawn(read)));
    let mutex = Mutex::new(0);
    let _guard = mutex.lock().expect(NO_PANIC);
    thread::scope(|scope| _ = scope.spawn(|| assert!(mutex.try_lock().is_err())));
    println!("at the same time inside: 4 readers of a read-write lock, 1 thread of a mutex");

    println!("reads   Mutex: std  parking_lot  RwLock: std  parking_lot");
    for (length, operations) in [(4, 100_000), (1_000, 5_000)] {
        println!("table of {length} numbers");
        for percent in [50.0, 90.0, 99.9] {
            measure(&vec![0; length], operations, percent);
        }
    }
}

/// The same operations behind four locks. So many percent of them read, and the others write.
fn measure(table: &[u64], operations: usize, percent: f64) {
    let time = |read: &(dyn Fn() + Sync), write: &(dyn Fn() + Sync)| {
        let work = || {
            for operation in 0..operations {
                // 389 and 1000 have no common divisor, so the writes are spread evenly.
                let is_read = 10.0 * percent > (operation * 389 % 1_000) as f64;
                if is_read { read() } else { write() }
            }
        };
        let start = Instant::now();
        thread::scope(|scope| [(); WORKERS].map(|()| _ = scope.spawn(work)));
        start.elapsed().as_nanos() / (WORKERS * operations) as u128
    };
    let lock = Mutex::new(table.to_vec());
    let read = || look(&lock.lock().expect(NO_PANIC));
    let write = || change(&mut lock.lock().expect(NO_PANIC));
    let a = time(&read, &write);
    let lock = parking_lot::Mutex::new(table.to_vec());
    let b = time(&|| look(&lock.lock()), &|| change(&mut lock.lock()));
    let lock = RwLock::new(table.to_vec());
    let read = || look(&lock.read().expect(NO_PANIC));
    let write = || change(&mut lock.write().expect(NO_PANIC));
    let c = time(&read, &write);
    let lock = parking_lot::RwLock::new(table.to_vec());
    let d = time(&|| look(&lock.read()), &|| change(&mut lock.write()));
    println!("{percent:>4}% {a:>11} {b:>12} {c:>12} {d:>12} ns");
}

/// All numbers of a table are equal, unless a writer is inside.
fn look(table: &[u64]) {
    assert!(table.iter().all(|number| *number == table[0]));
}

fn change(table: &mut [u64]) {
    for number in table {
        *number += 1;
    }
}
