//! Memory that workers share before it is known how much of it a call needs.

#![expect(unsafe_code, reason = "slices of memory that processes share")]

use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::{Deref, Range};
use std::ptr::NonNull;

use bytemuck::Pod;
use workloads::no_memory_for;

use crate::Mapping;
use crate::region::Region;

/// Many addresses, most of them without memory behind them. Processes that are forked later have them, too: so memory
/// that is used long after the fork is shared, and at the same address in all processes.
///
/// Memory of more than [`KEPT`] bytes is given back when an [`Answer`] is dropped.
pub(crate) struct Arena(Region);

/// As many addresses as it tries to get, in bytes; if there are limits, at most half of what there is.
const ADDRESSES: usize = 1 << 38;

/// Up to this many bytes of an answer are kept for the next one, as an allocator does.
const KEPT: usize = 128 << 10;

impl Arena {
    pub(crate) fn new() -> io::Result<Self> {
        let addresses =
            |size: usize| Region::addresses(NonZero::new(size).expect("it is not zero"));
        let mut size = ADDRESSES;
        loop {
            match addresses(size) {
                Ok(region) if size == ADDRESSES => return Ok(Self(region)),
                // There is a limit, and all else in this process needs some of what is left: at least half is for that.
                Ok(region) => {
                    drop(region);
                    return addresses(size / 2).map(Self);
                }
                Err(_) if size > KEPT => size /= 2,
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether there is memory for `len` items that begin at byte `first`.
    ///
    /// # Errors
    ///
    /// [`no_memory_for`] them.
    pub(crate) fn check<T: Pod>(&self, first: usize, len: usize) -> io::Result<()> {
        match first.checked_add(len.saturating_mul(size_of::<T>())) {
            // The kernel does not refuse addresses, but it does refuse a mapping that is larger than memory can be.
            Some(end) if end <= self.0.size() => Mapping::<T>::zeroed(len).map(drop),
            _ => Err(no_memory_for::<T>(len)),
        }
    }

    /// Where the items `range` are, of those that begin at byte `first`.
    ///
    /// # Panics
    ///
    /// If they lie outside, or such an item may not begin there.
    pub(crate) fn place<T: Pod>(&self, first: usize, range: Range<usize>) -> NonNull<[T]> {
        let end = range.end.checked_mul(size_of::<T>());
        let end = end.and_then(|size| size.checked_add(first));
        assert!(range.start <= range.end && end.is_some_and(|end| end <= self.0.size()));
        // SAFETY: it is inside, because the end is.
        let begin = unsafe { self.0.start().add(first) }.cast::<T>();
        assert!(begin.is_aligned());
        // SAFETY: all of the range is inside.
        let begin = unsafe { begin.add(range.start) };
        NonNull::slice_from_raw_parts(begin, range.len())
    }

    /// The `len` items that begin at byte `first`, which no process changes any more.
    pub(crate) fn answer<T: Pod>(&mut self, first: usize, len: usize) -> Answer<'_, T> {
        let items = PhantomData;
        Answer {
            arena: self,
            first,
            len,
            items,
        }
    }
}

/// An answer that lies where the workers have written it. It must be dropped before the next call.
pub struct Answer<'a, T: Pod> {
    arena: &'a mut Arena,
    first: usize,
    len: usize,
    items: PhantomData<T>,
}

impl<T: Pod> Deref for Answer<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: plain data is valid whatever its bits. Workers write during a call only, and for the next call the arena
        // must be free again.
        unsafe { self.arena.place(self.first, 0..self.len).as_ref() }
    }
}

impl<T: Pod> Drop for Answer<'_, T> {
    fn drop(&mut self) {
        let size = self.len * size_of::<T>();
        if size > KEPT {
            self.arena.0.give_back(self.first, size);
        }
    }
}
