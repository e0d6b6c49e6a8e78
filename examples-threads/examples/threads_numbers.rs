//! Two threads, two arguments: each thread is given one number and counts five further.
//!
//! Many courses on parallel computing begin with this program. `process_numbers` is the same
//! program with processes.
//!
//! Run: `cargo run --example threads_numbers`
//!
//! Expected output:
//!
//! ```text
//! main: started two workers
//! worker 0 was given 10 and counted [11, 12, 13, 14, 15]
//! worker 1 was given 20 and counted [21, 22, 23, 24, 25]
//! ```
//!
//! Try: take the `println!` of the last loop into the closures, and run the program ten times. Each
//! thread then prints when it is done, and nothing fixes which line comes first.

use std::thread;

use workloads::numbers::count_on;
use workloads::println;

fn main() {
    let arguments = [10, 20];
    let mut workers = Vec::new();
    for number in arguments {
        workers.push(thread::spawn(move || count_on(number)));
    }
    // Both workers run by now: one loop starts them all, a second one waits for them.
    println!("main: started two workers");

    for (worker, handle) in workers.into_iter().enumerate() {
        let counted = handle.join().expect("no worker panics");
        let number = arguments[worker];
        assert_eq!(counted, count_on(number));
        println!("worker {worker} was given {number} and counted {counted:?}");
    }
}
