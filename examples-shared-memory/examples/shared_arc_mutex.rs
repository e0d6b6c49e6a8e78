//! `Arc<Mutex<T>>`: shared state for threads that outlive the function that starts them.
//!
//! In a scope, threads borrow the mutex from the function that waits for them. Here `start_workers`
//! returns while its workers run, so no variable of it can be borrowed. An `Arc` owns the mutex
//! together with its clones, and counts them: the last clone that is dropped frees the memory.
//!
//! Run: `cargo run --example shared_arc_mutex`
//!
//! Expected output:
//!
//! ```text
//! start_workers has returned, and [..] of 150 rows are done
//! the workers have ended: 150 of 150 rows, 10748 pixels inside, as in serial
//! owners of the tally: 1
//! ```
//!
//! Try: delete the line with `Arc::clone`. The compiler says that `tally` *escapes* from
//! `start_workers`: it is only borrowed there, and a worker may go on after the borrow has ended.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::Mutex;
use workloads::mandelbrot::{Mandelbrot, count_inside};
use workloads::{Map, println};

const WORKERS: usize = 2;
const WIDTH: usize = 300; // The picture is twice as wide as high.
const ROWS: usize = 150;

#[derive(Default)]
struct Tally {
    rows: usize,
    inside: usize,
}

fn main() {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let workers = start_workers(&tally);
    let rows = tally.lock().rows;
    println!("start_workers has returned, and {rows} of {ROWS} rows are done");

    for worker in workers {
        worker.join().expect("no worker panics");
    }
    let Tally { rows, inside } = *tally.lock();
    let serial = Mandelbrot::new(ROWS * WIDTH).items(0..ROWS * WIDTH);
    assert_eq!((rows, inside), (ROWS, count_inside(&serial)));
    println!("the workers have ended: {rows} of {ROWS} rows, {inside} pixels inside, as in serial");
    println!("owners of the tally: {}", Arc::strong_count(&tally));
}

/// Starts the workers, and returns without waiting for them.
fn start_workers(tally: &Arc<Mutex<Tally>>) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        // One more owner of the same tally. The tally is not copied.
        let tally = Arc::clone(tally);
        workers.push(thread::spawn(move || {
            let picture = Mandelbrot::new(ROWS * WIDTH);
            for row in (worker..ROWS).step_by(WORKERS) {
                let pixels = picture.items(row * WIDTH..(row + 1) * WIDTH);
                let inside = count_inside(&pixels);
                let mut tally = tally.lock();
                tally.rows += 1;
                tally.inside += inside;
            }
        }));
    }
    workers
}
