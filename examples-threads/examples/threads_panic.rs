//! A panic ends one thread, not the program: the thread that waits for it decides what happens
//! then.
//!
//! Three workers panic on purpose, and one scope because of its worker. Rust reports all four
//! panics on stderr at once. The lines below, on stdout, are what `main` learns of them.
//!
//! Run: `cargo run --example threads_panic`
//!
//! Expected output:
//!
//! ```text
//! join returned Err: this item is faulty on purpose
//! a scope whose worker was not joined panicked: a scoped thread panicked
//! threads/scoped returned Err: worker 2 (items 67..100) panicked: this item is faulty on purpose
//! main: still running
//! ```
//!
//! Try: join the scope's worker in the scope: `let _ = scope.spawn(...).join();`. The scope now
//! returns as usual, and the `expect_err` below it panics, because `catch_unwind` has caught
//! nothing.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{io, thread};

use examples_threads::Scoped;
use workloads::faulty::{Fault, FaultyMap};
use workloads::{Map, Paradigm, panic_message, println};

fn main() -> io::Result<()> {
    // Item 80 of 100 panics.
    let workload = FaultyMap::new(Fault::Panic);

    let copy = workload.clone();
    let worker = thread::spawn(move || copy.items(0..100));
    let payload = worker.join().expect_err("the worker panics");
    let message = panic_message(payload.as_ref()); // The payload is what was given to `panic!`.
    println!("join returned Err: {message}");

    // Where a worker is not joined, the scope itself panics at its end: no panic goes unseen.
    let scope = || {
        thread::scope(|scope| {
            scope.spawn(|| workload.items(0..100));
        });
    };
    let payload = catch_unwind(AssertUnwindSafe(scope)).expect_err("the scope panics");
    let message = panic_message(payload.as_ref());
    println!("a scope whose worker was not joined panicked: {message}");

    // A paradigm returns an error, which says which worker failed, and on which items.
    let three = NonZero::new(3).expect("3 is not 0");
    let outcome = Scoped::start(three)?.map(&workload);
    let error = outcome.expect_err("a worker panics");
    println!("threads/scoped returned Err: {error}");

    println!("main: still running");
    Ok(())
}
