//! Double-checked initialisation: a flag says without the lock that the value is there.

use crate::platform::{AtomicU32, Mutex, Ordering, note, together};

struct Once {
    ready: AtomicU32,
    value: AtomicU32,
    lock: Mutex<()>,
}

impl Once {
    fn get(&self, me: usize, load: Ordering, store: Ordering) -> u32 {
        if self.ready.load(load) == 0 {
            let _guard = self.lock.lock();
            if self.ready.load(Ordering::Relaxed) == 0 {
                self.value.store(42, Ordering::Relaxed);
                self.ready.store(1, store);
                note(me, "writes the value, and sets the flag");
            }
        } else {
            note(me, "sees the flag, without the lock");
        }
        self.value.load(Ordering::Relaxed)
    }
}

/// The flag is `Relaxed`: the value need not be there for a thread that sees the flag and takes no lock.
pub fn broken() {
    let get = |once: &Once, me| check(me, once.get(me, Ordering::Relaxed, Ordering::Relaxed));
    together(once(), [get; 2]);
}

/// The flag is stored by `Release` and loaded by `Acquire`, as `std::sync::OnceLock` does.
pub fn mended() {
    let get = |once: &Once, me| check(me, once.get(me, Ordering::Acquire, Ordering::Release));
    together(once(), [get; 2]);
}

fn once() -> Once {
    Once {
        ready: AtomicU32::new(0),
        value: AtomicU32::new(0),
        lock: Mutex::new(()),
    }
}

fn check(me: usize, value: u32) {
    note(me, format!("gets {value}"));
    assert!(value == 42, "a thread gets a value that is not initialised");
}
