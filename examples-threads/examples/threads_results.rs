//! A worker's result comes back from `join`.
//!
//! Random points are thrown at a square. A point in the quarter circle is a *hit*, and 4 * hits /
//! points is about pi. Each of four workers counts the hits among 100,000 points. A thread may go on
//! after the function that started it has returned, so it cannot borrow from that function:
//! `clone` makes a copy, and `move` moves the copy into the closure. (Python's `threading.Thread`
//! returns nothing; its workers put their results into a list that all of them share.)
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
//! Try: let each closure begin with a line of its own: `move || { println!("worker {number} starts");
//! workload.fold(points) }`, and run the program ten times. The order of the new lines changes. The
//! order of the old lines does not, because `main` joins the workers in order 0 to 3.

use std::thread;

use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println}; // `Reduce` is the trait that has `fold`.

const POINTS: usize = 400_000;
const WORKERS: usize = 4;

fn main() {
    let workload = MonteCarloPi::new(POINTS);
    let share = POINTS / WORKERS;

    let mut workers = Vec::new();
    for number in 0..WORKERS {
        let workload = workload.clone();
        let points = number * share..(number + 1) * share;
        // `fold` counts the hits in a range of points.
        workers.push(thread::spawn(move || workload.fold(points)));
    }

    let mut all_hits = 0;
    // `enumerate` numbers what a loop goes over.
    for (number, worker) in workers.into_iter().enumerate() {
        let hits = worker.join().expect("no worker panics");
        println!("worker {number} counted {hits} hits");
        all_hits += hits;
    }

    let serial = workload.fold(0..POINTS);
    assert_eq!(all_hits, serial);
    let pi = workload.estimate(all_hits);
    println!("{all_hits} hits in all, as in serial: pi is about {pi}");
}
