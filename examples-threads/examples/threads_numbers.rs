//! Two threads, two arguments: each thread is given one number and counts on, the next five
//! numbers.
//!
//! `move` gives the closure what it uses, here a copy of the number. A thread may go on after the
//! function that started it has returned, so it cannot borrow from that function. `join` returns
//! what the closure returned. Many courses on parallel computing begin with this program;
//! `process_numbers` is the same program with processes.
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
//! Try: let `count_on` begin with `println!("given {number}");`, and run the program twenty times.
//! The new lines come before or after the first line of `main`, and now and then the second worker
//! is first: nothing fixes their order.

use std::thread;

use workloads::println;

fn main() {
    let numbers = [10, 20];
    let mut workers = Vec::new();
    for number in numbers {
        workers.push(thread::spawn(move || count_on(number)));
    }
    // One loop starts all workers, a second one waits for them: so they can run at the same time.
    println!("main: started two workers");

    // `enumerate` numbers what a loop goes over.
    for (worker, handle) in workers.into_iter().enumerate() {
        let counted = handle.join().expect("no worker panics");
        let number = numbers[worker];
        assert_eq!(counted, count_on(number));
        println!("worker {worker} was given {number} and counted {counted:?}");
    }
}

fn count_on(number: u64) -> [u64; 5] {
    [1, 2, 3, 4, 5].map(|step| number + step)
}
