//! A lost wake-up: a thread is notified before it waits, and then waits forever. A stolen one: a
//! thread is woken up, and what it waited for has gone.
//!
//! A condition variable remembers nothing: `notify_one` wakes up a thread that waits now, or does
//! nothing. So a thread must look at the queue and start to wait in one critical section. And when
//! the thread wakes up, it must look again, in a `while` loop: another thread may have taken the
//! item. This program forces the order of the steps in which each mistake shows.
//!
//! Run: `cargo run --example shared_lost_wakeup`
//!
//! Expected output:
//!
//! ```text
//! a consumer looks into the empty queue, and another thread adds an item:
//!   broken, lock released in between: an item is there, not woken up in 200ms
//!   mended, one critical section:     woken up, takes Some(2)
//! a consumer waits, and another consumer takes the item first:
//!   broken, `if`:    woken up, takes None
//!   mended, `while`: woken up, waits again, takes Some(4)
//! ```
//!
//! Try: write `notify_all` instead of `notify_one` in `add`. Nothing changes: the first wake-up is
//! lost because no thread waits yet, so it does not matter how many threads would be woken up.

use std::sync::mpsc::{Sender, channel};
use std::{thread, time::Duration};

use parking_lot::{Condvar, Mutex};
use workloads::println;

static ITEMS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static ADDED: Condvar = Condvar::new();

const LIMIT: Duration = Duration::from_millis(200); // Without a limit, it would wait forever.

fn main() {
    println!("a consumer looks into the empty queue, and another thread adds an item:");
    assert!(ITEMS.lock().is_empty()); // Locked and unlocked in this line.
    let producer = thread::spawn(|| add(1));
    producer.join().expect("it does not panic"); // The producer runs here, from start to end.
    // This thread waits, because the queue was empty when it looked.
    assert!(ADDED.wait_for(&mut ITEMS.lock(), LIMIT).timed_out());
    assert_eq!(ITEMS.lock().pop(), Some(1));
    println!("  broken, lock released in between: an item is there, not woken up in {LIMIT:?}");
    let (has_looked, looked) = channel();
    let consumer = thread::spawn(move || take_mended(&has_looked));
    looked.recv().expect("the queue is empty");
    add(2); // Waits for the lock, until the consumer waits and so releases the lock.
    let taken = consumer.join().expect("it does not panic");
    assert_eq!(taken, Some(2));
    println!("  mended, one critical section:     woken up, takes {taken:?}");

    println!("a consumer waits, and another consumer takes the item first:");
    assert_eq!(steal(take_broken), None);
    println!("  broken, `if`:    woken up, takes None");
    assert_eq!(steal(take_mended), Some(4));
    println!("  mended, `while`: woken up, waits again, takes Some(4)");
}

/// A consumer waits, and another one takes the item first. Returns what the first one takes.
fn steal(take: fn(&Sender<()>) -> Option<u32>) -> Option<u32> {
    let (has_looked, looked) = channel();
    let consumer = thread::spawn(move || take(&has_looked));
    looked.recv().expect("the queue is empty");
    ITEMS.lock().push(3);
    assert_eq!(ITEMS.lock().pop(), Some(3)); // Here, this thread is the other consumer.
    ADDED.notify_one();
    if looked.recv().is_ok() {
        add(4); // The consumer has looked a second time.
    }
    consumer.join().expect("it does not panic")
}

fn add(item: u32) {
    ITEMS.lock().push(item);
    ADDED.notify_one();
}

fn take_broken(has_looked: &Sender<()>) -> Option<u32> {
    let mut items = ITEMS.lock();
    if items.is_empty() {
        has_looked.send(()).expect("`main` receives it");
        ADDED.wait(&mut items);
    }
    items.pop()
}

fn take_mended(has_looked: &Sender<()>) -> Option<u32> {
    let mut items = ITEMS.lock();
    while items.is_empty() {
        has_looked.send(()).expect("`main` receives it");
        ADDED.wait(&mut items);
    }
    items.pop()
}
