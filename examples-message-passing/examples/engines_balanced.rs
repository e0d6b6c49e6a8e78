//! The balanced view: the engine that has least to do is given the next task.
//!
//! The task is a picture of the Mandelbrot set, row by row. Rows at the top take a few steps for
//! each pixel, and rows at the bottom take hundreds. In the direct view, each engine is given one
//! half of the rows, and one of the halves is nearly all of the work. In the balanced view, the
//! controller hands out one row after the other: each engine has two, one that it computes and one
//! that lies ready. `as_completed` returns results as they come, so the program can say how far the
//! work is. In IPython Parallel: `lview = rc.load_balanced_view()`, `lview.map_async(row, rows,
//! ordered=False)`, and `.progress`.
//!
//! Run: `cargo run --example engines_balanced`
//!
//! Expected output:
//!
//! ```text
//! one half each: 5% of the steps, and 94%
//! balanced:  25 of 100 rows are done
//! balanced:  50 of 100 rows are done
//! balanced:  75 of 100 rows are done
//! balanced: 100 of 100 rows are done
//! balanced: shares of the steps, in percent: [..]
//! time: one half each [..], balanced [..]
//! both pictures are the serial picture
//! ```
//!
//! Try: make chunks of 50 rows, by `cluster.balanced().chunk(NonZero::new(50).expect("rows"))`. The
//! shares are 5% and 94% again: two chunks leave the controller no choice.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;
use std::{num::NonZero, ops::Range, process};

#[cfg(unix)]
use examples_message_passing::engines::{Cluster, become_engine_if_asked};
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

examples_processes::needs_unix!();

const WIDTH: usize = 200;
const ROWS: usize = 100;

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    become_engine_if_asked();
    let serial = Mandelbrot::new(WIDTH * ROWS).items(0..WIDTH * ROWS);
    let all_steps = steps(&serial);
    let cluster = Cluster::start(NonZero::new(2).expect("two engines"))?;

    let start = Instant::now();
    let halves = vec![0..ROWS / 2, ROWS / 2..ROWS];
    let halves = cluster.direct().apply_each(|_, half| rows(half), halves)?;
    let direct_time = start.elapsed();
    assert!(halves.concat() == serial, "the picture differs");
    let share = |pixels: &[u16]| 100 * steps(pixels) / all_steps;
    println!(
        "one half each: {}% of the steps, and {}%",
        share(&halves[0]),
        share(&halves[1])
    );

    let start = Instant::now();
    let mut picture = vec![0; WIDTH * ROWS];
    let mut done_by = BTreeMap::new();
    let row_by_row = |(): &(), row| (process::id(), rows(row..row + 1));
    let mut results = cluster.balanced().as_completed(row_by_row, 0..ROWS)?;
    while let Some((row, result)) = results.next() {
        let (engine, pixels) = result?;
        *done_by.entry(engine).or_insert(0) += 100 * steps(&pixels);
        picture[row * WIDTH..][..WIDTH].copy_from_slice(&pixels);
        let (done, all) = results.progress();
        if done % 25 == 0 {
            println!("balanced: {done:3} of {all} rows are done");
        }
    }
    let balanced_time = start.elapsed();
    assert!(picture == serial, "the picture differs");
    let shares: Vec<_> = done_by.values().map(|steps| steps / all_steps).collect();
    println!("balanced: shares of the steps, in percent: {shares:?}");
    println!("time: one half each {direct_time:.1?}, balanced {balanced_time:.1?}");
    println!("both pictures are the serial picture");
    Ok(())
}

/// The steps of the pixels of these rows.
fn rows(rows: Range<usize>) -> Vec<u16> {
    Mandelbrot::new(WIDTH * ROWS).items(rows.start * WIDTH..rows.end * WIDTH)
}

fn steps(pixels: &[u16]) -> u64 {
    pixels.iter().map(|&steps| u64::from(steps)).sum()
}
