//! A message that is sent changes its owner: its data is not copied, and the sender can no longer
//! use it.
//!
//! So there is nothing to lock. What moves through the channel is the `Vec`, a pointer and two
//! numbers, not the squares that it points to. (A Python `multiprocessing.Queue` turns each of them
//! into bytes, and back into objects.)
//!
//! Run: `cargo run --example channel_ownership`
//!
//! Expected output:
//!
//! ```text
//! part 0: 250000 squares, at the address where the worker computed them: true
//! part 1: 250000 squares, at the address where the worker computed them: true
//! part 2: 250000 squares, at the address where the worker computed them: true
//! part 3: 250000 squares, at the address where the worker computed them: true
//! no sender is left: receiving on a closed channel
//! 1000000 squares, as in serial
//! ```
//!
//! Try: write `drop(message);` below the `send` in the worker. The compiler says that `message` was
//! moved by `send`, and is used after that.

use std::sync::mpsc::channel;
use std::thread;

use workloads::squares::Squares;
use workloads::{Map, println};

const ITEMS: usize = 1_000_000;
const PARTS: usize = 4;

#[derive(Debug)]
struct Message {
    squares: Vec<u64>,
    /// Where the worker has computed them.
    address: usize,
}

fn main() {
    let workload = Squares::new(ITEMS);
    let serial = workload.items(0..ITEMS);

    let (sender, receiver) = channel();
    thread::spawn(move || {
        let size = ITEMS / PARTS;
        for part in 0..PARTS {
            let squares = workload.items(part * size..(part + 1) * size);
            let address = squares.as_ptr().addr();
            let message = Message { squares, address };
            sender.send(message).expect("main receives");
        }
    }); // The worker owns the only sender, and drops it when it ends.

    let mut parts = Vec::new();
    // `iter`, because a loop over `receiver` itself would take it, and it is needed once more.
    for (part, message) in receiver.iter().enumerate() {
        let Message { squares, address } = message;
        let (n, same) = (squares.len(), squares.as_ptr().addr() == address);
        println!("part {part}: {n} squares, at the address where the worker computed them: {same}");
        parts.push(squares);
    }
    let error = receiver.recv().expect_err("the worker has ended");
    println!("no sender is left: {error}");
    assert_eq!(parts.concat(), serial);
    println!("{ITEMS} squares, as in serial");
}
