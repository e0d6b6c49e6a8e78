//! A ring: messages from one producer to one consumer, in order.
//!
//! The slots lie in a circle. The producer counts the messages that it has written, the consumer those that it has read:
//! each count is written by one side only, so no operation has to be more than a load or a store (Lamport 1983). Each
//! side remembers what it last saw of the other side's count, and looks again only if that is used up. So the cache
//! line of a count need not travel with each message (as in `MCRingBuffer` of Lee, Bu and Chandranmenon, 2010, and in the
//! crate `rtrb`; in `FastForward` of Giacomoni, Moseley and Vachharajani, 2008, the slots themselves say who is next).
//!
//! A side that has to wait spins for a while, then sleeps. It says so in a word that the other side looks at after each
//! message. The word has a cache line of its own, so it is at hand in the other side's cache, at nearly no cost, also
//! while the line of the count is on its way. `platform/fences.rs` says why neither side can miss the other.

#![expect(unsafe_code, reason = "slots that two sides use in turns")]

// The checkers include this file from another place: these paths are right there, too.
#[path = "ring/ends.rs"]
mod ends;

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

use bytemuck::Pod;

use crate::platform::{
    AtomicU32, Fences, Ordering, UnsafeCell, has_ended, sleep_while, spin_until, this_process, wake,
};
use crate::sync::{Apart, Refused};

pub use ends::{Consumer, Producer};

/// Messages of plain data from one producer to one consumer: two threads, or two processes if the ring lies in memory
/// that they share. It holds at most `CAPACITY` messages, which is a power of two.
///
/// An end belongs to the process that has claimed it, by [`producer`](Self::producer) or [`consumer`](Self::consumer).
/// A child that is forked while its parent has an end should not use its copy: messages would get lost. Dropping an
/// end closes it for good.
///
/// A process that is killed closes nothing. The other side learns that within a tenth of a second when it sleeps
/// ([`Refused::Ended`]), as soon as the killed process has been waited for by its parent. Its end can then be claimed
/// again. What it had published is in the ring; a message that it was about to read is read once more.
pub struct Ring<T, const CAPACITY: usize> {
    /// How long a side spins before it sleeps.
    spin: Duration,
    fences: Fences,
    producer: Apart<Side>,
    consumer: Apart<Side>,
    slots: Apart<[UnsafeCell<T>; CAPACITY]>,
}

// SAFETY: there is one producer and one consumer at a time. A slot belongs to the producer until its count says that the
// message is there, and then to the consumer until its count says that the message was read.
unsafe impl<T: Pod + Send, const CAPACITY: usize> Sync for Ring<T, CAPACITY> {}

/// What one side writes for each message, and looks at after each message.
#[derive(Debug)]
struct Side {
    /// Messages that this side has written, or read. It wraps round.
    count: Apart<AtomicU32>,
    /// What the *other* side is doing: [`AWAKE`], [`ASLEEP`] or [`GONE`]. It rarely changes, so its cache line is in this
    /// side's cache also while the line of the count is on its way back from the other core.
    other: Apart<AtomicU32>,
    /// The process that has this end, [`FREE`] or [`CLOSED`].
    claim: AtomicU32,
}

const AWAKE: u32 = 0;
/// Only the side that sleeps writes this; its other side writes [`AWAKE`], and wakes it up.
const ASLEEP: u32 = 1;
/// It stays so: the end was dropped.
const GONE: u32 = 2;

const FREE: u32 = 0;
const CLOSED: u32 = u32::MAX;

/// A side that sleeps looks so often whether the other side's process has ended.
const SLICE: Duration = Duration::from_millis(100);

impl<T: Pod + Send, const CAPACITY: usize> Ring<T, CAPACITY> {
    /// An empty ring. A side that waits looks at it for about `spin` before it sleeps: zero if both have the same core.
    pub fn new(spin: Duration) -> Self {
        const { assert!(CAPACITY.is_power_of_two() && CAPACITY <= 1 << 31) };
        let side = || Side {
            count: Apart(AtomicU32::new(0)),
            other: Apart(AtomicU32::new(AWAKE)),
            claim: AtomicU32::new(FREE),
        };
        // Sides that do not spin sleep so often that the fence of the one who sleeps has to be cheap.
        let fences = if spin.is_zero() {
            Fences::Even
        } else {
            Fences::uneven()
        };
        Self {
            spin,
            fences,
            producer: Apart(side()),
            consumer: Apart(side()),
            slots: Apart(std::array::from_fn(|_| UnsafeCell::new(T::zeroed()))),
        }
    }

    /// The end that sends. `None` if it has been claimed, except by a process that has ended.
    pub fn producer(&self) -> Option<Producer<'_, T, CAPACITY>> {
        // It may go on for as long as it is less than a whole ring before the consumer.
        let end = self.claim(&self.producer, &self.consumer, CAPACITY as u32)?;
        Some(Producer { end, ring: self })
    }

    /// The end that receives. `None` if it has been claimed, except by a process that has ended.
    pub fn consumer(&self) -> Option<Consumer<'_, T, CAPACITY>> {
        // It may go on until it has read what the producer has written.
        let end = self.claim(&self.consumer, &self.producer, 0)?;
        Some(Consumer { end, ring: self })
    }

    fn claim<'a>(&self, mine: &'a Side, theirs: &'a Side, lead: u32) -> Option<End<'a>> {
        let process = this_process();
        let holder = mine.claim.load(Ordering::Relaxed);
        if !self.fences.join() || (holder != FREE && !has_ended(holder)) {
            return None;
        }
        // Its process was killed while it dropped the end.
        if theirs.other.load(Ordering::Acquire) == GONE {
            return None;
        }
        let order = (Ordering::Acquire, Ordering::Relaxed);
        let claimed = mine
            .claim
            .compare_exchange(holder, process, order.0, order.1);
        claimed.ok()?;
        let count = mine.count.load(Ordering::Acquire);
        Some(End {
            mine,
            theirs,
            lead,
            count,
            until: count,
            spin: self.spin,
            fences: self.fences,
            process,
        })
    }

    #[inline]
    fn slot(&self, count: u32) -> &UnsafeCell<T> {
        &self.slots[count as usize % CAPACITY]
    }
}

impl<T, const CAPACITY: usize> fmt::Debug for Ring<T, CAPACITY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Ring");
        text.field("producer", &self.producer.0);
        text.field("consumer", &self.consumer.0);
        text.finish_non_exhaustive()
    }
}

/// What both ends have: their place in the ring.
#[derive(Debug)]
struct End<'a> {
    mine: &'a Side,
    theirs: &'a Side,
    /// How far this side may be ahead of the other side's count.
    lead: u32,
    /// As in `mine`.
    count: u32,
    /// The count up to which this side may go on, by what it last saw of the other side's.
    until: u32,
    spin: Duration,
    fences: Fences,
    /// The process that has claimed it.
    process: u32,
}

impl End<'_> {
    /// How many slots are this side's now; waits until there is one.
    #[inline]
    fn available(&mut self, limit: Option<Duration>) -> Result<u32, Refused> {
        if self.count == self.until && !self.look() {
            self.wait(limit)?;
        }
        Ok(self.until.wrapping_sub(self.count))
    }

    /// Gives so many slots to the other side, and wakes it up if it sleeps. Returns whether it is still there.
    #[inline]
    fn advance(&mut self, slots: u32) -> bool {
        self.count = self.count.wrapping_add(slots);
        // What was written into the slots, or read, is done before the other side sees the count.
        self.mine.count.store(self.count, Ordering::Release);
        self.fences.pass_often();
        match self.mine.other.load(Ordering::Relaxed) {
            AWAKE => true,
            other => self.attend(other),
        }
    }

    #[cold]
    fn attend(&self, other: u32) -> bool {
        let (word, relaxed) = (&*self.mine.other, Ordering::Relaxed);
        if other == ASLEEP
            && word
                .compare_exchange(ASLEEP, AWAKE, relaxed, relaxed)
                .is_ok()
        {
            wake(word, 1);
        }
        other != GONE
    }

    #[inline]
    fn look(&mut self) -> bool {
        let theirs = self.theirs.count.load(Ordering::Acquire);
        self.until = theirs.wrapping_add(self.lead);
        self.until != self.count
    }

    #[inline(never)]
    fn wait(&mut self, limit: Option<Duration>) -> Result<(), Refused> {
        // Remembered, because to load the count once more could mean to wait for its cache line once more.
        let until = Cell::new(self.until);
        let is_gone = || self.mine.other.load(Ordering::Acquire) == GONE;
        let ready = || {
            let theirs = self.theirs.count.load(Ordering::Acquire);
            until.set(theirs.wrapping_add(self.lead));
            until.get() != self.count || is_gone()
        };
        // The clock is asked only if it matters: a message takes less time than that.
        let begin = limit.map(|_| Instant::now());
        let spin = limit.map_or(self.spin, |limit| limit.min(self.spin));
        let waited = if limit == Some(Duration::ZERO) {
            Err(Refused::NotYet)
        } else if !spin.is_zero() && spin_until(spin, ready) {
            Ok(())
        } else {
            self.sleep(ready, || Some(limit?.saturating_sub(begin?.elapsed())))
        };
        if until.get() != self.count {
            self.until = until.get();
            return Ok(());
        }
        // The end was closed after the last message: so what is seen now are all that there are.
        match (is_gone(), waited) {
            _ if self.look() => Ok(()),
            (true, _) => Err(Refused::Closed),
            (false, waited) => waited,
        }
    }

    #[cold]
    fn sleep(
        &self,
        ready: impl Fn() -> bool,
        left: impl Fn() -> Option<Duration>,
    ) -> Result<(), Refused> {
        let word = &*self.theirs.other;
        loop {
            let slice = left().map_or(SLICE, |left| left.min(SLICE));
            word.store(ASLEEP, Ordering::Relaxed);
            self.fences.pass_rarely();
            if !ready() {
                sleep_while(word, ASLEEP, Some(slice));
            }
            word.store(AWAKE, Ordering::Relaxed);
            if ready() {
                return Ok(());
            }
            if has_ended(self.theirs.claim.load(Ordering::Relaxed)) {
                return Err(Refused::Ended);
            }
            if left().is_some_and(|left| left.is_zero()) {
                return Err(Refused::NotYet);
            }
        }
    }
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        // A copy that was forked closes nothing.
        if self.process == this_process() {
            self.theirs.other.store(GONE, Ordering::Release);
            self.advance(0);
            // Last: if this process is killed before, the other side sees one or the other, that the end was dropped or
            // that its process has ended.
            self.mine.claim.store(CLOSED, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
#[path = "ring/tests.rs"]
mod tests;
