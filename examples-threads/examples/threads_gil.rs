//! What Python's global interpreter lock (GIL) does to threads. Rust has no such lock; here a mutex
//! stands for it.
//!
//! Python's interpreter holds one lock for the whole process while it runs, so its threads compute
//! in turn. It releases the lock while it waits for input or output, so its threads can wait at the
//! same time.
//!
//! Run: `cargo run --example threads_gil`
//!
//! Expected output:
//!
//! ```text
//! computing, no lock       [..]
//! computing, lock held     [..]
//! waiting, lock held       [..]
//! waiting, lock released   [..]
//! ```
//!
//! Try: add a row "computing, lock released" that takes and drops the lock as the last row does. It
//! takes as long as the first row. Many functions of NumPy do that: they release the lock while
//! they compute.

use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use workloads::println;
use workloads::random_squares::square_of_draw;

const WORKERS: usize = 4;
const STEPS: usize = 100;

/// One lock for the whole process. It guards no data.
static GIL: Mutex<()> = Mutex::new(());

fn main() {
    run("computing, no lock", compute);
    run("computing, lock held", || {
        let _held = GIL.lock(); // Until the end of this block. (`_` would drop the guard at once.)
        compute();
    });
    run("waiting, lock held", || {
        let _held = GIL.lock();
        wait();
    });
    run("waiting, lock released", || {
        drop(GIL.lock());
        wait();
    });
}

/// Prints how long all workers together take for `STEPS` steps each.
fn run(what: &str, step: fn()) {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for _ in 0..STEPS {
                    step();
                }
            });
        }
    });
    println!("{what:24} {:.1?}", start.elapsed());
}

/// Work that needs a core.
fn compute() {
    let sum: u32 = (0..100).map(|seed| u32::from(square_of_draw(seed))).sum();
    assert_eq!(sum, 2_806);
}

/// Work that needs no core, such as waiting for a server to reply.
fn wait() {
    thread::sleep(Duration::from_millis(1));
}
