//! Readers and writers: readers that overlap keep a writer out, as long as one of them is inside.
//!
//! A read-write lock lets several readers in at the same time, or one writer. The first lock of
//! this lesson lets a reader in even if a writer waits. So do the locks of the C library on Linux,
//! unless a program chooses otherwise (`pthread_rwlockattr_setkind_np`). The second one lets no new
//! reader in while a writer waits. So does the `RwLock` of `parking_lot`.
//!
//! Run: `cargo run --example shared_readers_writers`
//!
//! Expected output:
//!
//! ```text
//! broken, readers first: 1000 readers entered while the writer waited
//! mended, writers first: 0 readers entered while the writer waited
//! ```
//!
//! Try: remove `readers < READERS &&`, so that readers come as long as they may enter. The program
//! prints nothing, because the writer waits forever. (End it with Ctrl-C.) One core is busy, and no
//! thread is in a circle, so this is no deadlock.

use std::thread;

use parking_lot::{Condvar, Mutex};
use workloads::println;

const READERS: u32 = 1000;

#[derive(Default)]
struct State {
    readers: u32,
    writer_waits: bool,
}

/// A read-write lock for one writer.
#[derive(Default)]
struct ByHand {
    state: Mutex<State>,
    reader_has_left: Condvar,
}

impl ByHand {
    fn try_enter(&self, writers_first: bool) -> bool {
        let mut state = self.state.lock();
        if writers_first && state.writer_waits {
            return false; // A reader that may not enter would have to wait here.
        }
        state.readers += 1;
        true
    }

    fn leave(&self) {
        self.state.lock().readers -= 1;
        self.reader_has_left.notify_one();
    }

    fn write(&self) {
        let mut state = self.state.lock();
        state.writer_waits = true;
        self.reader_has_left
            .wait_while(&mut state, |state| state.readers > 0);
        state.writer_waits = false; // The writer is alone, until `state` is unlocked.
    }
}

fn main() {
    let readers = readers_before_the_writer(false);
    println!("broken, readers first: {readers} readers entered while the writer waited");
    assert_eq!(readers, READERS);
    let readers = readers_before_the_writer(true);
    println!("mended, writers first: {readers} readers entered while the writer waited");
    assert_eq!(readers, 0);
}

/// Each reader enters before the previous one leaves, so that there is always one. (One thread
/// plays all of them: the lock only counts.) Returns how many enter while a writer waits.
fn readers_before_the_writer(writers_first: bool) -> u32 {
    let lock = ByHand::default();
    assert!(lock.try_enter(writers_first));
    thread::scope(|scope| {
        scope.spawn(|| lock.write());
        while !lock.state.lock().writer_waits {
            thread::yield_now();
        }
        let mut readers = 0;
        while readers < READERS && lock.try_enter(writers_first) {
            readers += 1;
            lock.leave(); // The reader before.
        }
        lock.leave();
        readers
    })
}
