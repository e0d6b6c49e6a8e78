//! Workers share one task: each computes a part, and `main` adds up their results.
//!
//! Random points are thrown at a square. A point in the quarter circle is a *hit*, and 4 * hits /
//! points is about pi. Each of four workers counts the hits among 100,000 points. `clone` makes a
//! copy of the workload for each worker, and `move` moves it into the closure. (Python's
//! `threading.Thread` returns nothing; its workers put their results into a list that all share.)
//!
//! Run: `cargo run --example threads_results`
//!
//! Expected output:
//!
//! ```text
//! worker 0 counted 78462 hits
//! worker 1 counted 78328 hits
//! worker 2 counted 78416 hits
//! worker 3 counted 78776 hits
//! 313982 hits in all, as in serial: pi is about 3.13982
//! ```
//!
//! Try: let each closure begin with a line of its own:
//! `move || { println!("worker {worker} starts"); workload.fold(points) }`, and run the program ten
//! times. The order of the new lines changes. The order of the old lines does not, because `main`
//! joins the workers in order 0 to 3.

use std::thread;

use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println}; // `Reduce` is the trait that has `fold`.

const POINTS: usize = 400_000;
const WORKERS: usize = 4;

fn main() {
    let workload = MonteCarloPi::new(POINTS);
    let share = POINTS / WORKERS;

    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let workload = workload.clone();
        let points = worker * share..(worker + 1) * share;
        // `fold` counts the hits in a range of points.
        workers.push(thread::spawn(move || workload.fold(points)));
    }

    let mut all_hits = 0;
    for (worker, handle) in workers.into_iter().enumerate() {
        let hits = handle.join().expect("no worker panics");
        println!("worker {worker} counted {hits} hits");
        all_hits += hits;
    }

    // The serial answer: one loop over all points.
    let serial = workload.fold(0..POINTS);
    assert_eq!(all_hits, serial);
    let pi = workload.estimate(all_hits);
    println!("{all_hits} hits in all, as in serial: pi is about {pi}");
}
