//! A channel: one thread sends, another receives, and what is sent changes its owner.
//!
//! A message moves. Its sender cannot touch it any more, so there is nothing to lock. And what moves
//! is the `Vec`, a pointer and two numbers, not the squares that it points to. A Python
//! `multiprocessing.Queue` would pickle every one of them, pipe it, and unpickle it.
//!
//! Run: `cargo run --example channel_hello`
//!
//! Expected output:
//!
//! ```text
//! main received: hello from a worker
//! main received items 0..250000, in the memory where the worker computed them
//! main received items 250000..500000, in the memory where the worker computed them
//! main received items 500000..750000, in the memory where the worker computed them
//! main received items 750000..1000000, in the memory where the worker computed them
//! no sender is left: receiving on an empty and disconnected channel
//! 1000000 squares, as in the serial loop
//! ```
//!
//! Try: write `drop(part);` after the `send` in the worker. Read what the compiler says about a value
//! that is used after it was moved.

use std::num::NonZero;
use std::{io, thread};

use crossbeam::channel::{bounded, unbounded};
use workloads::chunks::Chunks;
use workloads::squares::Squares;
use workloads::{Map, Paradigm, Serial, Workload, println};

const PARTS: NonZero<usize> = NonZero::new(4).expect("four is not zero");

fn main() -> io::Result<()> {
    let (sender, receiver) = bounded(1);
    thread::spawn(move || sender.send("hello from a worker"));
    let message = receiver.recv().expect("the worker sends before it ends");
    println!("main received: {message}");

    let workload = &Squares::with_input(1_000_000, &[])?;
    let (sender, receiver) = unbounded();
    let mut squares = Vec::new();
    thread::scope(|scope| {
        // `move`: the worker owns the only sender, and drops it when it ends.
        scope.spawn(move || {
            for items in Chunks::one_each(workload.len(), PARTS).iter() {
                let part = workload.items(items.clone());
                let address = part.as_ptr().addr();
                let message = (items, address, part);
                sender.send(message).expect("main keeps its receiver");
            }
        });
        // An iterator over a receiver waits for each message, and ends when no sender is left.
        for (items, address, part) in &receiver {
            let same = part.as_ptr().addr() == address;
            let memory = if same {
                "the memory"
            } else {
                "a copy of the memory"
            };
            println!("main received items {items:?}, in {memory} where the worker computed them");
            squares.extend(part);
        }
    });
    let error = receiver.recv().expect_err("the worker has ended");
    println!("no sender is left: {error}");
    assert_eq!(squares, Serial::start(PARTS)?.map(workload)?);
    println!("{} squares, as in the serial loop", squares.len());
    Ok(())
}
