//! Granularity: into how many chunks to cut the work.
//!
//! With few large chunks, a worker that gets the expensive ones works alone at the end. With many
//! small chunks, handing them out takes longer than computing them. How small a chunk may be
//! depends on what handing it out costs: here a thread for each chunk, and a task of a rayon pool
//! for each chunk. Each time is the shortest of three.
//!
//! Run: `cargo run --example threads_granularity`
//!
//! Expected output:
//!
//! ```text
//! serial: [..]
//!    2 chunks of 10000 pixels: a thread each [..], a rayon task each [..]
//!   20 chunks of  1000 pixels: a thread each [..], a rayon task each [..]
//!  200 chunks of   100 pixels: a thread each [..], a rayon task each [..]
//! 1000 chunks of    20 pixels: a thread each [..], a rayon task each [..]
//! all pictures are the serial picture
//! ```
//!
//! Try: find the best line for threads, and for rayon. Then take a workload whose items cost next
//! to nothing: `Squares::new(PIXELS)`, with `use workloads::squares::Squares;`, and `u64` for
//! `u16`. Is any line better than serial now?

use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use workloads::mandelbrot::Mandelbrot;
use workloads::{Map, println};

const PIXELS: usize = 20_000;

fn main() {
    let workload = Mandelbrot::new(PIXELS);
    let answer = workload.items(0..PIXELS);
    let serial = time(&answer, |picture| workload.fill(0, picture));
    println!("serial: {serial:.1?}");

    for chunks in [2, 20, 200, 1_000] {
        let size = PIXELS / chunks;
        let by_threads = time(&answer, |picture| {
            thread::scope(|scope| {
                for (chunk, part) in picture.chunks_mut(size).enumerate() {
                    let workload = &workload;
                    scope.spawn(move || workload.fill(chunk * size, part));
                }
            });
        });
        let by_rayon = time(&answer, |picture| {
            let chunks = picture.par_chunks_mut(size).enumerate();
            chunks.for_each(|(chunk, part)| workload.fill(chunk * size, part));
        });
        println!(
            "{chunks:4} chunks of {size:5} pixels: a thread each {by_threads:.1?}, \
             a rayon task each {by_rayon:.1?}"
        );
    }
    println!("all pictures are the serial picture");
}

/// How long `draw` takes to draw the picture: the shortest of three times.
fn time(answer: &[u16], draw: impl Fn(&mut [u16])) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let mut picture = vec![0; PIXELS];
        let start = Instant::now();
        draw(&mut picture);
        shortest = shortest.min(start.elapsed());
        assert_eq!(picture, answer);
    }
    shortest
}
