//! Which process this is, and whether another one has ended.

#![cfg_attr(unix, expect(unsafe_code, reason = "bare system calls"))]

#[cfg(unix)]
pub(crate) use id::this_process;
/// The id of this process: neither 0 nor `u32::MAX`.
#[cfg(not(unix))]
pub(crate) use std::process::id as this_process;

#[cfg(unix)]
mod id {
    use std::sync::Once;
    use std::sync::atomic::{AtomicU32, Ordering};

    use nix::libc::pthread_atfork;

    /// 0 if it is not known.
    static ID: AtomicU32 = AtomicU32::new(0);

    /// The id of this process: neither 0 nor `u32::MAX`. To ask the system takes longer than to lock a mutex.
    pub(crate) fn this_process() -> u32 {
        match ID.load(Ordering::Relaxed) {
            0 => ask(),
            id => id,
        }
    }

    fn ask() -> u32 {
        static FORGETS: Once = Once::new();
        // SAFETY: after a fork, the child calls a function that only changes a number.
        FORGETS.call_once(
            || match unsafe { pthread_atfork(None, None, Some(forget)) } {
                0 => {}
                error => panic!("{}", std::io::Error::from_raw_os_error(error)),
            },
        );
        let id = std::process::id();
        ID.store(id, Ordering::Relaxed);
        id
    }

    /// A forked child has a copy of its parent's number.
    unsafe extern "C" fn forget() {
        ID.store(0, Ordering::Relaxed);
    }
}

/// Whether the process of this id has ended. A process that has ended is still found for as long as its parent is
/// another process that has not waited for it.
#[cfg(unix)]
pub(crate) fn has_ended(process: u32) -> bool {
    use nix::errno::Errno;
    use nix::libc::{P_PID, WEXITED, WNOHANG, WNOWAIT, kill, siginfo_t, waitid};

    let Ok(id) = i32::try_from(process) else {
        return false;
    };
    if id == 0 {
        return false;
    }
    // SAFETY: signal 0 is not sent.
    if unsafe { kill(id, 0) } == -1 {
        return Errno::last() == Errno::ESRCH;
    }
    // A child of this process that has ended and has not been waited for. This looks, and leaves it to be waited for.
    // SAFETY: zeros are a `siginfo_t`.
    let mut info: siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: `info` is there for as long as the call.
    let asked = unsafe { waitid(P_PID, process, &raw mut info, WEXITED | WNOHANG | WNOWAIT) };
    asked == 0 && info.si_signo != 0
}

/// Nothing is shared between processes here.
#[cfg(not(unix))]
pub(crate) fn has_ended(_process: u32) -> bool {
    false
}
