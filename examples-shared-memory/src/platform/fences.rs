//! Two fences that belong together: one side often passes its fence, the other side rarely.
//!
//! The problem is that of Dekker. One side writes a message, then looks whether the other side sleeps. The other side
//! writes that it sleeps, then looks for a message. At least one of them must see what the other has written. But a
//! processor lets a load overtake a store that is still in its store buffer, x86 too, so each side needs a fence
//! between its store and its load.
//!
//! A fence waits until the store buffer is empty. After a store to a cache line that the other core has, this takes as
//! long as the line needs to come back: far longer than all else that a message costs. On Linux the side that sleeps,
//! which is slow anyway, can pay for both: the system call `membarrier` makes every core on which a registered process
//! runs pass a fence. The compiler must still leave store and load of the often passed side in their order.

#[cfg(target_os = "linux")]
use std::sync::atomic::compiler_fence;
use std::sync::atomic::{Ordering, fence};

/// Between a store and a load that two sides do crosswise.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fences {
    /// A fence on each side: right if the side that sleeps does so at nearly each message.
    Even,
    /// All that it costs is paid by the side that passes its fence rarely.
    #[cfg(target_os = "linux")]
    Uneven,
}

impl Fences {
    /// Uneven where the system has them, else even.
    pub(crate) fn uneven() -> Self {
        #[cfg(target_os = "linux")]
        if linux::register() {
            return Self::Uneven;
        }
        Self::Even
    }

    /// Each process that passes one of these fences calls this before. Returns whether the system agrees.
    pub(crate) fn join(self) -> bool {
        match self {
            Self::Even => true,
            #[cfg(target_os = "linux")]
            Self::Uneven => linux::register(),
        }
    }

    /// The fence of the side that passes its fence often.
    #[inline]
    pub(crate) fn pass_often(self) {
        match self {
            Self::Even => fence(Ordering::SeqCst),
            #[cfg(target_os = "linux")]
            Self::Uneven => compiler_fence(Ordering::SeqCst),
        }
    }

    /// The fence of the side that passes its fence rarely.
    pub(crate) fn pass_rarely(self) {
        fence(Ordering::SeqCst);
        #[cfg(target_os = "linux")]
        if matches!(self, Self::Uneven) {
            linux::fence_everywhere();
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    #![expect(unsafe_code, reason = "the system call membarrier")]

    use nix::libc;

    fn membarrier(command: libc::c_int) -> bool {
        // SAFETY: it changes no memory. Without flags it looks at no third argument.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn register() -> bool {
        membarrier(libc::MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED)
    }

    pub(super) fn fence_everywhere() {
        let passed = membarrier(libc::MEMBARRIER_CMD_GLOBAL_EXPEDITED);
        debug_assert!(passed, "the same kernel has registered this process");
    }
}
