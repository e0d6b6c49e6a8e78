//! Threads share memory: what one thread writes, the others find at the same address.
//!
//! `process_isolation` is the same program with a process, and ends differently.
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
//! ```
//!
//! Try: print `result` in the scope, below `scope.spawn(...)`. The compiler refuses it: while a
//! worker may change `result`, no other thread may use it. `shared_hello` shows how several threads
//! can.

use std::thread;

use workloads::squares::Squares;
use workloads::{Map, println};

fn main() {
    let workload = Squares::new(4);
    let mut result = Vec::new();
    println!("{}", report("main:  ", &result));

    thread::scope(|scope| {
        scope.spawn(|| {
            result.extend(workload.items(0..4));
            println!("{}", report("worker:", &result));
        });
    });

    println!("{}", report("main:  ", &result));
    assert_eq!(result, [0, 1, 4, 9]);
    println!("main:   the worker's change is seen here, too");
}

/// The list, and the address of the variable that holds it.
fn report(who: &str, result: &Vec<u64>) -> String {
    format!("{who} result at {result:p} is {result:?}")
}
