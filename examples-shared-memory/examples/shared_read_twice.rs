//! A thread reads, and asks to read again while a writer waits: a deadlock with one lock.
//!
//! A lock that lets no new reader in while a writer waits has this hazard. The second read waits
//! for the writer. The writer waits for the end of the first read, which is in the same thread.
//! In most programs the second read is inside a function that is called while the first guard
//! lives. A test in which no writer comes in between passes. The documentation of `RwLock` warns
//! of this, in the standard library and in `parking_lot`.
//!
//! Run: `cargo run --example shared_read_twice`
//!
//! Expected output:
//!
//! ```text
//! one thread reads, a writer waits, and the first thread asks to read again:
//!   broken, RwLock:          no answer in 20 ms, `read` would wait forever
//!   mended, one guard:       the function needs no lock, and returns the sum 6
//!   mended, RecursiveRwLock: reads at once, and the writer has waited 20 ms for nothing
//! ```
//!
//! Try: in `locks`, replace `try_read_for(PATIENCE)?` by `read()`. The program prints one line and
//! waits forever: end it with Ctrl-C. No core is busy, and the deadlock has one lock only.

use std::{thread, time::Duration};

use parking_lot::{RecursiveRwLock, RwLock};
use workloads::println;

const PATIENCE: Duration = Duration::from_millis(20);

fn main() {
    println!("one thread reads, a writer waits, and the first thread asks to read again:");
    let numbers = RwLock::new(vec![1, 2, 3]);
    thread::scope(|scope| {
        let guard = numbers.read();
        scope.spawn(|| numbers.write().push(4));
        while numbers.try_read().is_some() {
            thread::yield_now(); // Until the writer waits.
        }
        assert_eq!(locks(&numbers), None);
        println!("  broken, RwLock:          no answer in 20 ms, `read` would wait forever");
        let sum = is_lent(&guard);
        println!(
            "  mended, one guard:       the function needs no lock, and returns the sum {sum}"
        );
    });
    assert_eq!(numbers.into_inner(), [1, 2, 3, 4]); // The guard was dropped, so the writer wrote.

    let numbers = RecursiveRwLock::new(vec![1, 2, 3]);
    thread::scope(|scope| {
        let _guard = numbers.read();
        let writer = scope.spawn(|| numbers.try_write_for(PATIENCE).is_some());
        while !writer.is_finished() {
            let again = numbers.try_read(); // At any time, so also while the writer waits.
            assert!(again.is_some());
        }
        let has_written = writer.join().expect("it does not panic");
        assert!(!has_written);
    });
    println!(
        "  mended, RecursiveRwLock: reads at once, and the writer has waited 20 ms for nothing"
    );
}

/// Takes the lock, although its caller has it.
fn locks(numbers: &RwLock<Vec<u32>>) -> Option<u32> {
    let guard = numbers.try_read_for(PATIENCE)?;
    Some(guard.iter().sum())
}

/// Uses what its caller has locked.
fn is_lent(numbers: &[u32]) -> u32 {
    numbers.iter().sum()
}
