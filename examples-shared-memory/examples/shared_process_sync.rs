//! A pipeline of three processes: semaphores, a barrier and an event in memory that they share.
//!
//! One child makes numbers, a second squares them, and the parent adds them up. Between two of
//! them lies a buffer with room for four numbers. Two semaphores count its full and its empty
//! places: a process that finds no such place waits, until another process adds one. A barrier
//! lets all three begin together. The parent writes how many numbers it wants, and then sets an
//! event, for which the children wait. The types are like those for threads, but without
//! pointers, so that they can lie in a mapping.
//!
//! Run: `cargo run --example shared_process_sync`
//!
//! Expected output:
//!
//! ```text
//! three processes have come to the barrier
//! the sum of 100 squares is 338350, through buffers for 4 numbers
//! both children have ended, and all places are empty
//! ```
//!
//! Try: remove the line `full.acquire().forget();`. The parent reads places that are not yet
//! filled, and the check of the sum fails.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::{io, num::NonZero, time::Duration};

#[cfg(unix)]
use examples_processes::Forked;
use examples_shared_memory::Shared;
use examples_shared_memory::sync::{Barrier, Event, Semaphore};
use workloads::println;

examples_processes::needs_unix!();

const ROOM: u32 = 4;

/// How many places are full, how many are empty, and the places.
type Buffer = (Semaphore, Semaphore, [AtomicU64; ROOM as usize]);

#[cfg(unix)]
fn main() -> io::Result<()> {
    let three = NonZero::new(3).expect("three processes");
    let barrier = Barrier::new(three, Duration::ZERO);
    let wanted = (Event::new(), AtomicU64::new(0));
    let shared = Shared::new((barrier, wanted, buffer(), buffer()))?;
    let (barrier, (is_known, wanted), numbers, squares) = &*shared;

    let first = Forked::start(|| {
        barrier.wait();
        is_known.wait();
        for count in 1..=wanted.load(Relaxed) {
            put(numbers, count, count);
        }
    })?;
    let second = Forked::start(|| {
        barrier.wait();
        is_known.wait();
        for count in 1..=wanted.load(Relaxed) {
            let number = take(numbers, count);
            put(squares, count, number * number);
        }
    })?;
    barrier.wait();
    wanted.store(100, Relaxed); // The processes that wait for the event see it.
    is_known.set();
    let sum: u64 = (1..=100).map(|count| take(squares, count)).sum();
    assert_eq!(sum, 338_350);
    assert!(first.wait()?.success() && second.wait()?.success());
    assert_eq!((numbers.0.permits(), numbers.1.permits()), (0, ROOM));
    assert_eq!((squares.0.permits(), squares.1.permits()), (0, ROOM));
    println!("three processes have come to the barrier");
    println!("the sum of 100 squares is {sum}, through buffers for {ROOM} numbers");
    println!("both children have ended, and all places are empty");
    Ok(())
}

fn buffer() -> Buffer {
    (Semaphore::new(0), Semaphore::new(ROOM), Default::default())
}

/// Waits for an empty place, and fills it. `count` says how many numbers have come this way.
fn put((full, empty, places): &Buffer, count: u64, number: u64) {
    empty.acquire().forget(); // `take` gives it back.
    places[count as usize % places.len()].store(number, Relaxed);
    full.add(1); // The process that takes this permit sees the number.
}

/// Waits for a full place, and empties it.
fn take((full, empty, places): &Buffer, count: u64) -> u64 {
    full.acquire().forget();
    let number = places[count as usize % places.len()].load(Relaxed);
    empty.add(1);
    number
}
