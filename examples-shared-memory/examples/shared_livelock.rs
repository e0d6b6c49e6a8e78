//! A livelock: two threads step back for each other again and again, and neither of them goes on.
//!
//! Each thread locks its own door, tries the door of the other one, finds it locked, and steps
//! back. That is a cure for a deadlock. But if both do it at the same time, both try again at the
//! same time. A barrier keeps them in lock step here. Both are busy, so this is no deadlock, and no
//! detector finds it. On an old Ethernet cable, two stations that had sent at the same time did
//! what the last version does: each waited for a random time before it sent again.
//!
//! Run: `cargo run --example shared_livelock`
//!
//! Expected output:
//!
//! ```text
//! broken, both try again at once:    [None, None] in 100 rounds
//! mended, thread 1 lets 0 go first:  [Some(2), Some(3)]
//! mended, each waits a random time:  [Some(3), Some(2)]
//! ```
//!
//! Try: write `[1, 1]` for the seeds `[1, 2]`. Both threads draw the same numbers, and the livelock
//! is back: the last assertion fails with `[None, None]`. Random times help only if they differ.

use std::sync::Barrier;
use std::thread;

use parking_lot::Mutex;
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use workloads::println;

const ROUNDS: u32 = 100;

fn main() {
    let done = two_threads([0, 0].map(|pause| move || pause));
    println!("broken, both try again at once:    {done:?} in {ROUNDS} rounds");
    assert_eq!(done, [None, None]);

    let done = two_threads([0, 1].map(|pause| move || pause));
    println!("mended, thread 1 lets 0 go first:  {done:?}");
    assert_eq!(done, [Some(2), Some(3)]);

    let done = two_threads([1, 2].map(|seed| {
        let mut random = SplitMix64::seed_from_u64(seed);
        move || random.next_u32() % 4
    }));
    println!("mended, each waits a random time:  {done:?}");
    assert_eq!(done, [Some(3), Some(2)]); // The seeds are fixed.
}

/// Two threads in lock step, each of which needs both doors. A thread that has failed waits for as
/// many rounds as its `pause` says. Returns in which round each of them has had both doors.
fn two_threads(pauses: [impl FnMut() -> u32 + Send; 2]) -> [Option<u32>; 2] {
    let doors = [const { Mutex::new(()) }; 2];
    let step = Barrier::new(2);
    let rounds = |mine: usize, pause: &mut dyn FnMut() -> u32| {
        let (mut done, mut next_attempt) = (None, 1);
        for round in 1..=ROUNDS {
            let tries = done.is_none() && round >= next_attempt;
            let my_door = tries.then(|| doors[mine].lock());
            step.wait(); // Both have locked their own door, if they try.
            let other_door = tries.then(|| doors[1 - mine].try_lock()).flatten();
            if other_door.is_some() {
                done = Some(round);
            } else if tries {
                next_attempt = round + 1 + pause();
            }
            step.wait(); // Both have tried, so both may step back.
            drop((my_door, other_door));
            step.wait();
        }
        done
    };
    let rounds = &rounds;
    thread::scope(|scope| {
        let [mut pause_0, mut pause_1] = pauses;
        let threads = [
            scope.spawn(move || rounds(0, &mut pause_0)),
            scope.spawn(move || rounds(1, &mut pause_1)),
        ];
        threads.map(|thread| thread.join().expect("it does not panic"))
    })
}
