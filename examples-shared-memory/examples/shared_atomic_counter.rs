//! An atomic number needs no lock: as a counter, and to hand out work.
//!
//! `fetch_add` reads a number, adds to it and writes it back as one step: no other thread can come
//! in between. It returns the number from before. So it works as a ticket dispenser: a worker that
//! wants a task draws the next number, and no two workers get the same one. A worker whose tasks
//! were cheap comes back sooner.
//!
//! Run: `cargo run --example shared_atomic_counter`
//!
//! Expected output (the first four lines differ from run to run: which worker takes which row
//! depends on the scheduler):
//!
//! ```text
//! worker 0 took [..] rows
//! worker 1 took [..] rows
//! worker 2 took [..] rows
//! worker 3 took [..] rows
//! 150 rows, each taken once
//! 10748 pixels are inside the set, as in serial
//! ```
//!
//! Try: draw the ticket in three steps:
//! `let row = next_row.load(Relaxed); thread::yield_now(); next_row.store(row + 1, Relaxed);`
//! (`yield_now` lets another thread run first). Several workers get the same row, and the program
//! panics: "not every row once". Each of the two operations is atomic, the two together are not: it
//! is the lost update again.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use workloads::mandelbrot::{Mandelbrot, count_inside};
use workloads::{Map, println};

const WORKERS: usize = 4;
const WIDTH: usize = 300; // The picture is twice as wide as high.
const ROWS: usize = 150;

fn main() {
    let picture = Mandelbrot::new(ROWS * WIDTH);
    // `Relaxed` is enough where each number is used by itself. When the scope has ended, `main`
    // sees everything that the workers wrote.
    let next_row = AtomicUsize::new(0);
    let inside = AtomicUsize::new(0);
    let mut rows_of = vec![Vec::new(); WORKERS];

    thread::scope(|scope| {
        for rows in &mut rows_of {
            scope.spawn(|| {
                loop {
                    let row = next_row.fetch_add(1, Relaxed);
                    if row >= ROWS {
                        return;
                    }
                    let pixels = picture.items(row * WIDTH..(row + 1) * WIDTH);
                    inside.fetch_add(count_inside(&pixels), Relaxed);
                    rows.push(row);
                }
            });
        }
    });

    for (worker, rows) in rows_of.iter().enumerate() {
        println!("worker {worker} took {} rows", rows.len());
    }
    let mut rows = rows_of.concat(); // One list of all.
    rows.sort_unstable();
    let every_row: Vec<usize> = (0..ROWS).collect();
    assert!(rows == every_row, "not every row once");
    println!("{ROWS} rows, each taken once");

    let inside = inside.into_inner();
    let serial = picture.items(0..ROWS * WIDTH);
    assert_eq!(inside, count_inside(&serial));
    println!("{inside} pixels are inside the set, as in serial");
}
