//! The two ends of a ring: what sends, and what receives.
//!
//! Slots are written and read as volatile memory, as other processes can change them: a forked copy of an end that is
//! used against the rule above mixes up messages, but what is read is plain data, whatever its bytes are.

use std::time::Duration;

use bytemuck::Pod;

use super::{End, Ring};
use crate::sync::Refused;

/// The end of a [`Ring`] that sends. Dropping it closes it: the consumer still receives what was sent before.
#[derive(Debug)]
pub struct Producer<'a, T, const CAPACITY: usize> {
    pub(super) end: End<'a>,
    pub(super) ring: &'a Ring<T, CAPACITY>,
}

impl<T: Pod + Send, const CAPACITY: usize> Producer<'_, T, CAPACITY> {
    /// Sends a message if there is room now.
    ///
    /// # Errors
    ///
    /// There is no room, or the consumer is gone: a message that was sent before may then never be received.
    #[inline]
    pub fn try_push(&mut self, message: T) -> Result<(), Refused> {
        self.push_before(message, Some(Duration::ZERO))
    }

    /// Sends a message. Waits for room.
    ///
    /// # Errors
    ///
    /// The consumer is gone, or its process has ended.
    #[inline]
    pub fn push(&mut self, message: T) -> Result<(), Refused> {
        self.push_before(message, None)
    }

    /// Sends a message. Waits for room for about as long as `limit`.
    ///
    /// # Errors
    ///
    /// There was no room in this time, the consumer is gone, or its process has ended.
    #[inline]
    pub fn push_within(&mut self, message: T, limit: Duration) -> Result<(), Refused> {
        self.push_before(message, Some(limit))
    }

    /// Sends messages. It shows the consumer as many at a time as there is room for, which takes less time for each than
    /// one by one.
    ///
    /// # Errors
    ///
    /// The consumer is gone, or its process has ended: then the messages are sent in part.
    pub fn push_all(&mut self, mut messages: &[T]) -> Result<(), Refused> {
        while !messages.is_empty() {
            let room = self.end.available(None)? as usize;
            let (now, later) = messages.split_at(room.min(messages.len()));
            for (&message, k) in now.iter().zip(0..) {
                self.write(k, message);
            }
            self.advance(now.len() as u32)?;
            messages = later;
        }
        Ok(())
    }

    #[inline]
    fn push_before(&mut self, message: T, limit: Option<Duration>) -> Result<(), Refused> {
        self.end.available(limit)?;
        self.write(0, message);
        self.advance(1)
    }

    #[inline]
    fn write(&mut self, k: u32, message: T) {
        let slot = self.ring.slot(self.end.count.wrapping_add(k));
        // SAFETY: the slot is the producer's until its count is beyond it, and there is one producer.
        slot.with_mut(|slot| unsafe { slot.write_volatile(message) });
    }

    #[inline]
    fn advance(&mut self, slots: u32) -> Result<(), Refused> {
        let is_there = self.end.advance(slots);
        if is_there {
            Ok(())
        } else {
            Err(Refused::Closed)
        }
    }
}

/// The end of a [`Ring`] that receives. Dropping it closes it: the producer then sends nothing more.
#[derive(Debug)]
pub struct Consumer<'a, T, const CAPACITY: usize> {
    pub(super) end: End<'a>,
    pub(super) ring: &'a Ring<T, CAPACITY>,
}

impl<T: Pod + Send, const CAPACITY: usize> Consumer<'_, T, CAPACITY> {
    /// Receives a message if there is one now.
    ///
    /// # Errors
    ///
    /// There is none, or there will be none: the producer is gone.
    #[inline]
    pub fn try_pop(&mut self) -> Result<T, Refused> {
        self.pop_before(Some(Duration::ZERO))
    }

    /// Receives a message. Waits for one.
    ///
    /// # Errors
    ///
    /// The producer is gone, or its process has ended, and all that it has sent was received.
    #[inline]
    pub fn pop(&mut self) -> Result<T, Refused> {
        self.pop_before(None)
    }

    /// Receives a message. Waits for one for about as long as `limit`.
    ///
    /// # Errors
    ///
    /// There was none in this time, or there will be none.
    #[inline]
    pub fn pop_within(&mut self, limit: Duration) -> Result<T, Refused> {
        self.pop_before(Some(limit))
    }

    /// Receives as many messages as there are now, and fit into `messages`: at least one, for which it waits. Returns how
    /// many.
    ///
    /// # Errors
    ///
    /// The producer is gone, or its process has ended, and all that it has sent was received.
    pub fn pop_some(&mut self, messages: &mut [T]) -> Result<usize, Refused> {
        if messages.is_empty() {
            return Ok(0);
        }
        let number = messages.len().min(self.end.available(None)? as usize);
        for (message, k) in messages[..number].iter_mut().zip(0..) {
            *message = self.read(k);
        }
        self.end.advance(number as u32);
        Ok(number)
    }

    #[inline]
    fn pop_before(&mut self, limit: Option<Duration>) -> Result<T, Refused> {
        self.end.available(limit)?;
        let message = self.read(0);
        self.end.advance(1);
        Ok(message)
    }

    #[inline]
    fn read(&mut self, k: u32) -> T {
        let slot = self.ring.slot(self.end.count.wrapping_add(k));
        // SAFETY: the slot is the consumer's: the producer's count is beyond it, and that of the consumer is not.
        slot.with(|slot| unsafe { slot.read_volatile() })
    }
}
