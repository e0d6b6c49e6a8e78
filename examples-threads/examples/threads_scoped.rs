//! A scope waits for its threads, so they may borrow from the function that starts them.
//!
//! Each worker borrows the workload, and borrows its own part of the answer mutably. Nothing is
//! cloned or sent back: when the scope ends, the answer is where it belongs.
//!
//! Run: `cargo run --example threads_scoped`
//!
//! Expected output:
//!
//! ```text
//! worker 0 filled 33334 items in place, the last is 4
//! worker 1 filled 33334 items in place, the last is 4
//! worker 2 filled 33332 items in place, the last is 0
//! thread::scope: 100000 items, as in serial
//! threads/scoped: 100000 items, as in serial
//! ```
//!
//! Try: write `thread::spawn(` for `scope.spawn(`. The first two errors of the compiler say that
//! `squares` and `workload` do not live long enough: a thread without a scope could go on after
//! `main` has returned.

use std::io;
use std::num::NonZero;
use std::thread;

use examples_threads::Scoped;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, Paradigm, println};

const ITEMS: usize = 100_000;
const WORKERS: usize = 3;

fn main() -> io::Result<()> {
    // Item `i` is the square of a digit that a random generator draws after it was seeded with `i`.
    // `Lanes` is the faster one of two ways to compute it.
    let workload = RandomSquares::new(ITEMS, Kernel::Lanes);
    let serial = workload.items(0..ITEMS);

    // The mechanism.
    let mut squares = vec![0; ITEMS];
    let size = ITEMS.div_ceil(WORKERS); // Rounded up, so that nothing is left over.
    thread::scope(|scope| {
        // `chunks_mut` cuts the vector into parts that do not overlap.
        for (worker, part) in squares.chunks_mut(size).enumerate() {
            let workload = &workload; // `move` moves this reference, and not the workload.
            // `fill(first, part)` computes the items from number `first` on, until `part` is full.
            scope.spawn(move || workload.fill(worker * size, part));
        }
    });
    for (worker, part) in squares.chunks(size).enumerate() {
        let (items, last) = (part.len(), part[part.len() - 1]);
        println!("worker {worker} filled {items} items in place, the last is {last}");
    }
    assert_eq!(squares, serial);
    println!("thread::scope: {ITEMS} items, as in serial");

    // The paradigm: the same mechanism for any workload, and a panic of a worker becomes an error.
    // A number of workers that is 0 is refused by its type.
    let workers = NonZero::new(WORKERS).expect("at least one worker");
    let squares = Scoped::start(workers)?.map(&workload)?;
    assert_eq!(squares, serial);
    println!("threads/scoped: {ITEMS} items, as in serial");
    Ok(())
}
