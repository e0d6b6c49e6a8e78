//! A channel is closed when its last sender is dropped, or its last receiver.
//!
//! When the last sender is dropped, the messages that are in the channel still arrive. Then `recv`
//! returns an error, and a `for` loop ends. So a sender that is forgotten keeps the channel open.
//! When the last receiver is dropped, `send` returns the message in its error. The messages that
//! are in the channel at this moment are lost: to have sent a message does not mean that it was
//! received.
//!
//! Run: `cargo run --example channel_disconnect`
//!
//! Expected output:
//!
//! ```text
//! 4 workers have sent their results, and have ended:
//!   broken, `main` keeps a sender: as in serial; for 100ms, timed out waiting on receive operation
//!   mended, `main` keeps none:     as in serial; at once, channel is empty and disconnected
//! three tasks are sent to a worker that ends after one:
//!   task 0 was received
//!   task 1 was sent, and dropped with the channel: `main` is its only owner
//!   task 2 comes back: sending on a disconnected channel
//! ```
//!
//! Try: write `let _kept = receiver.clone();` below `unbounded()` in `main`. A receiver is left,
//! although no thread uses it: so task 1 is not dropped, and the program panics at `assert_eq!`.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam::channel::{RecvTimeoutError, unbounded};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;
const WORKERS: usize = 4;

const LIMIT: Duration = Duration::from_millis(100); // Without a limit, it would wait forever.

fn main() {
    println!("{WORKERS} workers have sent their results, and have ended:");
    let error = collect(false);
    assert_eq!(error, RecvTimeoutError::Timeout);
    println!("  broken, `main` keeps a sender: as in serial; for {LIMIT:?}, {error}");
    let error = collect(true);
    assert_eq!(error, RecvTimeoutError::Disconnected);
    println!("  mended, `main` keeps none:     as in serial; at once, {error}");

    println!("three tasks are sent to a worker that ends after one:");
    let tasks = [0, 1, 2].map(Arc::new); // An `Arc` counts its owners.
    let (sender, receiver) = unbounded();
    sender.send(Arc::clone(&tasks[0])).expect("it is open");
    sender.send(Arc::clone(&tasks[1])).expect("it is open");
    // The worker owns the only receiver, and drops it when it ends.
    let worker = thread::spawn(move || *receiver.recv().expect("a task is there"));
    let done = worker.join().expect("it does not panic");
    println!("  task {done} was received");
    assert_eq!(Arc::strong_count(&tasks[1]), 1);
    println!("  task 1 was sent, and dropped with the channel: `main` is its only owner");
    let error = sender
        .send(Arc::clone(&tasks[2]))
        .expect_err("it is closed");
    println!("  task {} comes back: {error}", error.0);
}

/// Receives the workers' results. Returns the error that ends the loop.
fn collect(drop_sender: bool) -> RecvTimeoutError {
    let workload = MonteCarloPi::new(POINTS);
    let (sender, receiver) = unbounded();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (workload, sender) = (&workload, sender.clone());
            scope.spawn(move || {
                let points = worker * POINTS / WORKERS..(worker + 1) * POINTS / WORKERS;
                sender.send(workload.fold(points)).expect("it is open");
            });
        }
    }); // All workers have ended here, and their clones are dropped.
    let _forgotten = (!drop_sender).then_some(sender);
    let mut hits = Vec::new();
    let error = loop {
        match receiver.recv_timeout(LIMIT) {
            Ok(more) => hits.push(more),
            Err(error) => break error,
        }
    };
    assert_eq!(workload.merge_all(hits), workload.fold(0..POINTS));
    error
}
