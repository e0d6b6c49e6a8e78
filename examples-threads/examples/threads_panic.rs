//! A panic ends one worker, not the program: its parent decides what happens then.
//!
//! Five workers panic on purpose, and one scope because of its worker. The panic hook reports all six
//! on stderr at once; the lines below, on stdout, are what the parent sees of them.
//!
//! Run: `cargo run --example threads_panic`
//!
//! Expected output:
//!
//! ```text
//! spawn and join: Err, its payload says "this item is faulty on purpose"
//! scope, not joined: the scope panics, "a scoped thread panicked"
//! rayon: the caller panics, "this item is faulty on purpose"
//! threads/scoped: worker 2 (items 67..100) panicked: this item is faulty on purpose
//! threads/rayon: worker [..] (items 80..82) panicked: this item is faulty on purpose
//! main: still running
//! ```
//!
//! Try: join the scope's worker by hand. The scope then returns as usual, and it is `message_of` that
//! panics, since it has nothing to catch.

use std::io;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use examples_threads::{Rayon, Scoped};
use workloads::faulty::{Fault, FaultyMap};
use workloads::{Map, Paradigm, Workload, panic_message, println};

fn main() -> io::Result<()> {
    // Item 80 of 100 panics.
    let workload = FaultyMap::new(Fault::Panic);
    let all = 0..workload.len();

    let (copy, items) = (workload.clone(), all.clone());
    let payload = thread::spawn(move || copy.items(items))
        .join()
        .expect_err("it panics");
    let message = panic_message(payload.as_ref());
    println!("spawn and join: Err, its payload says {message:?}");

    // The worker is not joined, so its panic would go unseen: the scope panics itself.
    let message = message_of(|| {
        thread::scope(|scope| drop(scope.spawn(|| workload.items(all.clone()))));
    });
    println!("scope, not joined: the scope panics, {message:?}");

    let message = message_of(|| {
        rayon::join(|| workload.items(0..50), || workload.items(50..100));
    });
    println!("rayon: the caller panics, {message:?}");

    // A paradigm returns an error, which also says which worker failed, and on which items.
    let three = NonZero::new(3).expect("3 is not 0");
    let outcome = Scoped::start(three)?.map(&workload);
    println!("threads/scoped: {}", outcome.expect_err("a worker panics"));
    let outcome = Rayon::start(three)?.map(&workload);
    println!("threads/rayon: {}", outcome.expect_err("a worker panics"));

    println!("main: still running");
    Ok(())
}

/// The message of the panic that `work` passes on to its caller.
fn message_of(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    panic_message(payload.as_ref())
}
