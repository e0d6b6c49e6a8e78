//! What only Linux has.

#![expect(
    unsafe_code,
    reason = "bare system calls are what this module is about"
)]

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::io;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam::channel::bounded;
use nix::errno::Errno;
use nix::libc;
use nix::sched::CloneFlags;

use super::partners::start_partner;
use super::syscalls::wait_for;
use super::{Group, Operation, Primitive, each};
use crate::cores::{self, Cores};

/// Memory for the stack of a cloned thread or process that does nothing. It grows downwards.
pub(super) type Stack = [u8; 16 << 10];

/// Starts a thread as `pthread_create` does, but with nothing of its own except a stack: no
/// thread-local variables, no guard page. It ends at once; waits for that.
pub(super) fn clone_and_wait(stack: &mut Stack) -> io::Result<()> {
    extern "C" fn nothing(_: *mut c_void) -> c_int {
        0
    }
    // A thread is a process that shares all this with its parent.
    let shared = libc::CLONE_VM
        | libc::CLONE_FS
        | libc::CLONE_FILES
        | libc::CLONE_SIGHAND
        | libc::CLONE_THREAD
        | libc::CLONE_SYSVSEM;
    // When the thread ends, the kernel writes a zero here and wakes up the thread that waits for it.
    let running = AtomicU32::new(1);
    let top = stack.as_mut_ptr_range().end;
    // SAFETY: the thread returns at once and touches nothing but its stack, which no other thread uses
    // before it has ended: this function does not return earlier.
    Errno::result(unsafe {
        libc::clone(
            nothing,
            top.wrapping_sub(top.addr() % 16).cast(), // as a stack is aligned
            shared | libc::CLONE_CHILD_CLEARTID,
            null_mut(),
            null_mut::<c_int>(),
            null_mut::<c_void>(),
            running.as_ptr(),
        )
    })?;
    while running.load(Ordering::Acquire) != 0 {
        // Not FUTEX_PRIVATE_FLAG: the kernel wakes as if from another process.
        futex(&running, libc::FUTEX_WAIT, 1);
    }
    Ok(())
}

/// `vfork`: a child that runs in its parent's memory while the parent is stopped. The child ends at
/// once; waits for it.
///
/// Not by the function `vfork`: it returns twice into the same stack frame, which a compiler would have
/// to know. The system call behind it gives the child a stack of its own.
pub(super) fn vfork_and_wait(stack: &mut Stack) -> io::Result<()> {
    let flags = CloneFlags::CLONE_VM | CloneFlags::CLONE_VFORK;
    // SAFETY: `_exit` may be called at any time. It ends the child's process only.
    let leave = Box::new(|| unsafe { libc::_exit(0) });
    // SAFETY: the child only leaves, and until then nothing else uses its stack or our memory.
    wait_for(unsafe { nix::sched::clone(leave, stack, flags, Some(libc::SIGCHLD)) }?)
}

/// Two threads that wake each other up.
pub(super) fn waking() -> impl Iterator<Item = Primitive> {
    cores::NUMBERS.iter().map(|&number| {
        let group = Group::Synchronisation;
        let floor = Primitive::new(group, "futex wait and wake", |cores, _| futex_ball(cores));
        let floor = floor.built("crossbeam channel", |cores, _| channel(cores));
        floor.on(number)
    })
}

/// A ball that goes to another thread and back.
fn futex_ball(cores: Cores) -> io::Result<Operation> {
    const US: u32 = 0;
    const PARTNER: u32 = 1;
    let ball: &AtomicU32 = Box::leak(Box::new(AtomicU32::new(US)));
    start_partner(cores, || {
        loop {
            wait_as(PARTNER, ball);
            give_to(US, ball);
        }
    })?;
    Ok(each(1, || {
        give_to(PARTNER, ball);
        wait_as(US, ball);
        Ok(())
    }))
}

/// The same by channels.
fn channel(cores: Cores) -> io::Result<Operation> {
    let (to_partner, from_us) = bounded(1);
    let (to_us, from_partner) = bounded(1);
    start_partner(cores, move || {
        let _ = from_us.iter().try_for_each(|ball| to_us.send(ball));
    })?;
    Ok(each(1, move || {
        to_partner.send(black_box(1_u8)).map_err(io::Error::other)?;
        from_partner.recv().map(drop).map_err(io::Error::other)
    }))
}

/// Sleeps while `word` is `value`, or wakes up `value` threads that sleep so.
pub(super) fn futex(word: &AtomicU32, operation: c_int, value: u32) {
    let (call, no_timeout) = (libc::SYS_futex, null::<libc::timespec>());
    // SAFETY: the word lives as long as the call. Callers look at the word, not at what the call returns.
    unsafe { libc::syscall(call, word.as_ptr(), operation, value, no_timeout) };
}

/// Gives a ball to `player`, and wakes that thread up. The ball is the number of its holder.
fn give_to(player: u32, ball: &AtomicU32) {
    ball.store(player, Ordering::Release);
    futex(ball, libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1);
}

/// Sleeps until `player` has the ball.
fn wait_as(player: u32, ball: &AtomicU32) {
    loop {
        match ball.load(Ordering::Acquire) {
            holder if holder == player => return,
            holder => futex(ball, libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG, holder),
        }
    }
}
