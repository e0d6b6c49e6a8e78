//! `fetch_add` twice: as a counter, and as a ticket dispenser that hands out the work.
//!
//! A worker that wants a task draws the next number. `fetch_add` gives each number to one worker
//! only, so no task is done twice and none is left out. A worker that gets cheap tasks comes back
//! sooner for more: self-scheduling in one line.
//!
//! Run: `cargo run --example shared_atomic_counter`
//!
//! Expected output:
//!
//! ```text
//! worker 0 took [..] rows
//! worker 1 took [..] rows
//! worker 2 took [..] rows
//! worker 3 took [..] rows
//! 150 rows, each taken exactly once
//! 10748 pixels are inside the set, as in the serial picture
//! ```
//!
//! The first four lines differ from run to run: which worker takes which row depends on the scheduler.
//!
//! Try: draw the ticket by a `load`, a `thread::yield_now()` and a `store`, as in
//! `shared_lost_update`. Two workers soon get the same row, and the check says so.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::{io, thread};

use workloads::mandelbrot::{LIMIT, Mandelbrot};
use workloads::{Map, Paradigm, Serial, Workload, println};

const WORKERS: usize = 4;
const WIDTH: usize = 300;
const ROWS: usize = 150;

/// `Relaxed` is enough for both: no other memory depends on them, and joining a worker makes all that
/// it did visible.
#[derive(Default)]
struct Shared {
    next_row: AtomicUsize,
    inside: AtomicUsize,
}

fn main() -> io::Result<()> {
    let picture = Mandelbrot::with_input(ROWS * WIDTH, &[])?;
    let shared = Shared::default();
    let taken = thread::scope(|scope| {
        [(); WORKERS]
            .map(|()| scope.spawn(|| work(&picture, &shared)))
            .map(|worker| worker.join().expect("a worker does not panic"))
    });
    for (worker, rows) in taken.iter().enumerate() {
        println!("worker {worker} took {} rows", rows.len());
    }
    let mut rows = taken.concat();
    rows.sort_unstable();
    assert!(rows.into_iter().eq(0..ROWS), "not every row exactly once");
    println!("{ROWS} rows, each taken exactly once");

    let inside = shared.inside.into_inner();
    let serial = Serial::start(NonZero::<usize>::MIN)?.map(&picture)?;
    assert_eq!(inside, count_inside(&serial));
    println!("{inside} pixels are inside the set, as in the serial picture");
    Ok(())
}

/// Computes rows until there are none left, and returns which.
fn work(picture: &Mandelbrot, shared: &Shared) -> Vec<usize> {
    let mut taken = Vec::new();
    loop {
        let row = shared.next_row.fetch_add(1, Relaxed);
        if row >= ROWS {
            return taken;
        }
        let pixels = picture.items(row * WIDTH..(row + 1) * WIDTH);
        shared.inside.fetch_add(count_inside(&pixels), Relaxed);
        taken.push(row);
    }
}

fn count_inside(pixels: &[u16]) -> usize {
    pixels.iter().filter(|&&steps| steps == LIMIT).count()
}
