//! Store buffering: each thread writes its own word and reads the other one's. May both read the old value?

use crate::platform::{AtomicU32, Ordering, note, together};

#[derive(Default)]
struct Words {
    written: [Word; 2],
    seen: [Word; 2],
}

struct Word(AtomicU32);

impl Default for Word {
    fn default() -> Self {
        Self(AtomicU32::new(0))
    }
}

/// With `Release` and `Acquire`, both may: a write may be on its way while the same thread reads.
pub fn broken() {
    run([
        |words, me| write_and_look(words, me, Ordering::Release, Ordering::Acquire),
        |words, me| write_and_look(words, me, Ordering::Release, Ordering::Acquire),
    ]);
}

/// With `SeqCst` there is one order of all four accesses. One of the writes is first, and the other thread reads it.
pub fn mended() {
    run([
        |words, me| write_and_look(words, me, Ordering::SeqCst, Ordering::SeqCst),
        |words, me| write_and_look(words, me, Ordering::SeqCst, Ordering::SeqCst),
    ]);
}

fn run(threads: [fn(&Words, usize); 2]) {
    let words = together(Words::default(), threads);
    let [first, second] = &words.seen;
    let seen = [first, second].map(|seen| seen.0.load(Ordering::Relaxed));
    assert!(
        seen != [0, 0],
        "neither thread has seen the other one's write"
    );
}

fn write_and_look(words: &Words, me: usize, store: Ordering, load: Ordering) {
    words.written[me].0.store(1, store);
    note(me, "writes its own word");
    let seen = words.written[1 - me].0.load(load);
    note(me, format!("reads {seen} in the other one"));
    words.seen[me].0.store(seen, Ordering::Relaxed);
}
