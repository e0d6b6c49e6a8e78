//! One value that several processes use.

#![expect(unsafe_code, reason = "a reference into memory that processes share")]

use std::io;
use std::num::NonZero;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize};

use bytemuck::Pod;

use crate::region::Region;
use crate::sync::{Barrier, Queue, Ring};

/// What several processes may use at the same time, if it lies in memory that they share.
///
/// # Safety
///
/// A value means the same in every process: it has no pointer, no reference, no descriptor, and nothing else that belongs
/// to one process. What is done through `&self` is right if other *processes* do it at the same time, and if one of them
/// is killed in the middle of it, memory stays valid. It need not be dropped. Its size is not zero.
pub unsafe trait Shareable: Sync + 'static {}

macro_rules! shareable {
    ($($type:ty),*) => { $(
        // SAFETY: it is made of numbers that change by atomic operations.
        unsafe impl Shareable for $type {}
    )* };
}
shareable!(
    AtomicBool,
    AtomicU32,
    AtomicU64,
    AtomicI64,
    AtomicUsize,
    Barrier
);

// SAFETY: its numbers change by atomic operations. Messages are plain data: each is a value, whatever bytes it has.
unsafe impl<T: Pod + Send, const CAPACITY: usize> Shareable for Ring<T, CAPACITY> {}
// SAFETY: as above.
unsafe impl<T: Pod + Send, const CAPACITY: usize> Shareable for Queue<T, CAPACITY> {}

/// A value in a `MAP_SHARED` mapping without a name. The children of this process that are forked later use the same
/// value, not a copy.
///
/// It ends with the last process that has it. The value is never dropped: that would be too early for other processes.
#[derive(Debug)]
pub struct Shared<T> {
    region: Region,
    value: std::marker::PhantomData<T>,
}

impl<T: Shareable> Shared<T> {
    /// Moves `value` there.
    ///
    /// # Errors
    ///
    /// What `mmap` says, such as that there is no memory.
    pub fn new(value: T) -> io::Result<Self> {
        const { assert!(align_of::<T>() <= 4096, "a region begins at a page") };
        let size = NonZero::new(size_of::<T>()).expect("what is shareable has a size");
        let region = Region::anonymous(size)?;
        // SAFETY: the region is large enough, begins at a page, and no other code knows it yet.
        unsafe { region.start().cast().write(value) };
        let value = std::marker::PhantomData;
        Ok(Self { region, value })
    }
}

impl<T: Shareable> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: there is a `T` as long as the region is mapped, and other processes use it by `&T`, too.
        unsafe { self.region.start().cast().as_ref() }
    }
}
