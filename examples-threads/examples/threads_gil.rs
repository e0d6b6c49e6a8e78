//! What Python's global interpreter lock does to threads; Rust has no such lock.
//!
//! The interpreter holds one lock for the whole process while it runs bytecode, so its threads
//! compute in turn. It releases the lock while it waits for input or output, so they wait together.
//!
//! Run: `cargo run --example threads_gil`
//!
//! Expected output:
//!
//! ```text
//! computing, no lock          [..] ms, lock taken 0 times
//! computing, lock held        [..] ms, lock taken 80 times
//! waiting, lock held          [..] ms, lock taken 80 times
//! waiting, lock released      [..] ms, lock taken 80 times
//! computing: the same answer each time, with the lock in [..] times the time
//! waiting: with the lock released in 1/[..] of the time
//! ```
//!
//! Try: let the second run take the lock ten times as often, for a tenth of the seeds each time, as an
//! interpreter that switches threads more often. Computing gets no faster: the lock is never free.

use std::mem;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use workloads::println;
use workloads::random_squares::square_of_draw;

const WORKERS: usize = 4;
const STEPS: u32 = 20;

/// One lock for the whole process. It guards nothing but the number of times that it was taken.
static GIL: Mutex<u32> = Mutex::new(0);

fn main() {
    let (free, answer) = run("computing, no lock", compute);
    let (locked, same_answer) = run("computing, lock held", || holding_gil(compute));
    assert_eq!(answer, WORKERS as u32 * STEPS * compute());
    assert_eq!(answer, same_answer);

    let (held, _) = run("waiting, lock held", || holding_gil(wait));
    let (released, _) = run("waiting, lock released", || {
        holding_gil(|| 0); // The interpreter runs the call, and releases the lock before it waits.
        wait()
    });

    let (slower, faster) = (locked / free, held / released);
    println!("computing: the same answer each time, with the lock in {slower:.1} times the time");
    println!("waiting: with the lock released in 1/{faster:.1} of the time");
}

/// Lets all workers do their steps. Returns the seconds they took and the sum of what they returned.
fn run(what: &str, step: impl Fn() -> u32 + Sync) -> (f64, u32) {
    let start = Instant::now();
    let answer = thread::scope(|scope| {
        let share = || (0..STEPS).map(|_| step()).sum::<u32>();
        let workers = [(); WORKERS].map(|()| scope.spawn(share));
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no worker panics"))
            .sum()
    });
    let seconds = start.elapsed().as_secs_f64();
    let taken = mem::take(&mut *GIL.lock().expect("no worker panics"));
    let milliseconds = seconds * 1e3;
    println!("{what:27} {milliseconds:6.1} ms, lock taken {taken} times");
    (seconds, answer)
}

fn holding_gil(work: impl Fn() -> u32) -> u32 {
    let mut taken = GIL.lock().expect("no worker panics");
    *taken += 1;
    work()
}

/// Work that needs a core.
fn compute() -> u32 {
    (0..100).map(|seed| u32::from(square_of_draw(seed))).sum()
}

/// Work that needs no core, such as waiting for a server to reply.
fn wait() -> u32 {
    thread::sleep(Duration::from_millis(1));
    0
}
