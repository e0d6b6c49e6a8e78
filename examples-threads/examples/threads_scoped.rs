//! A scope ends after its threads, so they may borrow from the function that starts them.
//!
//! Each worker gets `&` to the workload and `&mut` to its own part of the answer. Nothing is copied,
//! counted, locked or sent back.
//!
//! Run: `cargo run --example threads_scoped`
//!
//! Expected output:
//!
//! ```text
//! worker 0 filled items 0..33334 in place, their sum is 946123
//! worker 1 filled items 33334..66667 in place, their sum is 954194
//! worker 2 filled items 66667..100000 in place, their sum is 952661
//! thread::scope: 100000 items, as in serial
//! threads/scoped: 100000 items, as in serial
//! ```
//!
//! Try: write `thread::spawn` for `scope.spawn`, and read what the compiler says about `workload` and
//! `squares`.

use std::io;
use std::num::NonZero;
use std::thread;

use examples_threads::Scoped;
use workloads::chunks::Chunks;
use workloads::random_squares::{Kernel, RandomSquares};
use workloads::{Map, Paradigm, Serial, Workload, println};

fn main() -> io::Result<()> {
    let workload = RandomSquares::new(100_000, Kernel::Lanes);
    let serial = Serial.map(&workload)?;
    let three = NonZero::new(3).expect("3 is not 0");

    // The mechanism ...
    let squares = in_a_scope(&workload, three);
    assert_eq!(squares, serial);
    println!("thread::scope: {} items, as in serial", squares.len());

    // ... and the paradigm that is made of it, for any workload, with errors instead of `expect`.
    let squares = Scoped::start(three)?.map(&workload)?;
    assert_eq!(squares, serial);
    println!("threads/scoped: {} items, as in serial", squares.len());
    Ok(())
}

fn in_a_scope(workload: &RandomSquares, workers: NonZero<usize>) -> Vec<u8> {
    let mut squares = vec![0; workload.len()];
    let parts = Chunks::one_each(workload.len(), workers).split_mut(&mut squares);
    thread::scope(|scope| {
        // All are started before the first is joined: collecting makes sure of that.
        let workers: Vec<_> = parts
            .map(|(items, part)| {
                let work = move || {
                    workload.fill(items.start, part);
                    let sum: u32 = part.iter().copied().map(u32::from).sum();
                    (items, sum)
                };
                scope.spawn(work)
            })
            .collect();
        for (number, worker) in workers.into_iter().enumerate() {
            let (items, sum) = worker.join().expect("no worker panics");
            println!("worker {number} filled items {items:?} in place, their sum is {sum}");
        }
    });
    // The threads have ended and their borrows with them, so the vector is whole again.
    squares
}
