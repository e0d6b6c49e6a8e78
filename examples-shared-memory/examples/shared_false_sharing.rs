//! False sharing: threads that share no variable may still share a cache line.
//!
//! A core does not load single variables from memory, but *cache lines* of 64 or 128 bytes. Before
//! a core writes to a line, all other cores must give up their copies of it. If two threads add to
//! one counter, its line travels from core to core all the time. With *sharding*, each thread has a
//! counter of its own, and a reader adds them up. But if these counters are neighbours in memory,
//! they are in the same line, which travels as before: that is *false sharing*. `CachePadded` gives
//! each counter a line of its own.
//!
//! Run: `cargo run --example shared_false_sharing`
//!
//! Expected output:
//!
//! ```text
//! 2 threads, 5000000 additions each; time for one addition:
//!   one counter for both:         [..] ns
//!   a counter each, in one line:  [..] ns
//!   a counter each, in two lines: [..] ns
//! in one line, an addition takes [..] times as long as in two lines
//! the counters add up to 10000000 each time
//! ```
//!
//! Try: run it on one core, on Linux: `taskset -c 0 cargo run --example shared_false_sharing`. No
//! line has to travel, so the three times are nearly the same, and the ratio is about 1.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use crossbeam::utils::CachePadded;
use workloads::println;

const THREADS: usize = 2;
const ADDITIONS: u64 = 5_000_000;

fn main() {
    println!("{THREADS} threads, {ADDITIONS} additions each; time for one addition:");

    let one = AtomicU64::new(0);
    let time = count([&one, &one]);
    println!("  one counter for both:         {time:6.1} ns");
    assert_eq!(one.into_inner(), THREADS as u64 * ADDITIONS);

    // The pair begins where a line begins, so both counters are in that line.
    let pair = CachePadded::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let in_one_line = count([&pair[0], &pair[1]]);
    println!("  a counter each, in one line:  {in_one_line:6.1} ns");

    let padded = [AtomicU64::new(0), AtomicU64::new(0)].map(CachePadded::new);
    let in_two_lines = count([&padded[0], &padded[1]]);
    println!("  a counter each, in two lines: {in_two_lines:6.1} ns");

    let ratio = in_one_line / in_two_lines;
    println!("in one line, an addition takes {ratio:.1} times as long as in two lines");
    let sum_of_pair: u64 = pair.iter().map(|counter| counter.load(Relaxed)).sum();
    let sum_of_padded: u64 = padded.iter().map(|counter| counter.load(Relaxed)).sum();
    assert_eq!(sum_of_pair, THREADS as u64 * ADDITIONS);
    assert_eq!(sum_of_padded, sum_of_pair);
    println!("the counters add up to {sum_of_pair} each time");
}

/// Each thread adds to the counter that it is given. Returns the nanoseconds for one addition.
fn count(counters: [&AtomicU64; THREADS]) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for counter in counters {
            scope.spawn(|| {
                for _ in 0..ADDITIONS {
                    counter.fetch_add(1, Relaxed);
                }
            });
        }
    });
    start.elapsed().as_nanos() as f64 / ADDITIONS as f64
}
