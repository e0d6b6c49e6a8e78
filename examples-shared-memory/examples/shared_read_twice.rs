//! A thread that reads asks to read again, and a writer waits between the two: a deadlock with one
//! lock.
//!
//! A lock that lets no new reader in while a writer waits has this hazard. The second read waits
//! for the writer, and the writer waits for the first read, which is in the same thread as the
//! second. Often the second read is hidden in a function that is called under the first guard. It
//! works in all tests in which no writer comes. The documentation of `std::sync::RwLock` warns of
//! it: `read` "might panic" or wait forever.
//!
//! Run: `cargo run --example shared_read_twice`
//!
//! Expected output:
//!
//! ```text
//! one thread reads, a writer waits, and the first thread asks to read again:
//!   broken, RwLock:          no answer in 20 ms, `read` would wait forever
//!   mended, one guard:       the function reads 0 by the guard of its caller
//!   mended, RecursiveRwLock: reads at once, the writer has waited 20 ms for nothing
//! ```
//!
//! Try: replace `try_read_for(PATIENCE)` and what belongs to it by `read()`. The program waits
//! forever. (End it with Ctrl-C.)

use std::{thread, time::Duration};

use parking_lot::{RecursiveRwLock, RwLock};
use workloads::println;

const PATIENCE: Duration = Duration::from_millis(20);

fn main() {
    println!("one thread reads, a writer waits, and the first thread asks to read again:");
    let lock = RwLock::new(0);
    thread::scope(|scope| {
        let guard = lock.read();
        scope.spawn(|| *lock.write() += 1);
        while lock.try_read().is_some() {
            thread::yield_now(); // Until the writer waits.
        }
        let again = locks_again(&lock);
        assert_eq!(again, None);
        println!("  broken, RwLock:          no answer in 20 ms, `read` would wait forever");
        let number = needs_no_lock(&guard);
        println!(
            "  mended, one guard:       the function reads {number} by the guard of its caller"
        );
    });
    assert_eq!(lock.into_inner(), 1); // The guard was dropped, and the writer has written.

    let lock = RecursiveRwLock::new(0);
    thread::scope(|scope| {
        let _guard = lock.read();
        let writer = scope.spawn(|| lock.try_write_for(PATIENCE).is_some());
        while !writer.is_finished() {
            let again = lock.try_read(); // At any time, so also while the writer waits.
            assert!(again.is_some());
        }
        let has_written = writer.join().expect("it does not panic");
        assert!(!has_written);
        println!(
            "  mended, RecursiveRwLock: reads at once, the writer has waited 20 ms for nothing"
        );
    });
}

fn locks_again(lock: &RwLock<u32>) -> Option<u32> {
    let guard = lock.try_read_for(PATIENCE)?;
    Some(*guard)
}

fn needs_no_lock(number: &u32) -> u32 {
    *number
}
