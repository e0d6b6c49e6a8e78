//! A worker's result comes back from `join`.
//!
//! Four workers each count the hits in a quarter of the points. A thread may go on after the
//! function that started it has returned. So it cannot borrow from that function, it must own what
//! it uses: `move` gives the closure its copies. (Python's `threading.Thread` returns nothing; its
//! workers put their results into a list that all of them share.)
//!
//! Run: `cargo run --example threads_results`
//!
//! Expected output:
//!
//! ```text
//! worker 0 counted 78462 hits in points 0..100000
//! worker 1 counted 78328 hits in points 100000..200000
//! worker 2 counted 78416 hits in points 200000..300000
//! worker 3 counted 78776 hits in points 300000..400000
//! 313982 hits in all, as in serial: pi is about 3.13982
//! ```
//!
//! Try: begin each closure with `println!("worker {number} starts");` and run the program ten
//! times. The order of the new lines changes. The order of the old ones does not, because `main`
//! joins the workers in order 0 to 3.

use std::thread;

use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

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
        let worker = thread::spawn(move || (points.clone(), workload.fold(points)));
        workers.push(worker);
    }

    let mut all_hits = 0;
    for (number, worker) in workers.into_iter().enumerate() {
        let (points, hits) = worker.join().expect("no worker panics");
        println!("worker {number} counted {hits} hits in points {points:?}");
        all_hits += hits;
    }

    let serial = workload.fold(0..POINTS);
    assert_eq!(all_hits, serial);
    let pi = workload.estimate(all_hits);
    println!("{all_hits} hits in all, as in serial: pi is about {pi}");
}
