//! A part of the address space that other processes have, too: mapped when it is made, unmapped when it is dropped.

#![expect(unsafe_code, reason = "mmap and munmap are what this module is about")]

use std::io;
use std::num::NonZero;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// Bytes in a `MAP_SHARED` mapping. It does not know what they are: that is up to the types that are built on it.
#[derive(Debug)]
pub(crate) struct Region {
    start: NonNull<u8>,
    size: NonZero<usize>,
}

// SAFETY: it is an address and a size. What is done with the bytes is up to the types that are built on it.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

const ACCESS: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);

impl Region {
    /// Zeros without a name, for this process and those that it forks. A page of it is allocated when it is touched.
    pub(crate) fn anonymous(size: NonZero<usize>) -> io::Result<Self> {
        // SAFETY: the kernel chooses an address that is not in use.
        let start = unsafe { mmap_anonymous(None, size, ACCESS, MapFlags::MAP_SHARED) }?.cast();
        Ok(Self { start, size })
    }

    /// The first `size` bytes of a file. To touch what lies beyond its end ends the process by SIGBUS.
    pub(crate) fn of(file: impl AsFd, size: NonZero<usize>) -> io::Result<Self> {
        // SAFETY: the kernel chooses an address that is not in use.
        let start = unsafe { mmap(None, size, ACCESS, MapFlags::MAP_SHARED, file, 0) }?.cast();
        Ok(Self { start, size })
    }

    /// Where it begins: at the begin of a page.
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Its size in bytes.
    pub(crate) fn size(&self) -> usize {
        self.size.get()
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: this is what was mapped, and no reference to it outlives the region.
        let unmapped = unsafe { munmap(self.start.cast(), self.size()) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}
