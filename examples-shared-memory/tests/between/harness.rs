//! What these tests have in common: children, names, and what may be left behind.

use examples_processes::{Audit, Forked};
use std::os::unix::process::ExitStatusExt;

use crate::own_process;

/// Runs a test in its process.
pub(crate) fn run_one(test: fn()) {
    let before = Audit::now();
    test();
    assert_nothing_is_left(&before);
}

/// What other programs have in `/dev/shm` is theirs.
pub(crate) fn assert_nothing_is_left(before: &Audit) {
    let count = |it: &String| !it.contains("/dev/shm") || it.contains("between-");
    own_process::assert_nothing_is_left(before, count);
}

/// A name for a segment that no other process has.
#[cfg(target_os = "linux")]
pub(crate) fn name(of: &str) -> String {
    format!("/between-{}-{of}", std::process::id())
}

/// A child that does `work`.
pub(crate) fn child(work: impl FnOnce()) -> Forked {
    Forked::start(work).expect("a test has one thread")
}

pub(crate) fn assert_ends_well(child: Forked) {
    let end = child.wait().expect("it is ours");
    assert!(end.success(), "{end}");
}

pub(crate) fn kill_and_wait(child: Forked) {
    child.kill().expect("it was not waited for");
    assert_is_killed(child);
}

/// That it was killed, and did not end before.
pub(crate) fn assert_is_killed(child: Forked) {
    let end = child.wait().expect("it is ours");
    assert_eq!(end.signal(), Some(nix::libc::SIGKILL), "{end}");
}
