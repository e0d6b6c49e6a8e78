//! Work stealing by hand: a worker that has no tasks left takes them from another worker.
//!
//! The rows of a picture are given to two workers: the upper half to worker 0, the lower half to
//! worker 1. The lower rows take far longer. With *static chunks*, worker 0 is idle after its half.
//! With *work stealing*, it takes rows from worker 1. For that, each worker has its tasks in a
//! *deque*, a queue with two ends. The worker itself takes tasks from one end, and other workers
//! steal from the other end, so they seldom want the same task.
//!
//! Run: `cargo run --example threads_stealing`
//!
//! Expected output:
//!
//! ```text
//! static chunks: [..]
//!   worker 0 computed 200 rows of its own and 0 stolen rows
//!   worker 1 computed 200 rows of its own and 0 stolen rows
//! work stealing: [..]
//!   worker 0 computed [..] rows of its own and [..] stolen rows
//!   worker 1 computed [..] rows of its own and [..] stolen rows
//! 400 rows each time, each computed once, as in serial
//! ```
//!
//! Try: set `WORKERS` to 4. The last worker has the most expensive rows. How many of its own 100
//! rows does it compute, and which worker has stolen most?

use std::thread;
use std::time::Instant;

use crossbeam::deque::{Steal, Stealer, Worker};
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

const WORKERS: usize = 2;
const ROWS: usize = 400;
const WIDTH: usize = 100;

/// A task: the number of a row, and the place for its pixels. No other task has this place.
type Row<'a> = (usize, &'a mut [u16]);

fn main() {
    let workload = Mandelbrot::new(ROWS * WIDTH);
    let serial = workload.items(0..ROWS * WIDTH);
    for (name, may_steal) in [("static chunks", false), ("work stealing", true)] {
        let mut picture = vec![0; ROWS * WIDTH];
        let deques: Vec<Worker<Row>> = (0..WORKERS).map(|_| Worker::new_lifo()).collect();
        for (number, place) in picture.chunks_mut(WIDTH).enumerate() {
            deques[number * WORKERS / ROWS].push((number, place));
        }
        let start = Instant::now();
        let counts = draw(&workload, deques, may_steal);
        println!("{name}: {:.1?}", start.elapsed());
        for (worker, (own, stolen)) in counts.iter().enumerate() {
            println!("  worker {worker} computed {own} rows of its own and {stolen} stolen rows");
        }
        let rows: usize = counts.iter().map(|(own, stolen)| own + stolen).sum();
        assert!(rows == ROWS && picture == serial);
    }
    println!("{ROWS} rows each time, each computed once, as in serial");
}

/// Returns how many rows of its own each worker has computed, and how many stolen rows.
fn draw(workload: &Mandelbrot, deques: Vec<Worker<Row>>, may_steal: bool) -> Vec<(usize, usize)> {
    let stealers: Vec<_> = deques.iter().map(Worker::stealer).collect();
    let stealers = if may_steal { &stealers[..] } else { &[] };
    let mut counts = vec![(0, 0); WORKERS];
    thread::scope(|scope| {
        for (deque, (own, stolen)) in deques.into_iter().zip(&mut counts) {
            scope.spawn(move || {
                while let Some((number, place)) = deque.pop() {
                    workload.fill(number * WIDTH, place);
                    *own += 1;
                }
                // No task makes another task, so this deque stays empty.
                while let Some((number, place)) = steal(stealers) {
                    workload.fill(number * WIDTH, place);
                    *stolen += 1;
                }
            });
        }
    });
    counts
}

/// Takes a task from the other end of a deque.
fn steal<'a>(stealers: &[Stealer<Row<'a>>]) -> Option<Row<'a>> {
    loop {
        match stealers.iter().map(Stealer::steal).collect() {
            Steal::Success(task) => return Some(task),
            Steal::Empty => return None, // All deques are empty.
            Steal::Retry => {}           // Another worker was quicker.
        }
    }
}
