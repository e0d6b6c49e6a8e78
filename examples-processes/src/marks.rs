//! How far each worker of a pool has come: numbers in memory that survives the worker.
//!
//! A worker that was killed cannot say which task it was in. So before each input it adds 1 to its *mark*, a number in
//! memory that it shares with its parent. The memory has no name, so nothing of it can be left behind.

#![expect(unsafe_code, reason = "memory that two processes share")]

use std::fs::File;
use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

/// One mark a worker.
#[derive(Debug)]
pub(crate) struct Marks {
    file: OwnedFd,
    start: NonNull<AtomicU64>,
    workers: usize,
}

// SAFETY: the memory holds atomics, and stays mapped as long as this value lives.
unsafe impl Send for Marks {}
// SAFETY: as above.
unsafe impl Sync for Marks {}

/// Marks are this many numbers apart: one in each cache line, because each is written by another core.
const APART: usize = 8;

impl Marks {
    /// Marks for this many workers, all 0.
    pub(crate) fn new(workers: usize) -> io::Result<Self> {
        let file = File::from(memory_without_a_name()?);
        file.set_len(size_of_all(workers).get() as u64)?;
        Self::open(file.into(), workers)
    }

    /// The same marks in another process, which was sent their file.
    pub(crate) fn open(file: OwnedFd, workers: usize) -> io::Result<Self> {
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        let size = size_of_all(workers);
        // SAFETY: the kernel chooses an address that is not in use.
        let start = unsafe { mmap(None, size, access, MapFlags::MAP_SHARED, &file, 0) }?;
        Ok(Self {
            file,
            start: start.cast(),
            workers,
        })
    }

    /// The mark of `worker`.
    pub(crate) fn of(&self, worker: usize) -> &AtomicU64 {
        assert!(worker < self.workers, "there are {} marks", self.workers);
        // SAFETY: this mark is within the mapping, which is aligned to a page. Any bits are a number.
        unsafe { self.start.add(worker * APART).as_ref() }
    }
}

impl AsFd for Marks {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        // SAFETY: this is what `open` mapped, and no reference to it is left.
        let unmapped = unsafe { munmap(self.start.cast(), size_of_all(self.workers).get()) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}

fn size_of_all(workers: usize) -> NonZero<usize> {
    NonZero::new(workers.max(1) * APART * size_of::<AtomicU64>()).expect("at least one")
}

#[cfg(target_os = "linux")]
fn memory_without_a_name() -> io::Result<OwnedFd> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    Ok(memfd_create("marks of a pool", MFdFlags::MFD_CLOEXEC)?)
}

/// Memory with a name that is removed at once.
#[cfg(not(target_os = "linux"))]
fn memory_without_a_name() -> io::Result<OwnedFd> {
    use nix::fcntl::OFlag;
    use nix::sys::mman::{shm_open, shm_unlink};
    use nix::sys::stat::Mode;
    let name = format!("/pool-{}", std::process::id());
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
    let file = shm_open(&*name, flags, Mode::S_IRUSR | Mode::S_IWUSR)?;
    shm_unlink(&*name)?;
    Ok(file)
}
