//! Threads share their variables: all others see what one changes.
//!
//! `process_isolation` is the same program with a child process, and ends differently.
//!
//! Run: `cargo run --example threads_shared_variable`
//!
//! Expected output:
//!
//! ```text
//! main:   result at [..] is []
//! worker: result at [..] is [0, 1, 4, 9]
//! main:   result at [..] is [0, 1, 4, 9]
//! main:   the worker's change is seen here, too
//! main:   two more workers at once, sorted: [0, 1, 4, 9, 16, 25, 36, 49]
//! ```
//!
//! Try: start the two workers of the second part without the `Mutex`, as the first part does, and
//! read what the compiler says.

use std::io;
use std::sync::Mutex;
use std::thread;

use workloads::squares::Squares;
use workloads::{Map, Paradigm, Serial, Workload, println};

fn main() -> io::Result<()> {
    let workload = Squares::with_input(8, &[])?;
    let serial = Serial.map(&workload)?;
    let mut result = Vec::new();
    report("main:  ", &result);

    // The worker borrows `result` mutably. Until the scope ends, main cannot even read it.
    thread::scope(|scope| {
        scope.spawn(|| {
            result.extend(workload.items(0..4));
            report("worker:", &result);
        });
    });
    report("main:  ", &result);
    assert_eq!(result, serial[0..4]);
    println!("main:   the worker's change is seen here, too");

    // Only one thread can borrow mutably. For two at once, a lock lets one after the other do so.
    let shared = Mutex::new(result);
    thread::scope(|scope| {
        for items in [4..6, 6..8] {
            let (shared, workload) = (&shared, &workload);
            scope.spawn(move || {
                let mut result = shared.lock().expect("no worker panics");
                result.extend(workload.items(items));
            });
        }
    });
    let mut result = shared.into_inner().expect("no worker panics");
    // The worker that took the lock first appended first: that order is not the same every time.
    result.sort_unstable();
    assert_eq!(result, *serial);
    println!("main:   two more workers at once, sorted: {result:?}");
    Ok(())
}

/// The address is that of the variable itself.
fn report(who: &str, result: &Vec<u64>) {
    println!("{who} result at {result:p} is {result:?}");
}
