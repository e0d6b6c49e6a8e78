//! The names that this process has made and not yet removed: `process::exit` drops no value, so they are removed then.

#![expect(
    unsafe_code,
    reason = "a function that is called at the end of the process"
)]

use std::sync::{Mutex, Once, PoisonError};

use nix::sys::mman::shm_unlink;
use nix::unistd::{Pid, getpid};

/// Each with the process that has made it: a forked child has a copy.
static NAMES: Mutex<Vec<(Pid, String)>> = Mutex::new(Vec::new());

/// From now on, the name is removed when this process exits, unless it is removed before.
pub(crate) fn add(name: &str) {
    static AT_EXIT: Once = Once::new();
    AT_EXIT.call_once(|| {
        // SAFETY: the function may be called at the end, when other threads may still run: it takes a lock. If there is no
        // room for one more such function, names are removed on drop only.
        unsafe { nix::libc::atexit(remove_all) };
    });
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names.push((getpid(), name.to_owned()));
}

/// Removes the name, if this process has made it.
pub(crate) fn remove(name: &str) {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let this = (getpid(), name.to_owned());
    if let Some(place) = names.iter().position(|it| *it == this) {
        names.swap_remove(place);
        // It fails if another process has removed the name already.
        let _ = shm_unlink(name);
    }
}

extern "C" fn remove_all() {
    let Ok(names) = NAMES.try_lock() else { return };
    let this = getpid();
    for (_, name) in names.iter().filter(|(made_by, _)| *made_by == this) {
        let _ = shm_unlink(&**name);
    }
}
