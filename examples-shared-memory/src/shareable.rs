//! What may lie in memory that processes share.

#![expect(unsafe_code, reason = "a promise that the compiler cannot check")]

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize};

use bytemuck::Pod;

use crate::sync::{Barrier, Condvar, Event, Mutex, Ring, Semaphore};

/// What several processes may use at the same time, if it lies in memory that they share.
///
/// # Safety
///
/// A value means the same in every process: it has no pointer, no reference, no descriptor, and nothing else that belongs
/// to one process. What is done through `&self` is right if other *processes* do it at the same time, and if one of them
/// is killed in the middle of it, memory stays valid. It need not be dropped. Its size is not zero.
///
/// A type that is made of others has the methods below call theirs.
pub unsafe trait Shareable: Sync + 'static {
    /// Called once, when the value has come to the place where it stays, before another process can see it. What may not be
    /// moved after it was initialised is initialised here.
    ///
    /// # Safety
    ///
    /// `place` points to a valid value, which no other code uses yet, and which is never moved.
    ///
    /// # Errors
    ///
    /// What the system says. Then the value is not used.
    unsafe fn settle(_place: *mut Self) -> io::Result<()>
    where
        Self: Sized,
    {
        Ok(())
    }

    /// Whether something of this process still points to the value, although nothing borrows it, such as a guard that was
    /// forgotten. Then its memory stays mapped until the process ends.
    fn must_stay(&self) -> bool {
        false
    }
}

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
    Barrier,
    Condvar,
    Event,
    Semaphore
);

// SAFETY: any bits are a value of plain data, so a process that is killed while it writes leaves a value, if a wrong one.
unsafe impl<T: Pod + Send> Shareable for Mutex<T> {}

// SAFETY: its numbers change by atomic operations. Messages are plain data: each is a value, whatever bytes it has.
unsafe impl<T: Pod + Send, const CAPACITY: usize> Shareable for Ring<T, CAPACITY> {}

// SAFETY: each item is shareable.
unsafe impl<T: Shareable, const N: usize> Shareable for [T; N] {
    unsafe fn settle(place: *mut Self) -> io::Result<()> {
        for number in 0..N {
            // SAFETY: the place of an item, of which the caller promises what it promises of all.
            unsafe { T::settle(place.cast::<T>().add(number)) }?;
        }
        Ok(())
    }

    fn must_stay(&self) -> bool {
        self.iter().any(T::must_stay)
    }
}

macro_rules! tuple {
    ($($type:ident $number:tt),*) => {
        // SAFETY: each part is shareable.
        unsafe impl<$($type: Shareable),*> Shareable for ($($type,)*) {
            unsafe fn settle(place: *mut Self) -> io::Result<()> {
                $(
                    // SAFETY: the place of a part, of which the caller promises what it promises of all.
                    unsafe { $type::settle(&raw mut (*place).$number) }?;
                )*
                Ok(())
            }

            fn must_stay(&self) -> bool {
                $(self.$number.must_stay())||*
            }
        }
    };
}
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
