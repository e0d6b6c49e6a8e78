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
//! start_workers has returned, and its workers run: [..] of 40 rows are done
//! 40 of 40 rows are done, 2912 pixels are inside the set, as in serial
//! owners of the tally: 1
//! ```
//!
//! Try: give the closure `tally` itself, without `Arc::clone`. The compiler says that it was moved
//! into the first worker and cannot be moved again into the second one.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::Mutex;
use workloads::mandelbrot::{LIMIT, Mandelbrot};
use workloads::{Map, println};

const WORKERS: usize = 2;
const ROWS: usize = 40;
const WIDTH: usize = 300;

#[derive(Default)]
struct Tally {
    rows: usize,
    inside: usize,
}

fn main() {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let workers = start_workers(&tally);
    let rows = tally.lock().rows;
    println!("start_workers has returned, and its workers run: {rows} of {ROWS} rows are done");

    for worker in workers {
        worker.join().expect("no worker panics");
    }
    let Tally { rows, inside } = *tally.lock();
    let serial = Mandelbrot::new(ROWS * WIDTH).items(0..ROWS * WIDTH);
    assert_eq!((rows, inside), (ROWS, count_inside(&serial)));
    println!("{rows} of {ROWS} rows are done, {inside} pixels are inside the set, as in serial");
    println!("owners of the tally: {}", Arc::strong_count(&tally));
}

/// Starts the workers and does not wait for them.
fn start_workers(tally: &Arc<Mutex<Tally>>) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let tally = Arc::clone(tally); // One more owner of the same tally. Nothing of it is copied.
        workers.push(thread::spawn(move || {
            let picture = Mandelbrot::new(ROWS * WIDTH);
            for row in (worker..ROWS).step_by(WORKERS) {
                let pixels = picture.items(row * WIDTH..(row + 1) * WIDTH);
                let mut tally = tally.lock();
                tally.rows += 1;
                tally.inside += count_inside(&pixels);
            }
        }));
    }
    workers
}

fn count_inside(pixels: &[u16]) -> usize {
    pixels.iter().filter(|&&steps| steps == LIMIT).count()
}
