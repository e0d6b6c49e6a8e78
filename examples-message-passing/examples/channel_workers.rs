//! Workers between two channels: tasks come in through one, results leave through the other.
//!
//! A free worker takes the next task, so uneven tasks even out. Results come back in the order in
//! which they are done. Each carries its chunk with it, so it is put where it belongs. This is the
//! mechanism of the paradigm `message-passing/channel`, and what `multiprocessing.Pool` does over
//! pipes.
//!
//! Run: `cargo run --example channel_workers`
//!
//! Expected output:
//!
//! ```text
//! worker 0 answered [..] tasks
//! worker 1 answered [..] tasks
//! worker 2 answered [..] tasks
//! worker 3 answered [..] tasks
//! 64 tasks, 64 results, [..] of which arrived out of order
//! put in their places, they are the serial picture
//! ```
//!
//! The first five lines differ from run to run: which worker answers which task, and when, depends
//! on the scheduler.
//!
//! Try: make the result channel `bounded(1)`. Nothing is printed any more: the workers wait for room
//! for their results, `main` waits for room for its tasks. That is a deadlock; end it with Ctrl-C.

use std::num::NonZero;
use std::ops::Range;
use std::{io, thread};

use crossbeam::channel::{bounded, unbounded};
use workloads::chunks::Chunks;
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, Paradigm, Serial, Workload, println};

const WORKERS: NonZero<usize> = NonZero::new(4).expect("four is not zero");

fn main() -> io::Result<()> {
    let picture = Mandelbrot::with_input(40_000, &[])?;
    let chunks = Chunks::many_each(picture.len(), WORKERS);
    let mut pixels = vec![0; picture.len()];
    let mut answered = vec![0; WORKERS.get()];
    let (mut late, mut farthest) = (0, 0);

    let (task_sender, tasks) = bounded::<Range<usize>>(WORKERS.get());
    let (result_sender, results) = unbounded();
    thread::scope(|scope| {
        for worker in 0..WORKERS.get() {
            let (tasks, results, picture) = (tasks.clone(), result_sender.clone(), &picture);
            scope.spawn(move || {
                for chunk in tasks {
                    let result = (worker, picture.items(chunk.clone()), chunk);
                    results.send(result).expect("main keeps the receiver");
                }
            });
        }
        // Each worker has its own ends. `results` ends when no sender is left, so `main` drops its
        // own. Without a receiver of its own, `main` would also notice if all workers had ended.
        drop((tasks, result_sender));

        for chunk in chunks.iter() {
            // While the channel is full, `send` waits.
            task_sender.send(chunk).expect("the workers are receiving");
        }
        drop(task_sender); // No more tasks: the workers' loops end.
        for (worker, part, chunk) in &results {
            answered[worker] += 1;
            late += usize::from(chunk.start < farthest);
            farthest = farthest.max(chunk.start);
            pixels[chunk].copy_from_slice(&part);
        }
    });

    for (worker, tasks) in answered.iter().enumerate() {
        println!("worker {worker} answered {tasks} tasks");
    }
    let (tasks, results) = (chunks.len(), answered.iter().sum::<usize>());
    println!("{tasks} tasks, {results} results, {late} of which arrived out of order");
    assert_eq!(pixels, Serial::start(WORKERS)?.map(&picture)?);
    println!("put in their places, they are the serial picture");
    Ok(())
}
