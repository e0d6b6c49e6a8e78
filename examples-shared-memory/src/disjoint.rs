//! A slice of which several threads write parts that do not overlap.

#![expect(
    unsafe_code,
    reason = "it hands out parts of a slice that threads share"
)]

use std::marker::PhantomData;
use std::ops::Range;

/// A slice of which several threads may write parts that do not overlap.
pub(crate) struct Disjoint<'a, T> {
    start: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: it only hands out parts that its users promise not to overlap, as `split_at_mut` does.
unsafe impl<T: Send> Sync for Disjoint<'_, T> {}

impl<'a, T> Disjoint<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Self {
            start: slice.as_mut_ptr(),
            len: slice.len(),
            slice: PhantomData,
        }
    }

    /// The part `range` of the slice.
    ///
    /// # Panics
    ///
    /// If it lies outside.
    ///
    /// # Safety
    ///
    /// No two ranges of all calls may overlap.
    pub(crate) unsafe fn part(&self, range: Range<usize>) -> &'a mut [T] {
        assert!(
            range.start <= range.end && range.end <= self.len,
            "{range:?} of {}",
            self.len
        );
        // SAFETY: the range is inside the slice.
        let first = unsafe { self.start.add(range.start) };
        // SAFETY: ... and the caller promises that no other part overlaps it.
        unsafe { std::slice::from_raw_parts_mut(first, range.len()) }
    }
}
