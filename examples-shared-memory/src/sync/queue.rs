//! A queue: messages from several producers to several consumers.
//!
//! This is the bounded queue of Dmitry Vyukov (1024cores.net). Each slot has a *sequence number*, which says what may be
//! done with the slot next: if it is the position of a producer, the slot is empty and this producer may write; if it is
//! one more, there is a message. A producer claims its position by one compare-and-swap on a counter that all producers
//! share, writes, and then publishes the message by the sequence number. Consumers do the same with a counter of their
//! own. So two producers compete for the counter only, and a producer and a consumer only if the queue is nearly empty.

#![expect(unsafe_code, reason = "slots that one side uses at a time")]

use std::fmt;
use std::time::{Duration, Instant};

use bytemuck::Pod;

use crate::platform::{
    ALL, AtomicU32, Fences, Ordering, UnsafeCell, sleep_while, spin_until, wake,
};
use crate::sync::{Apart, Refused};

/// Messages of plain data from several producers to several consumers: threads, or processes if the queue lies in memory
/// that they share. It holds at most `CAPACITY` messages, which is a power of two, and not one.
///
/// Messages of one producer that go to one consumer stay in order. A message is received once.
///
/// **If a process is killed** between claiming a slot and publishing or reading its message, which is a few instructions,
/// the queue is stuck at this slot: consumers find no message any more, and producers soon no room. A time limit notices that
/// ([`Refused::NotYet`]), but cannot tell it from a slow process. Where processes may be killed, a [`Ring`](super::Ring)
/// for each of them is safe, and faster.
pub struct Queue<T, const CAPACITY: usize> {
    /// How long a side spins before it sleeps.
    spin: Duration,
    is_closed: AtomicU32,
    producers: Apart<Side>,
    consumers: Apart<Side>,
    slots: Apart<[Slot<T>; CAPACITY]>,
}

// SAFETY: a slot belongs to the one who claimed its position, until the sequence number says that it is done.
unsafe impl<T: Pod + Send, const CAPACITY: usize> Sync for Queue<T, CAPACITY> {}

/// What all producers share, or all consumers.
#[derive(Debug)]
struct Side {
    /// The position that is claimed next. It wraps round.
    next: AtomicU32,
    sleepers: Apart<AtomicU32>,
    /// Changes whenever a sleeper should look again.
    events: AtomicU32,
}

struct Slot<T> {
    sequence: AtomicU32,
    message: UnsafeCell<T>,
}

/// One that sleeps looks again after this time: the one that was woken up in its place may have been killed.
const SLICE: Duration = Duration::from_millis(100);

impl<T: Pod + Send, const CAPACITY: usize> Queue<T, CAPACITY> {
    /// An empty queue. One that waits looks at it for about `spin` before it sleeps: zero if all have the same core.
    pub fn new(spin: Duration) -> Self {
        const { assert!(CAPACITY.is_power_of_two() && 1 < CAPACITY && CAPACITY <= 1 << 30) };
        let side = || Side {
            next: AtomicU32::new(0),
            sleepers: Apart(AtomicU32::new(0)),
            events: AtomicU32::new(0),
        };
        let slot = |position| Slot {
            sequence: AtomicU32::new(position as u32),
            message: UnsafeCell::new(T::zeroed()),
        };
        Self {
            spin,
            is_closed: AtomicU32::new(0),
            producers: Apart(side()),
            consumers: Apart(side()),
            slots: Apart(std::array::from_fn(slot)),
        }
    }

    /// Sends a message if there is room now.
    ///
    /// # Errors
    ///
    /// There is no room, or the queue is closed.
    pub fn try_push(&self, message: T) -> Result<(), Refused> {
        self.push_before(message, Some(Duration::ZERO))
    }

    /// Sends a message. Waits for room.
    ///
    /// # Errors
    ///
    /// The queue is closed.
    pub fn push(&self, message: T) -> Result<(), Refused> {
        self.push_before(message, None)
    }

    /// Sends a message. Waits for room for about as long as `limit`.
    ///
    /// # Errors
    ///
    /// There was no room in this time, or the queue is closed.
    pub fn push_within(&self, message: T, limit: Duration) -> Result<(), Refused> {
        self.push_before(message, Some(limit))
    }

    /// Receives a message if there is one now.
    ///
    /// # Errors
    ///
    /// There is none, or the queue is closed and empty.
    pub fn try_pop(&self) -> Result<T, Refused> {
        self.pop_before(Some(Duration::ZERO))
    }

    /// Receives a message. Waits for one.
    ///
    /// # Errors
    ///
    /// The queue is closed and empty.
    pub fn pop(&self) -> Result<T, Refused> {
        self.pop_before(None)
    }

    /// Receives a message. Waits for one for about as long as `limit`.
    ///
    /// # Errors
    ///
    /// There was none in this time, or the queue is closed and empty.
    pub fn pop_within(&self, limit: Duration) -> Result<T, Refused> {
        self.pop_before(Some(limit))
    }

    /// Nothing more can be sent. Consumers receive what is there, and then learn that the queue is closed. It should be
    /// called when all producers are done: what is sent at the same moment may be lost.
    pub fn close(&self) {
        self.is_closed.store(1, Ordering::Release);
        for side in [&self.producers, &self.consumers] {
            side.tell(ALL);
        }
    }

    fn push_before(&self, message: T, limit: Option<Duration>) -> Result<(), Refused> {
        if self.is_closed() {
            return Err(Refused::Closed);
        }
        let (ours, theirs) = (&self.producers, &self.consumers);
        let (position, slot) = self.claim(ours, 0, limit)?;
        // SAFETY: this position was claimed by this call, and the slot is empty.
        slot.message
            .with_mut(|place| unsafe { place.write_volatile(message) });
        slot.sequence
            .store(position.wrapping_add(1), Ordering::Release);
        theirs.tell(1);
        Ok(())
    }

    fn pop_before(&self, limit: Option<Duration>) -> Result<T, Refused> {
        let (ours, theirs) = (&self.consumers, &self.producers);
        let (position, slot) = self.claim(ours, 1, limit)?;
        // SAFETY: this position was claimed by this call, and the slot has a message.
        let message = slot.message.with(|place| unsafe { place.read_volatile() });
        let next_round = position.wrapping_add(CAPACITY as u32);
        slot.sequence.store(next_round, Ordering::Release);
        theirs.tell(1);
        Ok(message)
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire) != 0
    }

    /// Claims the next position of a side, whose slots are ready when their sequence number is `ahead` of the position.
    fn claim(
        &self,
        side: &Side,
        ahead: u32,
        limit: Option<Duration>,
    ) -> Result<(u32, &Slot<T>), Refused> {
        if let Some(claimed) = self.try_claim(side, ahead) {
            return Ok(claimed);
        }
        self.wait(side, ahead, limit)
    }

    /// How far the slot of the next position is: ready at 0, not yet ready below.
    fn look(&self, side: &Side, ahead: u32) -> (u32, &Slot<T>, i32) {
        let position = side.next.load(Ordering::Relaxed);
        let slot = &self.slots[position as usize % CAPACITY];
        let sequence = slot.sequence.load(Ordering::Acquire);
        let ready_at = position.wrapping_add(ahead);
        (
            position,
            slot,
            sequence.wrapping_sub(ready_at).cast_signed(),
        )
    }

    fn try_claim(&self, side: &Side, ahead: u32) -> Option<(u32, &Slot<T>)> {
        loop {
            let (position, slot, far) = self.look(side, ahead);
            let (next, relaxed) = (position.wrapping_add(1), Ordering::Relaxed);
            if far < 0 {
                return None;
            }
            // Above 0, another one has claimed this position meanwhile.
            if far == 0
                && (side.next)
                    .compare_exchange_weak(position, next, relaxed, relaxed)
                    .is_ok()
            {
                return Some((position, slot));
            }
        }
    }

    #[cold]
    fn wait(
        &self,
        side: &Side,
        ahead: u32,
        limit: Option<Duration>,
    ) -> Result<(u32, &Slot<T>), Refused> {
        let begin = limit.map(|_| Instant::now());
        let left = || Some(limit?.saturating_sub(begin?.elapsed()));
        let is_ready = || self.look(side, ahead).2 >= 0;
        let is_over = || is_ready() || self.is_closed();
        let spin = limit.map_or(self.spin, |limit| limit.min(self.spin));
        let mut has_slept = false;
        loop {
            if !spin.is_zero() && !has_slept {
                spin_until(spin, is_over);
            }
            // In this order: what was sent before the queue was closed is received.
            let is_closed = self.is_closed();
            if let Some(claimed) = self.try_claim(side, ahead) {
                // A later message may have been published before this one: its sleeper found none, and sleeps again.
                if has_slept && is_ready() {
                    side.tell(1);
                }
                return Ok(claimed);
            }
            if is_closed {
                return Err(Refused::Closed);
            }
            if left().is_some_and(|left| left.is_zero()) {
                return Err(Refused::NotYet);
            }
            side.sleep(is_over, left().map_or(SLICE, |left| left.min(SLICE)));
            has_slept = true;
        }
    }
}

impl Side {
    /// Sleeps for a moment, until it is told that there is something to see.
    fn sleep(&self, is_over: impl Fn() -> bool, limit: Duration) {
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        let event = self.events.load(Ordering::Relaxed);
        // Either this thread sees what the other side has written before, or the other side sees that this thread sleeps.
        Fences::Even.pass_rarely();
        if !is_over() {
            sleep_while(&self.events, event, Some(limit));
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
    }

    /// Tells sleepers, if there are any, that there is something to see.
    fn tell(&self, count: u32) {
        Fences::Even.pass_often();
        if self.sleepers.load(Ordering::Relaxed) > 0 {
            self.events.fetch_add(1, Ordering::Relaxed);
            wake(&self.events, count);
        }
    }
}

impl<T, const CAPACITY: usize> fmt::Debug for Queue<T, CAPACITY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Queue");
        text.field("producers", &self.producers.0);
        text.field("consumers", &self.consumers.0);
        text.finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "queue/tests.rs"]
mod tests;
