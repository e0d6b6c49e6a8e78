//! One value that several processes use.

#![expect(unsafe_code, reason = "a reference into memory that processes share")]

use std::io;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::num::NonZero;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::ptr::NonNull;

use crate::Shareable;
use crate::region::Region;
use crate::segment::Segment;

/// A value in memory that processes share.
///
/// - [`Shared::new`]: without a name. The children of this process that are forked later use the same value, not a copy.
/// - [`Shared::create`] and [`Shared::open`]: with a name, for programs that know the name.
/// - [`Shared::with_file`] and [`Shared::from_file`]: for processes that inherit a file, or are sent it.
///
/// The memory ends with the last process that has it. The value is never dropped: that would be too early for other
/// processes.
///
/// ```
/// use examples_shared_memory::Shared;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// # fn main() -> std::io::Result<()> {
/// let name = format!("/visitors-{}", std::process::id());
/// let visitors = Shared::create(&name, AtomicU64::new(41))?;
/// let same = Shared::<AtomicU64>::open(&name)?; // most often in another program
/// same.fetch_add(1, Ordering::Relaxed);
/// assert_eq!(visitors.load(Ordering::Relaxed), 42);
/// drop(visitors); // removes the name; `same` can still be used
/// assert!(Shared::<AtomicU64>::open(&name).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Shared<T: Shareable> {
    memory: ManuallyDrop<Memory>,
    value: PhantomData<T>,
}

#[derive(Debug)]
enum Memory {
    /// The value is at its beginning.
    Anonymous(Region),
    /// The value is its only item.
    Segment(Segment),
}

impl<T: Shareable> Shared<T> {
    const SIZE: NonZero<usize> = {
        assert!(
            align_of::<T>() <= 4096,
            "memory that is shared begins at a page"
        );
        NonZero::new(size_of::<T>()).expect("what is shareable has a size")
    };

    /// Moves `value` to memory without a name.
    ///
    /// # Errors
    ///
    /// What `mmap` says, such as that there is no memory.
    pub fn new(value: T) -> io::Result<Self> {
        Self::hold(value, Memory::Anonymous(Region::anonymous(Self::SIZE)?))
    }

    /// Moves `value` to new memory with this name, such as `/name`. Other programs open it by the name; on Linux, the name
    /// is also that of a file in `/dev/shm`.
    ///
    /// This process is the owner. When its value is dropped, also by a panic, or when the process exits, the name is removed,
    /// and the memory stays for the processes that have it. If the owner is killed, the name stays: see [`remove_left_behind`](crate::remove_left_behind).
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] if the name is taken: the sentence says by which process.
    /// [`io::ErrorKind::StorageFull`] if there is no room: the sentence says how much there is.
    pub fn create(name: &str, value: T) -> io::Result<Self> {
        let _ = Self::SIZE;
        let (segment, _) = Segment::create::<T>(name, 1)?;
        Self::hold(value, Memory::Segment(segment))?.published()
    }

    /// The value of this name, in the memory of its owner.
    ///
    /// The programs must have been built from the same sources by the same compiler, so that `T` means the same in both.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] if there is no such name. [`io::ErrorKind::InvalidData`] if it is the name of something
    /// else: a value of another type, a segment of another version of this crate, or another file.
    pub fn open(name: &str) -> io::Result<Self> {
        Self::found(Segment::open::<T>(name)?.0)
    }

    /// Moves `value` to memory in a file without a name. A process that gets the file, because it inherits the descriptor or
    /// is sent it, finds the value by [`from_file`](Self::from_file). No name is ever left behind.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn with_file(value: T) -> io::Result<(Self, OwnedFd)> {
        let _ = Self::SIZE;
        let (segment, file) = Segment::without_a_name::<T>(1)?;
        let shared = Self::hold(value, Memory::Segment(segment))?.published()?;
        Ok((shared, file))
    }

    /// The value in this file.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_file(file: OwnedFd) -> io::Result<Self> {
        Self::found(Segment::of_file::<T>(file, "this file")?.0)
    }

    fn found(segment: Segment) -> io::Result<Self> {
        if segment.len() != 1 {
            let message = "there are several values, and not one";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let memory = ManuallyDrop::new(Memory::Segment(segment));
        let value = PhantomData;
        Ok(Self { memory, value })
    }

    /// Moves `value` to memory that no other process has yet.
    fn hold(value: T, memory: Memory) -> io::Result<Self> {
        let place = memory.start().cast::<T>();
        // SAFETY: there is room for a `T`, at the begin of a page, and no other code knows it yet.
        unsafe { place.write(value) };
        let this = Self {
            memory: ManuallyDrop::new(memory),
            value: PhantomData,
        };
        // SAFETY: as above. The value stays there as long as any process has the memory.
        unsafe { T::settle(place.as_ptr()) }?;
        Ok(this)
    }

    fn published(mut self) -> io::Result<Self> {
        if let Memory::Segment(segment) = &mut *self.memory {
            segment.publish()?;
        }
        Ok(self)
    }
}

impl Memory {
    fn start(&self) -> NonNull<u8> {
        match self {
            Memory::Anonymous(region) => region.start(),
            Memory::Segment(segment) => segment.start(),
        }
    }
}

impl<T: Shareable> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: there is a `T` as long as it is mapped, and other processes use it by `&T`, too.
        unsafe { self.memory.start().cast().as_ref() }
    }
}

impl<T: Shareable> Drop for Shared<T> {
    fn drop(&mut self) {
        let must_stay = self.must_stay();
        // SAFETY: it is not used again.
        let memory = unsafe { ManuallyDrop::take(&mut self.memory) };
        if must_stay {
            mem::forget(match memory {
                Memory::Anonymous(region) => region,
                Memory::Segment(segment) => segment.into_region(),
            });
        }
    }
}
