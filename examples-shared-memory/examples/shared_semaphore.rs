//! A semaphore: at most `k` threads are inside at the same time.
//!
//! A semaphore counts *permits*. A thread takes a permit before it goes in, and waits while no
//! permit is free. It gives the permit back when it leaves: here the drop of a guard does that. A
//! semaphore limits how many threads use something that exists `k` times, such as connections to a
//! database. It does not protect data: with three permits, three threads are inside.
//!
//! Run: `cargo run --example shared_semaphore`
//!
//! Expected output:
//!
//! ```text
//! 8 threads, permits: 1, most threads inside at the same time: 1
//! 8 threads, permits: 3, most threads inside at the same time: 3
//! 8 threads, permits: 8, most threads inside at the same time: 8
//! ```
//!
//! Try: write `std::mem::forget(permit);` after the line with `fetch_sub`, so that no permit is
//! given back. The first thread leaves, and the other seven wait forever. (Ctrl-C ends the
//! program.)

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Condvar, Mutex};
use std::thread;

use workloads::println;

const NO_PANIC: &str = "no thread panics inside";

struct Semaphore {
    free: Mutex<usize>,
    one_more: Condvar,
}

/// The guard: it has taken a permit, and gives it back when it is dropped.
struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    fn acquire(&self) -> Permit<'_> {
        let mut free = self.free.lock().expect(NO_PANIC);
        while *free == 0 {
            free = self.one_more.wait(free).expect(NO_PANIC);
        }
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().expect(NO_PANIC) += 1;
        self.0.one_more.notify_one(); // One permit, so one thread need wake up.
    }
}

fn main() {
    for permits in [1, 3, 8] {
        let most = most_inside(permits);
        println!("8 threads, permits: {permits}, most threads inside at the same time: {most}");
        assert_eq!(most, permits);
    }
}

fn most_inside(permits: usize) -> usize {
    let semaphore = Semaphore {
        free: Mutex::new(permits),
        one_more: Condvar::new(),
    };
    let all_inside = Barrier::new(permits);
    let (entries, inside, most) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let permit = semaphore.acquire();
                most.fetch_max(inside.fetch_add(1, Relaxed) + 1, Relaxed);
                // The first threads wait inside until as many are inside as there are permits.
                if entries.fetch_add(1, Relaxed) < permits {
                    all_inside.wait();
                }
                inside.fetch_sub(1, Relaxed);
                drop(permit);
            });
        }
    });
    most.into_inner()
}
