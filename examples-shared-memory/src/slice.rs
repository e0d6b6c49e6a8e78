//! Plain data that programs share: many read it at the same time, or one writes it.

#![expect(unsafe_code, reason = "slices of memory that processes share")]

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::os::fd::OwnedFd;
use std::process;
use std::slice;

use bytemuck::Pod;

use crate::segment::Segment;

/// A slice of plain data in memory with a name, or in a file without one, that several programs use.
///
/// The bytes are plain, so no access to them is coordinated by itself. A program asks for them, to [`read`](Self::read) or
/// to [`write`](Self::write), and waits as long as another program has them in a way that excludes this. It is a lock of
/// the system for the file (`flock`): if a process is killed, the system unlocks it. The data may then be half changed.
///
/// For memory that only a process and its forked children use, [`Mapping`](crate::Mapping) needs neither name nor lock.
///
/// ```
/// use examples_shared_memory::SharedSlice;
///
/// # fn main() -> std::io::Result<()> {
/// let name = format!("/squares-{}", std::process::id());
/// let mut squares = SharedSlice::<u64>::create(&name, 1_000)?;
/// squares.write()?[7] = 49;
/// let mut same = SharedSlice::<u64>::open(&name)?; // most often in another program
/// assert_eq!(same.read()?[7], 49);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SharedSlice<T> {
    segment: Segment,
    /// Opened by this value and no other: the lock belongs to it.
    file: File,
    opened_by: u32,
    items: PhantomData<T>,
}

/// Keeps items of slices apart from values of [`Shared`](crate::Shared), which are never locked.
#[repr(transparent)]
struct ItemOfSlice<T>(T);

impl<T: Pod> SharedSlice<T> {
    /// `len` items, all zero, in new memory with this name. The name is removed when this value is dropped: all is as in
    /// [`Shared::create`](crate::Shared::create).
    pub fn create(name: &str, len: usize) -> io::Result<Self> {
        let (mut segment, file) = Segment::create::<ItemOfSlice<T>>(name, len)?;
        segment.publish()?;
        Self::hold(segment, file)
    }

    /// The slice of this name: all is as in [`Shared::open`](crate::Shared::open).
    pub fn open(name: &str) -> io::Result<Self> {
        let (segment, file) = Segment::open::<ItemOfSlice<T>>(name)?;
        Self::hold(segment, file)
    }

    /// `len` items, all zero, in a file without a name: all is as in [`Shared::with_file`](crate::Shared::with_file).
    pub fn with_file(len: usize) -> io::Result<(Self, OwnedFd)> {
        let (mut segment, file) = Segment::without_a_name::<ItemOfSlice<T>>(len)?;
        segment.publish()?;
        Ok((Self::hold(segment, file.try_clone()?)?, file))
    }

    /// The slice in this file: all is as in [`Shared::from_file`](crate::Shared::from_file).
    pub fn from_file(file: OwnedFd) -> io::Result<Self> {
        let (segment, file) = Segment::of_file::<ItemOfSlice<T>>(file, "this file")?;
        Self::hold(segment, file)
    }

    fn hold(segment: Segment, file: OwnedFd) -> io::Result<Self> {
        const { assert!(align_of::<T>() <= 4096, "a page is aligned to 4096 bytes") };
        Ok(Self {
            segment,
            file: opened_again(&file.into())?,
            opened_by: process::id(),
            items: PhantomData,
        })
    }

    /// Waits until no program writes, and lets no program write as long as the guard lives.
    pub fn read(&mut self) -> io::Result<Reading<'_, T>> {
        self.own_file()?.lock_shared()?;
        Ok(Reading(Locked(self)))
    }

    /// Waits until no program reads or writes, and lets no other program do so as long as the guard lives.
    pub fn write(&mut self) -> io::Result<Writing<'_, T>> {
        self.own_file()?.lock()?;
        Ok(Writing(Locked(self)))
    }

    /// The file, opened by this process. A forked child would otherwise have the lock of its parent.
    fn own_file(&mut self) -> io::Result<&File> {
        if self.opened_by != process::id() {
            self.file = opened_again(&self.file)?;
            self.opened_by = process::id();
        }
        Ok(&self.file)
    }
}

impl<T> SharedSlice<T> {
    /// The number of items.
    pub fn len(&self) -> usize {
        self.segment.len()
    }

    /// Whether it has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A copy of a descriptor shares its lock. A file that is opened a second time does not.
#[cfg(target_os = "linux")]
fn opened_again(file: &File) -> io::Result<File> {
    use std::os::fd::AsRawFd;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    File::options().read(true).write(true).open(path)
}

/// This system cannot open it a second time, so that locks would not exclude each other.
#[cfg(not(target_os = "linux"))]
fn opened_again(_file: &File) -> io::Result<File> {
    let message = "slices that programs lock are there on Linux only: use a `Mapping` and fork";
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}

/// It is locked as long as this lives.
#[derive(Debug)]
struct Locked<'a, T>(&'a mut SharedSlice<T>);

impl<T> Drop for Locked<'_, T> {
    fn drop(&mut self) {
        // In a forked child, the lock is still its parent's.
        if self.0.opened_by == process::id() {
            let unlocked = self.0.file.unlock();
            debug_assert!(unlocked.is_ok(), "{unlocked:?}");
        }
    }
}

/// The items of a [`SharedSlice`], which no program changes as long as this lives.
#[derive(Debug)]
#[must_use = "if it is not kept, the slice is unlocked at once"]
pub struct Reading<'a, T>(Locked<'a, T>);

/// The items of a [`SharedSlice`], which no other program uses as long as this lives.
#[derive(Debug)]
#[must_use = "if it is not kept, the slice is unlocked at once"]
pub struct Writing<'a, T>(Locked<'a, T>);

impl<T> Deref for Reading<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let SharedSlice { segment, .. } = &*self.0.0;
        // SAFETY: so many items of plain data are mapped, and as long as they are locked, no program writes them.
        unsafe { slice::from_raw_parts(segment.start().cast().as_ptr(), segment.len()) }
    }
}

impl<T> Deref for Writing<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let SharedSlice { segment, .. } = &*self.0.0;
        // SAFETY: as in `Reading`.
        unsafe { slice::from_raw_parts(segment.start().cast().as_ptr(), segment.len()) }
    }
}

impl<T> DerefMut for Writing<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let SharedSlice { segment, .. } = &*self.0.0;
        // SAFETY: as above, and no other program uses them.
        unsafe { slice::from_raw_parts_mut(segment.start().cast().as_ptr(), segment.len()) }
    }
}
