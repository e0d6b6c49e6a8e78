//! `fetch_add` twice: as a counter, and as a ticket dispenser that hands out the work.
//!
//! A worker that wants a task takes the next number. `fetch_add` returns every number to exactly one
//! worker, so no task is done twice and none is left out, and whoever gets cheap tasks comes back for
//! more: self-scheduling in one line.
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
//! 200 rows, each taken exactly once
//! INSIDE pixels lie inside the set, as in the serial picture
//! ```
//!
//! The first four lines vary from run to run: who takes what is the scheduler's choice.
//!
//! Try: let each worker take four rows at once (`fetch_add(4, Relaxed)`), and look at the first four
//! lines. Fewer tickets cost less, and even out the load less.

use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use workloads::mandelbrot::{LIMIT, Mandelbrot};
use workloads::{Map, Paradigm, Serial, Workload};

const WORKERS: usize = 4;
const WIDTH: usize = 400;
const ROWS: usize = 200;

/// What the workers share. `Relaxed` is enough: only the numbers themselves are agreed on, and the
/// end of a scope makes everything that its threads did visible to their parent.
#[derive(Default)]
struct Shared {
    next_row: AtomicUsize,
    inside: AtomicUsize,
}

fn main() -> io::Result<()> {
    let picture = Mandelbrot::with_input(ROWS * WIDTH, &[])?;
    let shared = Shared::default();
    let rows_of: Vec<Vec<usize>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| scope.spawn(|| work(&picture, &shared)))
            .collect();
        let rows = workers.into_iter().map(|worker| worker.join());
        rows.map(|rows| rows.expect("a worker does not panic"))
            .collect()
    });
    for (worker, rows) in rows_of.iter().enumerate() {
        println!("worker {worker} took {} rows", rows.len());
    }
    let mut rows = rows_of.concat();
    rows.sort_unstable();
    assert!(
        rows.into_iter().eq(0..ROWS),
        "a row was lost or taken twice"
    );
    println!("{ROWS} rows, each taken exactly once");

    let serial = inside(&Serial::start(NonZero::<usize>::MIN)?.map(&picture)?);
    let count = shared.inside.into_inner();
    assert_eq!(count, serial);
    println!("{count} pixels lie inside the set, as in the serial picture");
    Ok(())
}

/// Takes rows until there are none left; returns which.
fn work(picture: &Mandelbrot, shared: &Shared) -> Vec<usize> {
    // Every worker draws one ticket too many, which tells it that the work is done.
    let tickets = std::iter::repeat_with(|| shared.next_row.fetch_add(1, Relaxed));
    tickets
        .take_while(|&row| row < ROWS)
        .inspect(|row| {
            let pixels = picture.items(row * WIDTH..(row + 1) * WIDTH);
            shared.inside.fetch_add(inside(&pixels), Relaxed);
        })
        .collect()
}

fn inside(pixels: &[u16]) -> usize {
    pixels.iter().filter(|&&steps| steps == LIMIT).count()
}
