//! Granularity: into how many chunks to cut the work.
//!
//! With few large chunks, a worker that gets the expensive ones works alone at the end. With many
//! small chunks, handing them out takes longer than computing them. How small a chunk may be
//! depends on what handing it out costs: here a thread for each chunk, and a task of a rayon pool
//! for each chunk.
//!
//! Run: `cargo run --example threads_granularity`
//!
//! Expected output:
//!
//! ```text
//! chunks  pixels each  a thread each  a rayon task each
//!      2        20000 [..] ms [..] ms
//!     20         2000 [..] ms [..] ms
//!    200          200 [..] ms [..] ms
//!   2000           20 [..] ms [..] ms
//! all eight pictures are the serial picture
//! ```
//!
//! Try: find the best row of each column. Then take a workload whose items cost next to nothing:
//! `Squares::new(PIXELS)`, with `use workloads::squares::Squares;`, and `u64` for `u16`. Which rows of
//! the first column are better than one chunk for each worker now?

use std::thread;
use std::time::Instant;

use rayon::prelude::*;
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

const PIXELS: usize = 40_000;

fn main() {
    let workload = Mandelbrot::new(PIXELS);
    let serial = workload.items(0..PIXELS);
    rayon::broadcast(|_| ()); // Starts the pool.

    println!("chunks  pixels each  a thread each  a rayon task each");
    for chunks in [2, 20, 200, 2_000] {
        let size = PIXELS / chunks;
        let by_threads = milliseconds(&serial, |picture| {
            thread::scope(|scope| {
                for (chunk, part) in picture.chunks_mut(size).enumerate() {
                    let workload = &workload;
                    scope.spawn(move || workload.fill(chunk * size, part));
                }
            });
        });
        let by_rayon = milliseconds(&serial, |picture| {
            let chunks = picture.par_chunks_mut(size).enumerate();
            chunks.for_each(|(chunk, part)| workload.fill(chunk * size, part));
        });
        println!("{chunks:6} {size:12} {by_threads:11.2} ms {by_rayon:15.2} ms");
    }
    println!("all eight pictures are the serial picture");
}

/// How long `draw` takes to draw the picture.
fn milliseconds(serial: &[u16], draw: impl FnOnce(&mut [u16])) -> f64 {
    let mut picture = vec![0; PIXELS];
    let start = Instant::now();
    draw(&mut picture);
    let time = start.elapsed().as_secs_f64() * 1e3;
    assert_eq!(picture, serial);
    time
}
