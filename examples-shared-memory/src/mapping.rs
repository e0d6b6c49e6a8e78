//! Memory that stays shared across `fork`.

#![expect(unsafe_code, reason = "slices of memory that processes share")]

use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

use bytemuck::Pod;
use nix::errno::Errno;
use workloads::no_memory_for;

use crate::region::Region;

/// `len` items in an anonymous `MAP_SHARED` mapping, zero at first; unmapped on drop.
///
/// Ordinary memory is copied by `fork`, on the first write to each page. This is not: parent and
/// children see the same bytes. It has no name, so nothing of it can outlive its processes.
#[derive(Debug)]
pub struct Mapping<T> {
    /// `None` if it is empty: an empty mapping is an error to `mmap`.
    region: Option<Region>,
    len: usize,
    items: PhantomData<T>,
}

impl<T: Pod> Mapping<T> {
    /// A new mapping. Its pages are only allocated when they are touched.
    ///
    /// # Errors
    ///
    /// [`no_memory_for`] this many items, or what else `mmap` says.
    pub fn zeroed(len: usize) -> io::Result<Self> {
        let size = len.checked_mul(size_of::<T>());
        let size = size.ok_or_else(|| no_memory_for::<T>(len))?;
        let region = NonZero::new(size).map(Region::anonymous).transpose();
        let no_memory = |error: &io::Error| error.raw_os_error() == Some(Errno::ENOMEM as i32);
        let region = region.map_err(|error| {
            if no_memory(&error) {
                no_memory_for::<T>(len)
            } else {
                error
            }
        })?;
        let items = PhantomData;
        Ok(Self { region, len, items })
    }
}

impl<T> Mapping<T> {
    fn start(&self) -> NonNull<T> {
        let start = self.region.as_ref().map(|region| region.start().cast());
        start.unwrap_or(NonNull::dangling())
    }
}

impl<T> Deref for Mapping<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `len` items are mapped and, being plain data, valid whatever their bits. A child
        // that writes them has got `&mut` to them from `deref_mut` before it was forked.
        unsafe { slice::from_raw_parts(self.start().as_ptr(), self.len) }
    }
}

impl<T> DerefMut for Mapping<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`; within this process, `&mut self` is exclusive.
        unsafe { slice::from_raw_parts_mut(self.start().as_ptr(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_zeros_and_keeps_what_is_written() {
        let mut mapping = Mapping::zeroed(1_000).unwrap();
        assert!(mapping.iter().all(|&item: &u64| item == 0));
        mapping[999] = 7;
        assert_eq!(mapping[999], 7);
    }

    #[test]
    fn may_be_empty_but_not_larger_than_memory_can_be() {
        assert!(Mapping::<u64>::zeroed(0).unwrap().is_empty());
        for error in [
            Mapping::<u64>::zeroed(usize::MAX).unwrap_err(),
            Mapping::<u64>::zeroed(1 << 46).unwrap_err(),
        ] {
            assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
            assert!(error.to_string().starts_with("there is no memory for "));
        }
    }
}
