//! Children that are forked after a random generator was seeded all draw the same numbers.
//!
//! Each child has a copy of the generator, in the same state. With a seed for each worker, the
//! workers draw different numbers, but the answer depends on the number of workers. With a seed
//! for each item, as in the workloads of this course, the answer is always the same. In Python
//! this happens with `multiprocessing`: forked workers inherit the state of NumPy's `np.random`.
//! (Python's own module `random` is seeded anew in a forked child.)
//!
//! Run: `cargo run --example process_random_seeds`
//!
//! Expected output:
//!
//! ```text
//! seeded before the fork:  625551 625551
//! a seed for each worker:  625551 343221
//! a seed for each item:    665441 363435
//! seeded before the fork:  6255 6255 6255
//! a seed for each worker:  6255 4135 3645
//! a seed for each item:    6654 4136 3435
//! ```
//!
//! Try: draw a number in the parent, with `generator.next_u64();` as the first line of the loop.
//! The lines "seeded before the fork" change, and the children still draw the same numbers.

#![allow(unsafe_code, reason = "this lesson forks")]

use std::{io, io::Write, ops::Range};

#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
use rand_xoshiro::{Xoshiro256PlusPlus as Generator, rand_core::Rng, rand_core::SeedableRng};
use workloads::println;

examples_processes::needs_unix!();

/// How often a die is rolled, by all children together.
const ROLLS: u64 = 12;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let serial: String = (0..ROLLS).map(item).collect();
    let mut generator = Generator::seed_from_u64(0);
    for children in [2, 3] {
        let rolls = rolls_of(children, |items| roll(&mut generator, items))?;
        println!("seeded before the fork:  {}", rolls.join(" "));
        assert!(rolls.iter().all(|other| *other == rolls[0]));

        // The seed of a worker is the number of its first item.
        let own = Generator::seed_from_u64;
        let rolls = rolls_of(children, |items| roll(&mut own(items.start), items))?;
        println!("a seed for each worker:  {}", rolls.join(" "));
        assert_ne!(rolls[0], rolls[1]);

        let rolls = rolls_of(children, |items| items.map(item).collect())?;
        println!("a seed for each item:    {}", rolls.join(" "));
        assert_eq!(rolls.concat(), serial);
    }
    Ok(())
}

/// One roll of a die for each item, each a digit from 1 to 6.
fn roll(generator: &mut Generator, items: Range<u64>) -> String {
    let one_roll = |_| (generator.next_u64() % 6 + 1).to_string();
    items.map(one_roll).collect()
}

/// Roll `i`, from a generator with the seed `i`.
fn item(i: u64) -> String {
    roll(&mut Generator::seed_from_u64(i), i..i + 1)
}

/// Forks `children`. Each rolls for its part of the items, and sends that through a pipe.
#[cfg(unix)]
fn rolls_of(children: u64, mut roll: impl FnMut(Range<u64>) -> String) -> io::Result<Vec<String>> {
    examples_processes::OneThread::check()?;
    let size = ROLLS / children;
    let mut started = Vec::new();
    for child in 0..children {
        let (pipe, mut writer) = io::pipe()?;
        // SAFETY: this process has one thread, so the child's copy of it is whole.
        match unsafe { fork() }? {
            ForkResult::Child => {
                let items = child * size..(child + 1) * size;
                let sent = write!(writer, "{}", roll(items));
                // SAFETY: `_exit` may be called at any time.
                unsafe { _exit(i32::from(sent.is_err())) }
            }
            ForkResult::Parent { child } => started.push((child, pipe)),
        }
    }
    let mut answers = Vec::new();
    for (child, pipe) in started {
        answers.push(io::read_to_string(pipe)?); // Reads until the child ends.
        assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));
    }
    Ok(answers)
}
