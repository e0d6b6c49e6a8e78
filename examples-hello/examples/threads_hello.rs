//! A thread is a part of a program that runs at the same time as the rest of it.
//!
//! `spawn` starts a thread and gives it a closure to run. A closure, `|| ...`, is a function
//! without a name. `join` waits until the thread has ended; its result is an `Err` if the thread
//! has panicked.
//!
//! Run: `cargo run --example threads_hello`
//!
//! Expected output:
//!
//! ```text
//! main:   hello
//! worker: hello from a second thread
//! main:   the worker has ended
//! ```
//!
//! Try: delete the line with `join` (the compiler then warns about `worker`), and run the program
//! ten times. In most runs, the worker's line is missing, and the last line is false: the program
//! ends when `main` ends, and every other thread ends with it.

use std::thread;

fn main() {
    println!("main:   hello");
    let worker = thread::spawn(|| println!("worker: hello from a second thread"));
    worker.join().expect("the worker does not panic");
    println!("main:   the worker has ended");
}
