//! A ring in memory that a child and its parent share: messages without a system call.
//!
//! A ring is an array that is used in a circle, with two counts: how many messages were written,
//! and how many were read. Each count has one writer, so a message needs no lock and no system
//! call: the producer writes it into its slot, then raises its count, and the consumer sees the
//! count. A pipe needs two system calls for each message, `write` and `read`, and copies the
//! message twice.
//!
//! Here the parent sends numbers to a child by one ring, and gets their squares by another ring.
//! A side that has to wait looks at the ring for up to `SPIN`. After that it sleeps, and the
//! other side has to wake it up by a system call.
//!
//! Run: `cargo run --example shared_ring`
//!
//! Expected output:
//!
//! ```text
//! a child squared 100000 numbers: as in serial
//! 200000 messages went through two rings, and the parent slept [..] times
//! after the last square: the other side has closed its end
//! ```
//!
//! Try: set `SPIN` to `Duration::ZERO`. The parent then sleeps some thousands of times: whenever it
//! finds no square. Then set `CAPACITY` to 1, too. Now the parent sleeps for most of the squares.

#![allow(unsafe_code, reason = "this lesson forks")]

use std::time::Duration;

#[cfg(unix)]
use examples_shared_memory::{Shared, sync::Refused, sync::Ring};
#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::resource::{UsageWho, getrusage},
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
use workloads::println;

examples_processes::needs_unix!();

const NUMBERS: u64 = 100_000;
const CAPACITY: usize = 64;
const SPIN: Duration = Duration::from_micros(50);

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let serial: Vec<u64> = (0..NUMBERS).map(|number| number * number).collect();
    // The rings lie in mappings, which are made before the fork: both processes have them.
    let there: Shared<Ring<u64, CAPACITY>> = Shared::new(Ring::new(SPIN))?;
    let back: Shared<Ring<u64, CAPACITY>> = Shared::new(Ring::new(SPIN))?;

    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    let child = match unsafe { fork() }? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            // Each end belongs to the process that claims it.
            if let (Some(mut numbers), Some(mut squares)) = (there.consumer(), back.producer()) {
                while let Ok(number) = numbers.pop() {
                    if squares.push(number * number).is_err() {
                        break;
                    }
                }
            } // The ends are dropped here: that closes them.
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(0) }
        }
    };

    let mut numbers = there.producer().expect("no other process sends numbers");
    let mut squares = back.consumer().expect("no other process reads squares");
    let mut received = Vec::new();
    for number in 0..NUMBERS {
        // No more are on their way than a ring holds. Else both sides could wait for room forever.
        if number >= CAPACITY as u64 {
            received.push(squares.pop()?);
        }
        numbers.push(number)?;
    }
    drop(numbers);
    while let Ok(square) = squares.pop() {
        received.push(square);
    }
    let end = squares.pop().expect_err("there is no square any more");
    assert!(received == serial, "not all squares arrived in order");
    assert_eq!(end, Refused::Closed);
    assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));
    println!("a child squared {NUMBERS} numbers: as in serial");
    // A process that gives its core away because it waits: a voluntary context switch.
    let slept = getrusage(UsageWho::RUSAGE_SELF)?.voluntary_context_switches();
    println!("200000 messages went through two rings, and the parent slept {slept} times");
    println!("after the last square: {end}");
    Ok(())
}
