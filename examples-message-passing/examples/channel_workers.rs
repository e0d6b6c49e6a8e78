//! Workers between two channels: tasks come in through one, results leave through the other.
//!
//! A worker that has finished takes the next task. So each worker gets about as much work, but not
//! as many tasks, if some tasks cost far more than others. Results arrive in the order in which
//! they are finished. Each result carries its chunk with it, so that `main` can put it where it
//! belongs. `multiprocessing.Pool` does the same over pipes.
//!
//! Run: `cargo run --example channel_workers`
//!
//! Expected output (the first five lines differ from run to run: which worker does which task, and
//! when, depends on the scheduler):
//!
//! ```text
//! worker 0 did [..] tasks
//! worker 1 did [..] tasks
//! worker 2 did [..] tasks
//! worker 3 did [..] tasks
//! 64 results, [..] of which arrived out of order
//! put where they belong, they are the serial picture
//! ```
//!
//! Try: write `bounded(1)` for `unbounded()` (the compiler warns about an unused import). The
//! program prints nothing any more: the workers wait for room for their results, and `main` waits
//! for room for its tasks. That is a deadlock; end it with Ctrl-C.

use std::ops::Range;
use std::thread;

// Several threads may receive from these channels, and a channel can be bounded.
use crossbeam::channel::{bounded, unbounded};
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

const PIXELS: usize = 40_000;
const TASKS: usize = 64;
const WORKERS: usize = 4;

struct Answer {
    worker: usize,
    chunk: Range<usize>,
    pixels: Vec<u16>,
}

fn main() {
    let picture = Mandelbrot::new(PIXELS);
    let serial = picture.items(0..PIXELS);
    let mut pixels = vec![0; PIXELS];
    let mut done_by = [0; WORKERS];
    let (mut out_of_order, mut last) = (0, 0);

    let (task_sender, tasks) = bounded::<Range<usize>>(WORKERS);
    let (answer_sender, answers) = unbounded();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            // Each worker has ends of its own.
            let (tasks, answer_sender) = (tasks.clone(), answer_sender.clone());
            let picture = &picture;
            scope.spawn(move || {
                for chunk in tasks {
                    let pixels = picture.items(chunk.clone());
                    let answer = Answer {
                        worker,
                        chunk,
                        pixels,
                    };
                    answer_sender.send(answer).expect("main receives");
                }
            });
        }
        // `answers` ends when its last sender is dropped: that of a worker. And if all workers have
        // ended, no receiver of tasks is left, and `send` returns an `Err`.
        drop((answer_sender, tasks));

        let size = PIXELS / TASKS;
        for task in 0..TASKS {
            let chunk = task * size..(task + 1) * size;
            // Waits while the channel is full.
            task_sender.send(chunk).expect("the workers receive");
        }
        drop(task_sender); // No more tasks: the workers' loops end.

        for answer in answers {
            done_by[answer.worker] += 1;
            if answer.chunk.start < last {
                out_of_order += 1; // The answer just before it has a later place.
            }
            last = answer.chunk.start;
            pixels[answer.chunk].copy_from_slice(&answer.pixels);
        }
    });

    for (worker, tasks) in done_by.iter().enumerate() {
        println!("worker {worker} did {tasks} tasks");
    }
    println!("{TASKS} results, {out_of_order} of which arrived out of order");
    assert_eq!(pixels, serial);
    println!("put where they belong, they are the serial picture");
}
