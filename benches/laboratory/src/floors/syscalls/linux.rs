//! The calls that only Linux has.

use std::ptr::null;
use std::sync::atomic::AtomicU32;

use nix::libc::{
    CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD,
    CLONE_VFORK, CLONE_VM, FUTEX_PRIVATE_FLAG, FUTEX_WAIT, FUTEX_WAKE, SIGCHLD, SYS_futex, clone,
    syscall, timespec,
};

use super::{_exit, Ordering, Pid, c_int, c_void, check, io, null_mut, wait_for};

/// Memory for the stack of a cloned thread or process that does nothing: 16 KiB, aligned to 16 bytes. It grows downwards.
pub(in crate::floors) type Stack = [u128; 1 << 10];

/// Starts a thread as `pthread_create` does, but with nothing of its own except a stack: no
/// thread-local variables, no guard page. It ends at once; waits for that.
pub(in crate::floors) fn clone_and_wait(stack: &mut Stack) -> io::Result<()> {
    extern "C" fn nothing(_: *mut c_void) -> c_int {
        0
    }
    // A thread is a process that shares all this with its parent.
    let shared = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    // When the thread ends, the kernel writes a zero here and wakes up the thread that waits for it.
    let running = AtomicU32::new(1);
    // SAFETY: the thread returns at once and touches nothing but its stack, which no other thread uses
    // before it has ended: this function does not return earlier.
    check(unsafe {
        clone(
            nothing,
            stack.as_mut_ptr_range().end.cast(),
            shared | CLONE_CHILD_CLEARTID,
            null_mut(),
            null_mut::<c_int>(),
            null_mut::<c_void>(),
            running.as_ptr(),
        )
    })?;
    while running.load(Ordering::Acquire) != 0 {
        // Not FUTEX_PRIVATE_FLAG: the kernel wakes as if from another process.
        futex(&running, FUTEX_WAIT, 1);
    }
    Ok(())
}

/// `vfork`: a child that runs in its parent's memory while the parent is stopped. The child ends at
/// once; waits for it.
///
/// Not by the function `vfork`: it returns twice into the same stack frame, which a compiler would have
/// to know. The system call behind it gives the child a stack of its own.
pub(in crate::floors) fn vfork_and_wait(stack: &mut Stack) -> io::Result<()> {
    extern "C" fn leave(_: *mut c_void) -> c_int {
        // SAFETY: `_exit` may be called at any time. It ends the child's process only.
        unsafe { _exit(0) }
    }
    let (top, flags) = (
        stack.as_mut_ptr_range().end,
        CLONE_VM | CLONE_VFORK | SIGCHLD,
    );
    // SAFETY: the child only leaves, and until then nothing else uses its stack or our memory.
    let child = check(unsafe { clone(leave, top.cast(), flags, null_mut()) })?;
    wait_for(Pid::from_raw(child))
}

/// Sleeps while `word` is `value`, or wakes up `value` threads that sleep so.
fn futex(word: &AtomicU32, operation: c_int, value: u32) {
    let forever = null::<timespec>();
    // SAFETY: the word lives as long as the call. Callers look at the word, not at what the call returns.
    unsafe { syscall(SYS_futex, word.as_ptr(), operation, value, forever) };
}

/// Gives a ball to `player`, and wakes that thread up. The ball is the number of its holder.
pub(in crate::floors) fn give_to(player: u32, ball: &AtomicU32) {
    ball.store(player, Ordering::Release);
    futex(ball, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
}

/// Sleeps until `player` has the ball.
pub(in crate::floors) fn wait_as(player: u32, ball: &AtomicU32) {
    loop {
        match ball.load(Ordering::Acquire) {
            holder if holder == player => return,
            holder => futex(ball, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, holder),
        }
    }
}
