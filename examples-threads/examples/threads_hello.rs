//! A thread is a call that runs beside its caller: `spawn` starts it, `join` waits for it and
//! returns what it returned.
//!
//! Python's `threading.Thread` returns nothing, so its workers leave their results in a list that
//! all can reach. Here a worker's result comes back through its handle.
//!
//! Run: `cargo run --example threads_hello`
//!
//! Expected output:
//!
//! ```text
//! main: hello from thread main, ThreadId([..])
//! main: worker-0, ThreadId([..]), counted 78462 hits
//! main: worker-1, ThreadId([..]), counted 78328 hits
//! main: worker-2, ThreadId([..]), counted 78416 hits
//! main: worker-3, ThreadId([..]), counted 78776 hits
//! main: 313982 hits in all, as in serial, so pi is about 3.13982
//! ```
//!
//! Try: print from inside the workers too, run it ten times, and look at the order of those lines.

use std::io;
use std::num::NonZero;
use std::thread;

use workloads::chunks::Chunks;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Paradigm, Reduce, Serial, Workload, println};

fn main() -> io::Result<()> {
    println!("main: hello from thread {}", own_name());
    let workload = MonteCarloPi::with_input(400_000, &[])?;
    let four = NonZero::new(4).expect("4 is not 0");

    let mut workers = Vec::new();
    for (number, points) in Chunks::one_each(workload.len(), four).iter().enumerate() {
        // A thread may outlive the function that starts it, so it owns all that it uses.
        let workload = workload.clone();
        let work = move || (own_name(), workload.fold(points));
        let named = thread::Builder::new().name(format!("worker-{number}"));
        workers.push(named.spawn(work)?);
    }

    let mut summaries = Vec::new();
    // Workers may finish in any order. Joining them in order 0 to 3 makes the output the same every
    // time.
    for worker in workers {
        let (name, hits) = worker.join().expect("no worker panics");
        println!("main: {name}, counted {hits} hits");
        summaries.push(hits);
    }

    let hits = workload.merge_all(summaries);
    assert_eq!(hits, Serial.reduce(&workload)?);
    let pi = workload.estimate(hits);
    println!("main: {hits} hits in all, as in serial, so pi is about {pi}");
    Ok(())
}

/// The name and the id of the thread that calls it.
fn own_name() -> String {
    let thread = thread::current();
    format!("{}, {:?}", thread.name().unwrap_or("unnamed"), thread.id())
}
