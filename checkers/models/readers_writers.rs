//! Readers against writers: many may read at a time, or one may write.

use crate::platform::{AtomicU32, Condvar, Mutex, Ordering, note, together};

/// Two fields that are equal, except while a writer is between them. (Their locks only say that each is whole.)
struct Data([Mutex<u32>; 2]);

impl Data {
    fn new() -> Self {
        Self([Mutex::new(0), Mutex::new(0)])
    }

    fn write(&self, me: usize) {
        for field in &self.0 {
            *field.lock() = 1;
            note(me, "writes a field");
        }
    }

    fn read(&self, me: usize) {
        let [x, y] = [*self.0[0].lock(), *self.0[1].lock()];
        note(me, format!("reads {x} and {y}"));
        assert!(x == y, "a reader was let in while a writer wrote");
    }
}

/// Who is inside, in two counts.
struct Counts {
    readers: AtomicU32,
    writers: AtomicU32,
    data: Data,
}

/// Each looks at the count of the others, and then raises its own: that is check, then act.
pub fn broken() {
    let read = |counts: &Counts, me| {
        if counts.writers.load(Ordering::SeqCst) == 0 {
            note(me, "sees no writer");
            counts.readers.fetch_add(1, Ordering::SeqCst);
            counts.data.read(me);
            counts.readers.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let write = |counts: &Counts, me| {
        if counts.readers.load(Ordering::SeqCst) == 0 {
            note(me, "sees no reader");
            counts.writers.fetch_add(1, Ordering::SeqCst);
            counts.data.write(me);
            counts.writers.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let counts = Counts {
        readers: AtomicU32::new(0),
        writers: AtomicU32::new(0),
        data: Data::new(),
    };
    together(counts, [read, write]);
}

/// The counts behind a lock, and a condition variable to wait for them.
struct Door {
    readers_and_writers: Mutex<[u32; 2]>,
    changed: Condvar,
    data: Data,
}

impl Door {
    fn enter(&self, mine: usize, may_enter: fn([u32; 2]) -> bool) {
        let mut counts = self.readers_and_writers.lock();
        while !may_enter(*counts) {
            counts = self.changed.wait(counts);
        }
        counts[mine] += 1;
    }

    fn leave(&self, mine: usize) {
        self.readers_and_writers.lock()[mine] -= 1;
        self.changed.notify_all();
    }
}

/// Looks at both counts and raises one of them in one critical section. The lock is not held while data is read.
pub fn mended() {
    let read = |door: &Door, me| {
        door.enter(0, |[_, writers]| writers == 0);
        door.data.read(me);
        door.leave(0);
    };
    let write = |door: &Door, me| {
        door.enter(1, |counts| counts == [0, 0]);
        door.data.write(me);
        door.leave(1);
    };
    let door = Door {
        readers_and_writers: Mutex::new([0, 0]),
        changed: Condvar::new(),
        data: Data::new(),
    };
    together(door, [read, write]);
}
