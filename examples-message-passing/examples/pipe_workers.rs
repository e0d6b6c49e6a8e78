//! Worker processes that are fed task by task, and what travels between them and their parent.
//!
//! `message-passing/pipe` sends a worker 16 bytes, the bounds of a chunk, and gets the chunk's answer
//! back. Threads would find it in their memory; here every byte is copied into the kernel and out
//! again. So a reduction, whose answers are small, is the better thing to send.
//!
//! Run: `cargo run --example pipe_workers`
//!
//! Expected output:
//!
//! ```text
//! mandelbrot over pipes: 20000 pixels, as in the serial loop
//!   64 tasks of 16 bytes there, 40576 bytes back
//! monte-carlo-pi over pipes: 785213 hits, as in the serial loop
//!   64 tasks of 16 bytes there, 896 bytes back
//! ```
//!
//! Try: give `Mandelbrot` four times as many pixels, and `MonteCarloPi` four times as many points.
//! One number of bytes grows fourfold, the other stays.

#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::io;
use std::num::NonZero;

#[cfg(unix)]
use examples_message_passing::Pipe;
#[cfg(unix)]
use examples_processes::reply;
use workloads::chunks::Chunks;
use workloads::mandelbrot::Mandelbrot;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Map, Paradigm, Reduce, Serial, Workload, println};

examples_processes::needs_unix!();

const WORKERS: NonZero<usize> = NonZero::new(4).expect("four is not zero");

#[cfg(unix)]
fn main() -> io::Result<()> {
    let mut workers = Pipe::start(WORKERS)?;

    let picture = Mandelbrot::with_input(20_000, &[])?;
    let pixels = workers.map(&picture)?;
    assert_eq!(*pixels, Serial::start(WORKERS)?.map(&picture)?);
    let (name, n) = (Mandelbrot::NAME, pixels.len());
    println!("{name} over pipes: {n} pixels, as in the serial loop");
    let chunks = Chunks::many_each(picture.len(), WORKERS);
    let mut wire = Vec::new(); // The replies once more, into memory, to count their bytes.
    for chunk in chunks.iter() {
        reply::send_items(&mut wire, || picture.items(chunk))?;
    }
    let (tasks, bytes) = (chunks.len(), wire.len());
    println!("  {tasks} tasks of 16 bytes there, {bytes} bytes back");

    let points = MonteCarloPi::with_input(1_000_000, &[])?;
    let hits = workers.reduce(&points)?;
    assert_eq!(hits, Serial::start(WORKERS)?.reduce(&points)?);
    let name = MonteCarloPi::NAME;
    println!("{name} over pipes: {hits} hits, as in the serial loop");
    let chunks = Chunks::many_each(points.len(), WORKERS);
    let mut wire = Vec::new();
    for chunk in chunks.iter() {
        reply::send_summary(&mut wire, || points.fold(chunk))?;
    }
    let (tasks, bytes) = (chunks.len(), wire.len());
    println!("  {tasks} tasks of 16 bytes there, {bytes} bytes back");
    Ok(())
}
