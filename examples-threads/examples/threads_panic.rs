//! A panic ends one thread, not the program: the thread that waits for it decides what happens
//! then.
//!
//! Three workers panic on purpose, and one scope because of its worker. Rust reports each panic on
//! stderr as soon as it happens. The lines below, on stdout, are what `main` learns of them.
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
//! Try: join the worker in its scope: `let _ = scope.spawn(|| workload.items(0..100)).join();`. The
//! scope then ends in order, `catch_unwind` returns `Ok`, and `expect_err` panics: it expected "the
//! scope panics", and got `()`.

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
    // The payload is what was given to `panic!`, of any type. Here it is a text.
    let message = panic_message(payload.as_ref());
    println!("join returned Err: {message}");

    // Where a worker is not joined, the scope itself panics at its end: no panic goes unseen.
    let unjoined = || {
        thread::scope(|scope| {
            scope.spawn(|| workload.items(0..100));
        });
    };
    // `catch_unwind` runs a closure, and returns its panic as an `Err`. `AssertUnwindSafe` promises
    // that what the closure uses is still in order afterwards.
    let payload = catch_unwind(AssertUnwindSafe(unjoined)).expect_err("the scope panics");
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
