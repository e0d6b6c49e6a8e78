//! Two threads, two arguments: each thread is given one number and counts on, the next five numbers.
//!
//! Many courses on parallel computing begin with this program. `process_numbers` is the same program
//! with processes.
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
//! Try: let each worker print a line, too: `move || { println!("given {argument}");
//! count_on(argument) }`, and run the program twenty times. The new lines come before or after the
//! first line of `main`, and now and then the second worker is first: nothing fixes their order.

use std::thread;

use workloads::numbers::count_on;
use workloads::println;

fn main() {
    let arguments = [10, 20];
    let mut workers = Vec::new();
    for argument in arguments {
        workers.push(thread::spawn(move || count_on(argument)));
    }
    // One loop starts all workers, a second one waits for them: so they can run at the same time.
    println!("main: started two workers");

    for (number, worker) in workers.into_iter().enumerate() {
        let counted = worker.join().expect("no worker panics");
        let argument = arguments[number];
        assert_eq!(counted, count_on(argument));
        println!("worker {number} was given {argument} and counted {counted:?}");
    }
}
