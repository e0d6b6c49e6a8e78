//! Message passing: data is written, then a flag is set. Is the data there for a thread that sees the flag?

use crate::platform::{AtomicU32, Ordering, note, together};

struct Message {
    data: AtomicU32,
    flag: AtomicU32,
}

/// With `Relaxed`, it need not be: the two writes may become visible in the other order.
pub fn broken() {
    run([
        |message, me| send(message, me, Ordering::Relaxed),
        |message, me| receive(message, me, Ordering::Relaxed),
    ]);
}

/// A load by `Acquire` that sees a store by `Release` sees all that was written before it.
pub fn mended() {
    run([
        |message, me| send(message, me, Ordering::Release),
        |message, me| receive(message, me, Ordering::Acquire),
    ]);
}

fn run(threads: [fn(&Message, usize); 2]) {
    let message = Message {
        data: AtomicU32::new(0),
        flag: AtomicU32::new(0),
    };
    together(message, threads);
}

fn send(message: &Message, me: usize, store: Ordering) {
    message.data.store(42, Ordering::Relaxed);
    note(me, "writes the data");
    message.flag.store(1, store);
    note(me, "sets the flag");
}

fn receive(message: &Message, me: usize, load: Ordering) {
    if message.flag.load(load) == 1 {
        note(me, "sees the flag");
        let data = message.data.load(Ordering::Relaxed);
        note(me, format!("reads {data}"));
        assert!(data == 42, "the flag is set, and the data is not there");
    }
}
