//! What [`sync`](crate::sync) is built on: atomics, cells, and two ways to wait, by spinning and by sleeping.
//!
//! The checkers of schedules (`checkers/`) compile the files of `sync` again, with a `platform` of their own that
//! has the same names. So what they check is the code that runs.

#![cfg_attr(
    target_os = "linux",
    expect(unsafe_code, reason = "the futex system call")
)]

mod cell;
mod fences;
mod processes;

pub(crate) use cell::UnsafeCell;
pub(crate) use fences::Fences;
pub(crate) use processes::{has_ended, this_process};
pub(crate) use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Looks at `ready` again and again, for about as long as `limit`, and returns what it said last.
///
/// A spinning thread keeps a core busy. It tells the core so (`PAUSE`), which then leaves more to a thread beside it. It
/// does not offer the core to other threads: while those run, it could not see what it waits for. So do not spin if the
/// thread that is waited for may need this core.
pub(crate) fn spin_until(limit: Duration, ready: impl Fn() -> bool) -> bool {
    /// Looks between two looks at the clock.
    const LOOKS: u32 = 200;
    let mut begin = None;
    loop {
        for _ in 0..LOOKS {
            if ready() {
                return true;
            }
            std::hint::spin_loop();
        }
        // The clock is asked late, so that a short wait does not pay for it.
        if begin.get_or_insert_with(Instant::now).elapsed() >= limit {
            return ready();
        }
    }
}

/// Sleeps as long as `word` is `value`, at most for `limit`. It may return earlier, so callers look again.
///
/// Between processes, too: the kernel finds the word by the memory that it lies in, not by its address. On systems other
/// than Linux, which offer no such call to all of their versions, it sleeps for a moment only.
pub(crate) fn sleep_while(word: &AtomicU32, value: u32, limit: Option<Duration>) {
    #[cfg(target_os = "linux")]
    {
        use nix::libc;
        let limit = limit.map(|limit| libc::timespec {
            tv_sec: limit.as_secs().min(i64::MAX as u64).cast_signed(),
            tv_nsec: limit.subsec_nanos().into(),
        });
        let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: word and limit live as long as the call. An error says that the word has changed, that a signal came,
        // or that the limit is over: in each case callers look again.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                word.as_ptr(),
                libc::FUTEX_WAIT,
                value,
                limit,
            )
        };
    }
    #[cfg(not(target_os = "linux"))]
    if word.load(Ordering::Relaxed) == value {
        const MOMENT: Duration = Duration::from_micros(50);
        std::thread::sleep(limit.map_or(MOMENT, |limit| limit.min(MOMENT)));
    }
}

/// Wakes up at most `count` threads that sleep by [`sleep_while`], in this process and in others.
pub(crate) fn wake(word: &AtomicU32, count: u32) {
    #[cfg(target_os = "linux")]
    {
        use nix::libc;
        let count = count.min(i32::MAX.cast_unsigned());
        // SAFETY: the word lives as long as the call, which does not write to it.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, count) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (word, count);
}

/// All that sleep.
pub(crate) const ALL: u32 = u32::MAX;
