//! Loom's atomic number, with two changes.
//!
//! Loom takes a `SeqCst` access for an `AcqRel` one. Then two threads that each write one word and read the other's may
//! both read the old value, which no machine does. Loom does know `fence(SeqCst)`, so here a fence follows each `SeqCst`
//! write: that is how x86 does it. It orders a little more than Rust promises: also the accesses round it.
//!
//! When an execution has failed, its values are dropped, and some change an atomic number then, which loom no longer
//! knows. So during a panic nothing is done.
//!
//! And an ordering may be made weaker, to see whether the checker notices ([`Fault`]).

use loom::sync::atomic;
use std::sync::atomic::Ordering;
use std::thread::panicking;

use super::common::fault::{Fault, fault};

/// `std::sync::atomic::AtomicU32` under loom.
#[derive(Debug, Default)]
pub struct AtomicU32(atomic::AtomicU32);

impl AtomicU32 {
    /// As `std`'s.
    pub fn new(value: u32) -> Self {
        Self(atomic::AtomicU32::new(value))
    }

    /// As `std`'s.
    pub fn load(&self, order: Ordering) -> u32 {
        if panicking() {
            return 0;
        }
        self.0.load(loaded(order))
    }

    /// As `std`'s.
    pub fn store(&self, value: u32, order: Ordering) {
        if panicking() {
            return;
        }
        self.0.store(value, stored(order));
        fence_after(order);
    }

    /// As `std`'s.
    pub fn swap(&self, value: u32, order: Ordering) -> u32 {
        self.change(order, |number, order| number.swap(value, order))
    }

    /// As `std`'s.
    pub fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        self.change(order, |number, order| number.fetch_add(value, order))
    }

    /// As `std`'s.
    pub fn fetch_sub(&self, value: u32, order: Ordering) -> u32 {
        self.change(order, |number, order| number.fetch_sub(value, order))
    }

    /// As `std`'s.
    pub fn fetch_or(&self, value: u32, order: Ordering) -> u32 {
        self.change(order, |number, order| number.fetch_or(value, order))
    }

    fn change(
        &self,
        order: Ordering,
        change: impl FnOnce(&atomic::AtomicU32, Ordering) -> u32,
    ) -> u32 {
        if panicking() {
            return 0;
        }
        let before = change(&self.0, both(order));
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

    /// As `std`'s, but it never fails without a reason.
    pub fn compare_exchange_weak(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.compare_exchange(current, new, success, failure)
    }
}

fn fence_after(order: Ordering) {
    if order == Ordering::SeqCst {
        full_fence();
    }
}

/// Nothing is reordered across it.
pub(crate) fn full_fence() {
    if !panicking() && !matches!(fault(), Fault::NoSeqCst | Fault::AllRelaxed) {
        atomic::fence(Ordering::SeqCst);
    }
}

/// The ordering of a load, or a weaker one.
fn loaded(order: Ordering) -> Ordering {
    match (order, fault()) {
        (Ordering::Acquire, Fault::NoAcquire) | (_, Fault::AllRelaxed) => Ordering::Relaxed,
        (order, _) => order,
    }
}

/// The ordering of a store, or a weaker one.
fn stored(order: Ordering) -> Ordering {
    match (order, fault()) {
        (Ordering::Release, Fault::NoRelease) | (_, Fault::AllRelaxed) => Ordering::Relaxed,
        (order, _) => order,
    }
}

/// The ordering of an operation that loads and stores, or a weaker one.
fn both(order: Ordering) -> Ordering {
    match (order, fault()) {
        (Ordering::AcqRel, Fault::NoAcquire) => Ordering::Release,
        (Ordering::AcqRel, Fault::NoRelease) => Ordering::Acquire,
        (Ordering::Acquire, Fault::NoAcquire)
        | (Ordering::Release, Fault::NoRelease)
        | (_, Fault::AllRelaxed) => Ordering::Relaxed,
        (order, _) => order,
    }
}
