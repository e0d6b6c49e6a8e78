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

/// A multiple of the size of a page, in bytes, on every system: 4 KiB on most, 16 KiB on Apple's processors, 64 KiB on
/// some servers with ARM or POWER processors.
pub(crate) const PAGE: usize = 64 << 10;

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

    /// Addresses, with as little memory behind them as possible: each page has some from when it is first written until
    /// it is [given back](Self::give_back). They are shared as those of an [anonymous](Self::anonymous) region.
    pub(crate) fn addresses(size: NonZero<usize>) -> io::Result<Self> {
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_NORESERVE;
        // SAFETY: the kernel chooses an address that is not in use.
        let start = unsafe { mmap_anonymous(None, size, ACCESS, flags) }?.cast();
        let region = Self { start, size };
        #[cfg(target_os = "linux")]
        {
            use nix::sys::mman::{MmapAdvise, madvise};
            // Without this, a process that crashes is busy with its core dump for minutes: a dump has zeros for each page
            // without memory. If it is refused, dumps are long.
            // SAFETY: it is what was mapped, and no memory is changed.
            let _ = unsafe { madvise(region.start.cast(), size.get(), MmapAdvise::MADV_DONTDUMP) };
        }
        Ok(region)
    }

    /// Gives back the memory of the whole pages from byte `first` on, `size` bytes: they are zeros then. Linux only;
    /// elsewhere the memory stays until the region is dropped.
    pub(crate) fn give_back(&mut self, first: usize, size: usize) {
        assert!(first + size <= self.size(), "it lies inside");
        #[cfg(target_os = "linux")]
        {
            use nix::sys::mman::{MmapAdvise, madvise};
            // SAFETY: the byte lies inside.
            let start = unsafe { self.start.add(first) };
            // SAFETY: `&mut self`: no reference into the region is left. Any bits are right for the next one that looks.
            let given = unsafe { madvise(start.cast(), size, MmapAdvise::MADV_REMOVE) };
            debug_assert!(given.is_ok(), "{given:?}");
        }
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
