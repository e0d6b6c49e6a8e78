//! Memory that stays shared across `fork`.

#![expect(unsafe_code, reason = "mmap and munmap are what this module is about")]

use std::io;
use std::num::NonZero;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

use bytemuck::Pod;
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use workloads::no_memory_for;

/// `len` items in an anonymous `MAP_SHARED` mapping, zero at first; unmapped on drop.
///
/// Ordinary memory is copied by `fork`, on the first write to each page. This is not: parent and
/// children see the same bytes. It has no name, so nothing of it can outlive its processes.
#[derive(Debug)]
pub struct Mapping<T> {
    start: NonNull<T>,
    len: usize,
}

impl<T: Pod> Mapping<T> {
    /// A new mapping. Its pages are only allocated when they are touched.
    ///
    /// # Errors
    ///
    /// [`no_memory_for`] this many items, or what else `mmap` says.
    pub fn zeroed(len: usize) -> io::Result<Self> {
        let Some(size) = len.checked_mul(size_of::<T>()).map(NonZero::new) else {
            return Err(no_memory_for::<T>(len));
        };
        let start = match size {
            None => NonNull::dangling(), // an empty mapping is an error to mmap
            Some(size) => {
                let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
                // SAFETY: the kernel chooses an address that is not in use.
                match unsafe { mmap_anonymous(None, size, access, MapFlags::MAP_SHARED) } {
                    Ok(start) => start.cast(),
                    Err(Errno::ENOMEM) => return Err(no_memory_for::<T>(len)),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        Ok(Self { start, len })
    }
}

impl<T> Deref for Mapping<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `len` items are mapped and, being plain data, valid whatever their bits. A child
        // that writes them has got `&mut` to them from `deref_mut` before it was forked.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T> DerefMut for Mapping<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`; within this process, `&mut self` is exclusive.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T> Drop for Mapping<T> {
    fn drop(&mut self) {
        let size = self.len * size_of::<T>();
        if size > 0 {
            // SAFETY: this is what `zeroed` mapped, and no reference to it is left.
            let unmapped = unsafe { munmap(self.start.cast(), size) };
            debug_assert!(unmapped.is_ok(), "{unmapped:?}");
        }
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
