//! Signals that end a command: Ctrl-C, a request to terminate, a terminal that was closed.

#![expect(
    unsafe_code,
    reason = "only a bare call shows whether a signal is ignored"
)]

use std::io;
use std::mem::MaybeUninit;
use std::process::exit;
use std::ptr;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use nix::libc;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long a cleanup may take. It blocks if standard error is a full pipe, and while a file is written.
const SOON: Duration = Duration::from_secs(1);

/// When one of the signals comes, does `cleanup` and ends this process. The exit status is that of a shell: 128 and
/// the signal's number.
///
/// A hang-up that is ignored, as `nohup` does it, stays ignored. A file that becomes too large is an error of writing it,
/// and no signal.
pub(crate) fn end_after(cleanup: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // SAFETY: no code of this process runs when the signal comes.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    let ends = |&signal: &i32| signal != SIGHUP || !is_ignored(signal);
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP].iter().filter(|it| ends(it)))?;
    let wait = move || {
        let Some(signal) = signals.forever().next() else {
            return;
        };
        let (done, is_done) = channel();
        let cleaning = thread::Builder::new().spawn(move || {
            cleanup();
            // It fails only if this took too long.
            let _ = done.send(());
        });
        if cleaning.is_ok() {
            let _ = is_done.recv_timeout(SOON);
        }
        exit(128 + signal);
    };
    thread::Builder::new().spawn(wait)?;
    Ok(())
}

/// Whether this process was started with the signal ignored.
fn is_ignored(signal: i32) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: nothing is changed, and there is room for the action that is told.
    let told = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: the action was told; and zeros would be one, too.
    told == 0 && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}
