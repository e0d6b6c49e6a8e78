//! A condition variable: a thread waits until another thread has changed something.
//!
//! A buffer has room for four items. A producer waits while the buffer is full, a consumer waits
//! while it is empty. `wait` takes the guard: it releases the lock, and the thread sleeps. After
//! `notify_one` by another thread, `wait` takes the lock again and returns the guard. By then a
//! third thread may have taken the item, so the thread looks again: hence `while`, and not `if`.
//!
//! Run: `cargo run --example shared_condvar`
//!
//! Expected output:
//!
//! ```text
//! the buffer was empty: while main waited, a producer put 7 into it
//! 2 producers, 2 consumers: 2000 items, each arrived once
//! ```
//!
//! Try: delete the line `self.not_full.notify_one();`. After the first line, nothing happens: both
//! producers wait for a call that no thread makes, and the consumers wait for items. (Ctrl-C ends
//! the program.)

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

use workloads::println;

const ROOM: usize = 4;
const ITEMS: u32 = 1_000; // Of each producer.
const NO_PANIC: &str = "no thread panics inside";

#[derive(Default)]
struct Buffer {
    items: Mutex<VecDeque<u32>>,
    not_full: Condvar,
    not_empty: Condvar,
}

impl Buffer {
    fn put(&self, item: u32) {
        let mut items = self.items.lock().expect(NO_PANIC);
        while items.len() == ROOM {
            items = self.not_full.wait(items).expect(NO_PANIC);
        }
        items.push_back(item);
        self.not_empty.notify_one();
    }

    fn take(&self) -> u32 {
        let mut items = self.items.lock().expect(NO_PANIC);
        assert!(items.len() <= ROOM);
        while items.is_empty() {
            items = self.not_empty.wait(items).expect(NO_PANIC);
        }
        self.not_full.notify_one();
        items.pop_front().expect("it is not empty")
    }
}

fn main() {
    let buffer = Buffer::default();
    thread::scope(|scope| {
        let mut items = buffer.items.lock().expect(NO_PANIC);
        scope.spawn(|| buffer.put(7)); // It needs the lock, which `main` holds.
        while items.is_empty() {
            items = buffer.not_empty.wait(items).expect(NO_PANIC);
        }
        let item = items.pop_front().expect("it is not empty");
        println!("the buffer was empty: while main waited, a producer put {item} into it");
    });

    let mut arrived = Vec::new();
    thread::scope(|scope| {
        let produce = |first| (first..first + ITEMS).for_each(|item| buffer.put(item));
        let consume = || (0..ITEMS).map(|_| buffer.take()).collect();
        scope.spawn(move || produce(0));
        scope.spawn(move || produce(ITEMS));
        for consumer in [scope.spawn(consume), scope.spawn(consume)] {
            let items: Vec<u32> = consumer.join().expect(NO_PANIC);
            arrived.extend(items);
        }
    });
    arrived.sort_unstable();
    let all: Vec<u32> = (0..2 * ITEMS).collect();
    assert!(arrived == all, "not each item once");
    let count = arrived.len();
    println!("2 producers, 2 consumers: {count} items, each arrived once");
}
