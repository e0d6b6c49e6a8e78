//! Ordered results from unordered workers: a window of tasks, and a buffer that puts them in
//! order.
//!
//! Workers finish in any order, but a file or a screen wants the results in the order of the
//! tasks. So tasks are numbered, and a result that comes too early is held back until its turn.
//! While one task is slow, more and more results are held back. So a task is handed out only if it
//! is less than `window` tasks ahead of the result whose turn is next. (Here task 0 is as slow as
//! it can be: it ends when all others that are handed out have ended.)
//!
//! Run: `cargo run --example channel_ordered`
//!
//! Expected output:
//!
//! ```text
//! a window of 100: at most 99 of 100 results were held back
//! a window of 8: at most 7 of 100 results were held back
//! both times, the results in their order are the serial picture
//! ```
//!
//! Try: write `2` for `8`. At most 1 result is held back, but only 2 tasks are handed out at a
//! time: two of the four workers are idle. So a window should be larger than the number of
//! workers.

use std::collections::BTreeMap;
use std::thread;

use crossbeam::channel::bounded;
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

const PIXELS: usize = 20_000;
const TASKS: usize = 100;
const WORKERS: usize = 4;

fn main() {
    let picture = Mandelbrot::new(PIXELS);
    let serial = picture.items(0..PIXELS);

    for window in [TASKS, 8] {
        let (pixels, most) = run(&picture, window);
        assert_eq!(pixels, serial);
        assert_eq!(most, window - 1); // All that are handed out, except the slow one.
        println!("a window of {window}: at most {most} of {TASKS} results were held back");
    }
    println!("both times, the results in their order are the serial picture");
}

/// The picture, and the largest number of results that were held back at the same time.
fn run(picture: &Mandelbrot, window: usize) -> (Vec<u16>, usize) {
    let (task_sender, tasks) = bounded(window);
    let (answer_sender, answers) = bounded(window);
    let (end_of_slow_task, slow_task) = bounded(1);
    let (mut pixels, mut most) = (Vec::new(), 0);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (tasks, answer_sender) = (tasks.clone(), answer_sender.clone());
            let slow_task = slow_task.clone();
            scope.spawn(move || {
                for task in tasks {
                    let size = PIXELS / TASKS;
                    let piece = picture.items(task * size..(task + 1) * size);
                    if task == 0 {
                        slow_task.recv().expect("main ends it");
                    }
                    answer_sender.send((task, piece)).expect("main receives");
                }
            });
        }
        let (mut sent, mut next, mut early) = (0, 0, BTreeMap::new());
        while next < TASKS {
            while sent < TASKS.min(next + window) {
                task_sender.send(sent).expect("the workers receive");
                sent += 1;
            }
            let (task, piece) = answers.recv().expect("the workers answer");
            early.insert(task, piece);
            while let Some(piece) = early.remove(&next) {
                pixels.extend(piece);
                next += 1;
            }
            most = most.max(early.len());
            if next == 0 && early.len() == window - 1 {
                end_of_slow_task.send(()).expect("a worker waits");
            }
        }
        drop(task_sender);
    });
    (pixels, most)
}
