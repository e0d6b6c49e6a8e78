//! The kernel's futex as a model: a table of the threads that sleep, each with the word that it sleeps on.
//!
//! The kernel compares the word and puts the thread into its table in one step with regard to wake-ups, because it holds
//! a lock. So does this. A wake-up finds a thread that is in the table, and no other: it is not kept for one that comes
//! later. If every thread sleeps, the checker reports a deadlock: so it finds each wake-up that is lost.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::panicking;
use std::time::Duration;

use super::fault::{Fault, fault};
use super::locks::Mutex;
use crate::checker::thread::{self, Thread};
use crate::platform::{AtomicU32, Ordering};

/// A thread that sleeps, and the address of its word.
struct Sleeper {
    word: usize,
    thread: Thread,
    /// Not the checker's: only the wake-up itself is a step of the program.
    is_woken: Arc<AtomicBool>,
}

// Made anew in each execution: see `lazy_static` of the checker.
crate::checker::lazy_static! {
    static ref TABLE: Mutex<Vec<Sleeper>> = Mutex::new(Vec::new());
}

/// Looks once: to a checker, how often a thread looks before it sleeps makes no difference.
pub(crate) fn spin_until(_limit: Duration, ready: impl Fn() -> bool) -> bool {
    ready()
}

/// Sleeps until a wake-up comes, if `word` is `value`. To a checker no time passes, so no limit is ever over.
pub(crate) fn sleep_while(word: &AtomicU32, value: u32, _limit: Option<Duration>) {
    let mut table = TABLE.lock();
    if word.load(Ordering::Relaxed) != value && fault() != Fault::NoCompare {
        return;
    }
    let is_woken = Arc::new(AtomicBool::new(false));
    table.push(Sleeper {
        word: address(word),
        thread: thread::current(),
        is_woken: Arc::clone(&is_woken),
    });
    drop(table);
    // Shuttle's `park` may return without a reason.
    while !is_woken.load(Ordering::Relaxed) {
        thread::park();
    }
}

/// Wakes up at most `count` threads that sleep on this word, in the order in which they came.
pub(crate) fn wake(word: &AtomicU32, count: u32) {
    if panicking() {
        return; // The execution has failed.
    }
    let mut table = TABLE.lock();
    let mut left = match fault() {
        Fault::NoWake => 0,
        Fault::WakeOne => count.min(1),
        _ => count,
    };
    table.retain(|sleeper| {
        let wakes = left > 0 && sleeper.word == address(word);
        if wakes {
            left -= 1;
            sleeper.is_woken.store(true, Ordering::Relaxed);
            sleeper.thread.unpark();
        }
        !wakes
    });
}

fn address(word: &AtomicU32) -> usize {
    std::ptr::from_ref(word).addr()
}

/// All that sleep.
pub(crate) const ALL: u32 = u32::MAX;
