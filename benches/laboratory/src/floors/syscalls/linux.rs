//! The calls that only Linux has.

use std::ptr::null;
use std::sync::atomic::AtomicU32;

use nix::libc::{
    CLONE_CHILD_CLEARTID, CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD,
    CLONE_VFORK, CLONE_VM, FUTEX_PRIVATE_FLAG, FUTEX_WAIT, FUTEX_WAKE, SIGCHLD, SYS_futex, clone,
    syscall, timespec,
};

use super::{_exit, Ordering, Pid, c_int, c_void, check, io, null_mut, wait_for};

/// Memory for the stack of a cloned thread or process that does nothing. Made once, used again
/// and again.
#[repr(align(16))]
pub(in crate::floors) struct Stack([u8; 1 << 14]);

impl Stack {
    pub(in crate::floors) fn new() -> Box<Self> {
        Box::new(Self([0; 1 << 14]))
    }

    /// Where it begins: a stack grows downwards.
    fn top(&mut self) -> *mut c_void {
        self.0.as_mut_ptr_range().end.cast()
    }
}

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
            stack.top(),
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
    // SAFETY: the child only leaves, and until then nothing else uses its stack or our memory.
    let child = check(unsafe {
        clone(
            leave,
            stack.top(),
            CLONE_VM | CLONE_VFORK | SIGCHLD,
            null_mut(),
        )
    })?;
    wait_for(Pid::from_raw(child))
}

/// Sleeps while `word` is `value`, or wakes up `value` threads that sleep so.
fn futex(word: &AtomicU32, operation: c_int, value: u32) {
    // SAFETY: the word lives as long as the call. Callers look at the word, not at what the call returns.
    unsafe {
        syscall(
            SYS_futex,
            word.as_ptr(),
            operation,
            value,
            null::<timespec>(),
        )
    };
}

/// A ball between two threads that sleep while the other has it.
pub(in crate::floors) struct Ball {
    holder: AtomicU32,
}

impl Ball {
    pub(in crate::floors) fn held_by(player: u32) -> Self {
        Self {
            holder: AtomicU32::new(player),
        }
    }

    /// Gives it to `player`, and wakes that thread up.
    pub(in crate::floors) fn give_to(&self, player: u32) {
        self.holder.store(player, Ordering::Release);
        futex(&self.holder, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
    }

    /// Sleeps until `player` has it.
    pub(in crate::floors) fn wait_as(&self, player: u32) {
        loop {
            match self.holder.load(Ordering::Acquire) {
                holder if holder == player => return,
                holder => futex(&self.holder, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, holder),
            }
        }
    }
}
