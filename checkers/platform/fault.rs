//! Faults that are put into the platform on purpose: a checker that finds nothing must be seen to find something.

use std::cell::Cell;

/// What is wrong with the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// `Release` counts as `Relaxed` (only under loom, which knows orderings).
    NoRelease,
    /// `Acquire` counts as `Relaxed` (only under loom).
    NoAcquire,
    /// `SeqCst` counts as `AcqRel` (only under loom).
    NoSeqCst,
    /// Every ordering counts as `Relaxed` (only under loom).
    AllRelaxed,
    /// `sleep_while` does not compare the word before it sleeps.
    NoCompare,
    /// `wake` wakes up no thread.
    NoWake,
    /// `wake` wakes up one thread, however many it is asked for.
    WakeOne,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 7] = [
        Self::NoRelease,
        Self::NoAcquire,
        Self::NoSeqCst,
        Self::AllRelaxed,
        Self::NoCompare,
        Self::NoWake,
        Self::WakeOne,
    ];
}

thread_local! {
    static FAULT: Cell<Fault> = const { Cell::new(Fault::None) };
}

/// The fault that the platform has now.
pub(crate) fn fault() -> Fault {
    FAULT.get()
}

/// From now on, the platform of this thread of the system has this fault.
pub fn set_fault(fault: Fault) {
    FAULT.set(fault);
}
