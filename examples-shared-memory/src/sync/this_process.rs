//! The id of this process, without a call to the system each time.

#![expect(unsafe_code, reason = "a function that is called after each fork")]

use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// 0 if it is not known.
static ID: AtomicU32 = AtomicU32::new(0);

/// The id of this process. To ask the system takes longer than to lock a mutex.
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
        || match unsafe { nix::libc::pthread_atfork(None, None, Some(forget)) } {
            0 => {}
            error => panic!("{}", std::io::Error::from_raw_os_error(error)),
        },
    );
    let id = process::id();
    ID.store(id, Ordering::Relaxed);
    id
}

/// A forked child has a copy of its parent's number.
unsafe extern "C" fn forget() {
    ID.store(0, Ordering::Relaxed);
}
