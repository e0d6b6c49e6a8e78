//! An ended child stays until its parent has waited for it.

#![expect(
    unsafe_code,
    reason = "`signal` is unsafe, because it can also set a handler"
)]

use nix::sys::signal::{SigHandler, Signal, signal};

/// Makes sure that `waitpid` reports how a child ended: sets `SIGCHLD`, the signal of a child's end, to its default.
///
/// If a process ignores `SIGCHLD`, the kernel forgets its children when they end, and waiting for them is the error
/// `ECHILD`. A program ignores `SIGCHLD` from its start if the program that started it does, because `exec` keeps
/// what is ignored.
///
/// [`OneThread::check`](crate::OneThread::check) and
/// [`become_worker_if_asked`](crate::become_worker_if_asked) call this.
pub fn keep_ended_children() {
    // SAFETY: the default is no handler, so no code of this process runs when the signal comes.
    let before = unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) };
    debug_assert!(before.is_ok(), "there is such a signal");
}
