//! A barrier: each party waits until all have come.

use std::num::NonZero;
use std::time::Duration;

use crate::platform::{ALL, AtomicU32, Ordering, sleep_while, spin_until, wake};
use crate::sync::Apart;

/// A barrier for threads, or for processes if it lies in memory that they share. It can be used again and again.
///
/// The last party to arrive raises the *generation*, for which the others wait. This is the "sense-reversing" barrier of
/// Hensgen, Finkel and Manber (1988) with a counter instead of a flag. A party that is ended while the others wait leaves
/// them waiting. The parties are always the same ones: with more threads than parties, one could wait forever.
#[derive(Debug)]
pub struct Barrier {
    parties: u32,
    /// How long a party spins before it sleeps.
    spin: Duration,
    /// The parties that have come. Each arrival writes it; so it is apart from what the others look at.
    arrived: Apart<AtomicU32>,
    generation: Apart<AtomicU32>,
    sleepers: Apart<Sleepers>,
}

/// How many sleep.
#[derive(Debug)]
struct Sleepers {
    /// Until all others have come.
    caller: AtomicU32,
    /// Until the generation changes.
    others: AtomicU32,
}

impl Barrier {
    /// A barrier for this many parties. One that waits looks at it for about `spin` before it sleeps.
    pub fn new(parties: NonZero<u32>, spin: Duration) -> Self {
        Self {
            parties: parties.get(),
            spin,
            arrived: Apart(AtomicU32::new(0)),
            generation: Apart(AtomicU32::new(0)),
            sleepers: Apart(Sleepers {
                caller: AtomicU32::new(0),
                others: AtomicU32::new(0),
            }),
        }
    }

    /// Waits until all parties have come. What each has written before, all see afterwards. Returns whether this was the
    /// last one to come.
    pub fn wait(&self) -> bool {
        // It cannot change before this party has arrived.
        let generation = self.generation.load(Ordering::Relaxed);
        if self.arrived.fetch_add(1, Ordering::SeqCst) + 1 == self.parties {
            self.release();
            return true;
        }
        if self.sleepers.caller.load(Ordering::SeqCst) > 0 {
            wake(&self.arrived, 1);
        }
        let is_over = || self.generation.load(Ordering::Acquire) != generation;
        if !spin_until(self.spin, is_over) {
            self.sleepers.others.fetch_add(1, Ordering::SeqCst);
            while self.generation.load(Ordering::SeqCst) == generation {
                sleep_while(&self.generation, generation, None);
            }
            self.sleepers.others.fetch_sub(1, Ordering::Relaxed);
        }
        false
    }

    /// For one party, the caller, in place of [`wait`](Self::wait): waits until all others have come. They go on when the
    /// caller calls [`release`](Self::release), and the caller may do something else before that. Such a barrier is called
    /// *split*. It must always be the same party.
    pub fn gather(&self) {
        let others = self.parties - 1;
        if !spin_until(self.spin, || self.arrived.load(Ordering::Acquire) == others) {
            self.sleepers.caller.store(1, Ordering::SeqCst);
            loop {
                let arrived = self.arrived.load(Ordering::SeqCst);
                if arrived == others {
                    break;
                }
                sleep_while(&self.arrived, arrived, None);
            }
            self.sleepers.caller.store(0, Ordering::Relaxed);
        }
    }

    /// For the caller, after [`gather`](Self::gather): lets the others go on. What it has written before, they see.
    pub fn release(&self) {
        self.arrived.store(0, Ordering::Relaxed);
        let next = self.generation.load(Ordering::Relaxed).wrapping_add(1);
        // Either this thread sees the sleeper, or the sleeper sees the next generation: both are `SeqCst`.
        self.generation.store(next, Ordering::SeqCst);
        if self.sleepers.others.load(Ordering::SeqCst) > 0 {
            wake(&self.generation, ALL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    /// Fewer if the one that waits never gives its core to another one: there may be fewer cores than parties.
    fn rounds(spin: Duration) -> usize {
        if spin == Duration::MAX { 20 } else { 1_000 }
    }

    #[test]
    fn no_party_goes_on_before_all_have_come() {
        const PARTIES: usize = 3;
        for spin in [Duration::ZERO, Duration::from_micros(50), Duration::MAX] {
            let barrier = Barrier::new(NonZero::new(3).unwrap(), spin);
            let (come, last) = (AtomicUsize::new(0), AtomicUsize::new(0));
            thread::scope(|scope| {
                for _ in 0..PARTIES {
                    scope.spawn(|| {
                        for round in 1..=rounds(spin) {
                            come.fetch_add(1, Ordering::Relaxed);
                            last.fetch_add(barrier.wait().into(), Ordering::Relaxed);
                            assert!(come.load(Ordering::Relaxed) >= round * PARTIES);
                        }
                    });
                }
            });
            assert_eq!(last.into_inner(), rounds(spin));
        }
    }

    #[test]
    fn a_caller_does_something_while_the_others_wait() {
        for spin in [Duration::ZERO, Duration::from_micros(50), Duration::MAX] {
            let barrier = Barrier::new(NonZero::new(3).unwrap(), spin);
            let (told, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        for _ in 0..rounds(spin) {
                            barrier.wait();
                            sum.fetch_add(told.load(Ordering::Relaxed), Ordering::Relaxed);
                        }
                        barrier.wait();
                    });
                }
                for number in 1..=rounds(spin) {
                    barrier.gather();
                    assert_eq!(sum.load(Ordering::Relaxed), number * (number - 1));
                    told.store(number, Ordering::Relaxed);
                    barrier.release();
                }
                barrier.gather();
                barrier.release();
            });
            assert_eq!(sum.into_inner(), rounds(spin) * (rounds(spin) + 1));
        }
    }
}
