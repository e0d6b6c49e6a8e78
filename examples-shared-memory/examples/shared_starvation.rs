//! Starvation: a thread waits for a lock, and another thread takes the lock again and again.
//!
//! A fast lock is not fair. The greedy thread releases the lock and asks for it again at once, and
//! it is already running. The other thread has to be woken up first, and then finds the lock taken.
//! A *fair* lock is handed over to the thread that has waited longest. `unlock_fair` of
//! `parking_lot` does so, and so does a *ticket lock*: threads are served in the order in which
//! they came. The Linux kernel introduced ticket locks in 2008, after a test in which a thread took
//! a lock up to a million times while others waited.
//!
//! Run: `cargo run --example shared_starvation`
//!
//! Expected output:
//!
//! ```text
//! turns of a greedy thread while another thread waits, at most 100000:
//!   broken, parking_lot::Mutex: [..]
//!   mended, unlock_fair:        0
//!   mended, ticket lock:        0
//! ```
//!
//! Try: run it ten times. The first number differs from run to run, the other two do not. Then
//! write `thread::yield_now();` below `unlock(guard);`. The greedy thread lets other threads run
//! while it has no lock, and the first number is 0 in nearly all runs.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::{hint::black_box, thread};

use parking_lot::{Condvar, Mutex, MutexGuard};
use workloads::println;

fn main() {
    println!("turns of a greedy thread while another thread waits, at most 100000:");
    let turns = turns_until_served(|guard| drop(guard));
    println!("  broken, parking_lot::Mutex: {turns}");
    let turns = turns_until_served(|guard| MutexGuard::unlock_fair(guard));
    println!("  mended, unlock_fair:        {turns}");
    assert_eq!(turns, 0);

    let (next_ticket, now_served) = (AtomicU32::new(0), AtomicU32::new(0));
    let with_ticket_lock = |critical_section: &dyn Fn()| {
        let my_ticket = next_ticket.fetch_add(1, SeqCst);
        while now_served.load(SeqCst) != my_ticket {
            thread::yield_now();
        }
        critical_section();
        now_served.store(my_ticket + 1, SeqCst);
    };
    let (served, turns) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        with_ticket_lock(&|| {
            scope.spawn(|| with_ticket_lock(&|| served.store(true, SeqCst)));
            while next_ticket.load(SeqCst) < 2 {
                thread::yield_now(); // Until the other thread has its ticket.
            }
        });
        with_ticket_lock(&|| turns.store(u32::from(!served.load(SeqCst)), SeqCst));
    });
    println!("  mended, ticket lock:        {turns:?}");
    assert_eq!(turns.into_inner(), 0);
}

/// Starts a thread that waits in the queue of a lock. Returns how many turns this thread takes
/// before the other one is served.
fn turns_until_served(unlock: fn(MutexGuard<&str>)) -> u32 {
    let (state, condition) = (Mutex::new("new"), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut state = state.lock();
            *state = "waits";
            condition.wait(&mut state); // Releases the lock, and once notified, waits for it.
            *state = "served";
        });
        while *state.lock() != "waits" {
            thread::yield_now();
        }
        let mut guard = state.lock();
        condition.notify_one(); // This thread has the lock, so the other one joins its queue.
        let mut turns = 0;
        while *guard != "served" && turns < 100_000 {
            unlock(guard);
            guard = state.lock();
            turns += u32::from(*guard != "served");
            (0..500).for_each(|step| _ = black_box(step)); // Less than a microsecond of work.
        }
        turns
    })
}
