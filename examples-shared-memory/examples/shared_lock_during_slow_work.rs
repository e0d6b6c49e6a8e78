//! A lock that is held during slow work makes all other threads wait, even a thread that needs the
//! lock for a moment only.
//!
//! The mended version locks to look, computes without the lock, and locks again to store. Between
//! these two critical sections, another thread may have stored a result for the same number, so the
//! second section looks again. The last lines are about guards without a name: a guard in the head
//! of a `match`, an `if let` or a `for` holds the lock until the block has ended.
//!
//! Run: `cargo run --example shared_lock_during_slow_work`
//!
//! Expected output:
//!
//! ```text
//! while a worker counts divisors, `main` tries to lock the cache:
//!   broken, counts inside the critical section:    locked
//!   mended, counts between two critical sections:  free
//!   mended, two workers count for the same number: both return 16
//! in the block of each of these, the cache is
//!   locked  in `match CACHE.lock().get(..)`
//!   free    in the `else` of such an `if let`
//!   locked  in `for .. in CACHE.lock().keys()`
//! ```
//!
//! Try: write `CACHE.lock().insert(0, 0);` into the block of the `for` loop. Now the program waits
//! forever for a lock that it holds itself: stop it with Ctrl-C. The same line in the `else` block
//! is harmless.

use std::{collections::BTreeMap, sync::Barrier, thread};

use parking_lot::Mutex;
use workloads::println;

/// How many divisors a number has.
static CACHE: Mutex<BTreeMap<u64, usize>> = Mutex::new(BTreeMap::new());
static MEETING: Barrier = Barrier::new(2);

fn main() {
    println!("while a worker counts divisors, `main` tries to lock the cache:");
    assert!(locked_during(|| get_broken(5_040_000)));
    println!("  broken, counts inside the critical section:    locked");
    assert!(!locked_during(|| get_mended(5_040_001)));
    println!("  mended, counts between two critical sections:  free");
    let other = thread::spawn(|| get_mended(5_040_002));
    let count = get_mended(5_040_002);
    assert_eq!(count, other.join().expect("it does not panic"));
    println!("  mended, two workers count for the same number: both return {count}");

    println!("in the block of each of these, the cache is");
    // The guard has no name, and lives until the end of the `match`.
    match CACHE.lock().get(&5_040_000) {
        Some(_) => print("locked", "in `match CACHE.lock().get(..)`"),
        None => unreachable!("it is stored"),
    }
    if let Some(_count) = CACHE.lock().get(&12) {
    } else {
        print("free", "in the `else` of such an `if let`");
    }
    for _number in CACHE.lock().keys().take(1) {
        print("locked", "in `for .. in CACHE.lock().keys()`");
    }
}

fn print(state: &str, place: &str) {
    assert_eq!(state == "locked", CACHE.try_lock().is_none());
    println!("  {state:7} {place}");
}

fn locked_during(get: fn() -> usize) -> bool {
    let worker = thread::spawn(get);
    MEETING.wait();
    let locked = CACHE.try_lock().is_none();
    MEETING.wait();
    worker.join().expect("it does not panic");
    locked
}

fn get_broken(number: u64) -> usize {
    let mut cache = CACHE.lock();
    let entry = cache.entry(number);
    *entry.or_insert_with(|| count_divisors(number))
}

fn get_mended(number: u64) -> usize {
    let known = CACHE.lock().get(&number).copied(); // Locked and unlocked in this line.
    if let Some(count) = known {
        return count;
    }
    let count = count_divisors(number);
    *CACHE.lock().entry(number).or_insert(count) // If another thread has stored it, that stays.
}

/// Slow work. It meets another thread at its beginning and at its end.
fn count_divisors(number: u64) -> usize {
    MEETING.wait();
    let divides = |divisor: &u64| number.is_multiple_of(*divisor);
    let count = (1..=number).filter(divides).count();
    MEETING.wait();
    count
}
