//! Loom's atomic number, with two changes.
//!
//! Loom takes a `SeqCst` access for an `AcqRel` one. Then two threads that each write one word and read the other's may
//! both read the old value, which no machine does. Loom does know `fence(SeqCst)`, so here a fence follows each `SeqCst`
//! write: that is how x86 does it. It orders a little more than Rust promises: also the accesses round it.
//!
//! And an ordering may be made weaker, to see whether the checker notices ([`Fault`]).

use loom::sync::atomic;
use std::sync::atomic::Ordering;

use super::common::fault::{Fault, fault};

/// `std::sync::atomic::AtomicU32` under loom.
#[derive(Debug)]
pub struct AtomicU32(atomic::AtomicU32);

impl AtomicU32 {
    /// As `std`'s.
    pub fn new(value: u32) -> Self {
        Self(atomic::AtomicU32::new(value))
    }

    /// As `std`'s.
    pub fn load(&self, order: Ordering) -> u32 {
        self.0.load(loaded(order))
    }

    /// As `std`'s.
    pub fn store(&self, value: u32, order: Ordering) {
        self.0.store(value, stored(order));
        fence_after(order);
    }

    /// As `std`'s.
    pub fn swap(&self, value: u32, order: Ordering) -> u32 {
        let before = self.0.swap(value, both(order));
        fence_after(order);
        before
    }

    /// As `std`'s.
    pub fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        let before = self.0.fetch_add(value, both(order));
        fence_after(order);
        before
    }

    /// As `std`'s.
    pub fn fetch_sub(&self, value: u32, order: Ordering) -> u32 {
        let before = self.0.fetch_sub(value, both(order));
        fence_after(order);
        before
    }

    /// As `std`'s.
    pub fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        let result = self
            .0
            .compare_exchange(current, new, both(success), loaded(failure));
        fence_after(success);
        result
    }
}

fn fence_after(order: Ordering) {
    if order == Ordering::SeqCst && fault() != Fault::NoSeqCst {
        atomic::fence(Ordering::SeqCst);
    }
}

/// The ordering of a load, or a weaker one.
fn loaded(order: Ordering) -> Ordering {
    match (order, fault()) {
        (Ordering::Acquire, Fault::NoAcquire) => Ordering::Relaxed,
        (order, _) => order,
    }
}

/// The ordering of a store, or a weaker one.
fn stored(order: Ordering) -> Ordering {
    match (order, fault()) {
        (Ordering::Release, Fault::NoRelease) => Ordering::Relaxed,
        (order, _) => order,
    }
}

/// The ordering of an operation that loads and stores, or a weaker one.
fn both(order: Ordering) -> Ordering {
    match (order, fault()) {
        (Ordering::AcqRel, Fault::NoAcquire) => Ordering::Release,
        (Ordering::AcqRel, Fault::NoRelease) => Ordering::Acquire,
        (Ordering::Acquire, Fault::NoAcquire) | (Ordering::Release, Fault::NoRelease) => {
            Ordering::Relaxed
        }
        (order, _) => order,
    }
}
