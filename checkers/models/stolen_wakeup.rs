//! A stolen wake-up: between the notification and the moment at which the waiter has the lock again, another thread takes
//! the item. (A spurious wake-up does the same without the other thread.)

use crate::platform::{Condvar, Mutex, note, together};

struct Queue {
    items: Mutex<Vec<u32>>,
    changed: Condvar,
}

/// Waits by `if`: what was notified is believed.
pub fn broken() {
    let take = |queue: &Queue, me| {
        let mut items = queue.items.lock();
        if items.is_empty() {
            note(me, "waits");
            items = queue.changed.wait(items);
        }
        let item = items.pop();
        note(me, format!("takes {item:?}"));
        assert!(item.is_some(), "the queue is empty");
    };
    together(queue(), [put, take, take]);
}

/// Waits by `while`: the condition is looked at again.
pub fn mended() {
    let take = |queue: &Queue, me| {
        let mut items = queue.items.lock();
        while items.is_empty() {
            note(me, "waits");
            items = queue.changed.wait(items);
        }
        let item = items.pop();
        note(me, format!("takes {item:?}"));
    };
    together(queue(), [put, take, take]);
}

fn queue() -> Queue {
    Queue {
        items: Mutex::new(Vec::new()),
        changed: Condvar::new(),
    }
}

fn put(queue: &Queue, me: usize) {
    for item in [1, 2] {
        queue.items.lock().push(item);
        note(me, format!("puts {item}"));
        queue.changed.notify_one();
        note(me, "has notified");
    }
}
