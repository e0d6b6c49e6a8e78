//! No worker outlives its parent.

#![expect(unsafe_code, reason = "a worker without a parent leaves by _exit")]

use nix::libc::_exit;
use nix::unistd::getppid;

/// A child leaves with this status if it cannot answer, because its parent has ended.
pub(crate) const UNHEARD: i32 = 1;

/// Asks the kernel to kill this process when `parent` ends, so that no worker outlives a killed
/// parent. If `parent` has ended already, this process ends now.
///
/// Linux only; elsewhere a worker ends when it next reads from or writes to its parent.
pub fn die_with_parent(parent: u32) {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::{prctl::set_pdeathsig, signal::Signal};
        // It fails only if there is no such signal.
        let _ = set_pdeathsig(Signal::SIGKILL);
    }
    if getppid().as_raw().cast_unsigned() != parent {
        // SAFETY: `_exit` may be called at any time.
        unsafe { _exit(UNHEARD) }
    }
}
