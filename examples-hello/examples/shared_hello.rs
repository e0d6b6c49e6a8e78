//! Four threads add to one counter. A mutex lets one thread at a time use it.
//!
//! `lock` waits until no other thread holds the lock, and returns a *guard*: `*guard` is the number
//! inside, and the lock is free again when the guard is dropped, here at the end of the line. (The
//! result is an `Err` if a thread panicked while it held the lock.) A scope waits for its threads:
//! so they can use `counter`, which belongs to `main`.
//!
//! Run: `cargo run --example shared_hello`
//!
//! Expected output:
//!
//! ```text
//! 4 threads added 1000 each: the counter says 4000
//! ```
//!
//! Try: use no mutex. Begin with `let mut counter = 0;`, let the threads do `counter += 1;`, delete
//! the line with `total`, and print `counter`. The compiler (which also warns about the unused
//! import) says that `counter` is borrowed mutably more than once. That is how it refuses a *data
//! race*: two threads use one variable at the same time, at least one of them writes, and nothing
//! (no lock, no atomic) coordinates them.

use std::{sync::Mutex, thread};

fn main() {
    let counter = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    *counter.lock().expect("no thread panics") += 1;
                }
            });
        }
    });
    let total = counter.into_inner().expect("no thread panics");
    println!("4 threads added 1000 each: the counter says {total}");
}
