//! A panic ends its own thread. The thread that waits for it decides what happens then.
//!
//! Only a panic of the main thread ends the program, with exit status 101. Two workers panic here
//! on purpose. Rust reports each panic on stderr as soon as it happens. The lines below, on stdout,
//! are what `main` learns of the panics.
//!
//! Run: `cargo run --example threads_panic`
//!
//! Expected output:
//!
//! ```text
//! join returned Err, and the panic's message is: this worker panics on purpose
//! threads/scoped returned Err: worker 2 (items 67..100) panicked: this item is faulty on purpose
//! main: still running
//! ```
//!
//! Try: write `worker.join().expect("no worker panics");` for the lines about the first worker. Now
//! `main` panics, too, and the program ends. `echo $?` prints 101.

use std::num::NonZero;
use std::{io, thread};

use examples_threads::Scoped;
use workloads::faulty::{Fault, FaultyMap};
use workloads::{Paradigm, panic_message, println};

fn main() -> io::Result<()> {
    let worker = thread::spawn(|| -> u64 { panic!("this worker panics on purpose") });
    if let Err(payload) = worker.join() {
        // The payload is what was given to `panic!`, of any type. Here it is a text.
        let message = panic_message(payload.as_ref());
        println!("join returned Err, and the panic's message is: {message}");
    }

    // A paradigm returns an error, which says which worker failed, and on which items. Of the 100
    // items of this workload, item 80 panics.
    let workload = FaultyMap::new(Fault::Panic);
    let workers = NonZero::new(3).expect("at least one worker");
    if let Err(error) = Scoped::start(workers)?.map(&workload) {
        println!("threads/scoped returned Err: {error}");
    }

    println!("main: still running");
    Ok(())
}
