//! What the project asks about processes. A checker has one, which does not end.

/// The number of this process.
pub(crate) fn this_process() -> u32 {
    1
}

/// Whether a process has ended.
pub(crate) fn has_ended(_process: u32) -> bool {
    false
}
