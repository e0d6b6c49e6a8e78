//! The primitives of the operating system, bare: what everything parallel is made of.
//!
//! Each function is the shortest sequence of calls that does one thing and nothing else: no value is handed over, no
//! panic is caught, no buffer is kept. So its time is a floor: what is built on the primitive takes at least as long.
//! Where `nix` or the standard library offers the call itself, as a function that only passes it on to the kernel,
//! that function is used.
//!
//! These functions are shorter than a program may be. A function here that fails leaves its children waiting to be
//! reaped, because the measuring process that calls it ends then, and the kernel cleans up.

#![expect(
    unsafe_code,
    reason = "bare system calls are what this module is about"
)]

use std::ffi::{CStr, c_int, c_void};
use std::hint::black_box;
use std::io::{self, PipeReader, Read, Write};
use std::mem::MaybeUninit;
use std::num::NonZero;
use std::ptr::{NonNull, null, null_mut};
use std::sync::atomic::{AtomicU64, Ordering};

use examples_processes::OneThread;
use nix::errno::Errno;
use nix::libc::{
    _exit, SIGSTKSZ, SS_DISABLE, pthread_create, pthread_join, pthread_t, sigaltstack, stack_t,
};
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawn};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

/// Calls for threads return the reason why they failed, and not -1 as others do.
fn check_reason(reason: c_int) -> io::Result<()> {
    match reason {
        0 => Ok(()),
        reason => Err(io::Error::from_raw_os_error(reason)),
    }
}

/// What a thread does: nothing.
pub(super) extern "C" fn nothing(_: *mut c_void) -> *mut c_void {
    null_mut()
}

/// What the start of every Rust thread adds, and its end takes back: a second stack, with a guard page, on which the
/// thread can still say that its first one has overflowed.
pub(super) extern "C" fn use_signal_stack(_: *mut c_void) -> *mut c_void {
    match with_signal_stack() {
        Ok(()) => null_mut(),
        Err(_) => NonNull::dangling().as_ptr(),
    }
}

fn with_signal_stack() -> nix::Result<()> {
    const GUARD: usize = 4096;
    const SIZE: NonZero<usize> = NonZero::new(GUARD + SIGSTKSZ).expect("it is not zero");
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: the kernel chooses an address that is not in use.
    let memory = unsafe { mmap_anonymous(None, SIZE, access, MapFlags::MAP_PRIVATE) }?;
    // SAFETY: this page was just mapped, and nothing uses it.
    unsafe { mprotect(memory, GUARD, ProtFlags::PROT_NONE) }?;
    let mut stack = stack_t {
        ss_sp: memory.as_ptr().wrapping_byte_add(GUARD),
        ss_flags: 0,
        ss_size: SIGSTKSZ,
    };
    // SAFETY: the stack stays mapped until it is given up below.
    Errno::result(unsafe { sigaltstack(&raw const stack, null_mut()) })?;
    stack.ss_flags = SS_DISABLE;
    // SAFETY: no handler runs on it now.
    Errno::result(unsafe { sigaltstack(&raw const stack, null_mut()) })?;
    // SAFETY: this is what was mapped above, and nothing uses it any more.
    unsafe { munmap(memory, SIZE.get()) }
}

/// Creates `N` threads that run `routine`, which returns null if all went well, and joins them.
pub(super) fn create_and_join<const N: usize>(
    routine: extern "C" fn(*mut c_void) -> *mut c_void,
) -> io::Result<()> {
    let mut threads = [const { MaybeUninit::<pthread_t>::uninit() }; N];
    for thread in &mut threads {
        let thread = thread.as_mut_ptr();
        // SAFETY: the thread uses nothing of ours.
        check_reason(unsafe { pthread_create(thread, null(), routine, null_mut()) })?;
    }
    for thread in threads {
        // SAFETY: every one was created, or the loop above would have returned.
        let thread = unsafe { thread.assume_init() };
        let mut result = null_mut();
        // SAFETY: it is joined once, here.
        check_reason(unsafe { pthread_join(thread, &raw mut result) })?;
        if !result.is_null() {
            return Err(io::Error::other("a thread got no stack for signals"));
        }
    }
    Ok(())
}

/// Forks a child that ends at once, and waits for it.
pub(super) fn fork_and_wait(_evidence: OneThread) -> io::Result<()> {
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        // SAFETY: `_exit` may be called at any time.
        ForkResult::Child => unsafe { _exit(0) },
        ForkResult::Parent { child } => wait_for(child),
    }
}

/// Forks `N` children, each with a pipe into which it writes one byte before it ends; reads every
/// pipe to its end, then waits for its child.
pub(super) fn fork_with_pipes_and_wait<const N: usize>(_evidence: OneThread) -> io::Result<()> {
    let mut started: [Option<(Pid, PipeReader)>; N] = [const { None }; N];
    for slot in &mut started {
        let (ours, mut theirs) = io::pipe()?;
        // SAFETY: this process has one thread, so the child's copy of it is whole.
        match unsafe { fork() }? {
            ForkResult::Child => {
                drop(ours);
                let status = c_int::from(theirs.write(&[7]).is_err());
                // SAFETY: `_exit` may be called at any time.
                unsafe { _exit(status) }
            }
            // Its copy of the child's end is closed here: else it would never read the end of the pipe.
            ForkResult::Parent { child } => *slot = Some((child, ours)),
        }
    }
    for (child, mut reads) in started.into_iter().flatten() {
        let mut byte = [0];
        if reads.read(&mut byte)? != 1 || reads.read(&mut byte)? != 0 {
            return Err(io::Error::other(
                "a child terminated before it sent its byte",
            ));
        }
        drop(reads);
        wait_for(child)?;
    }
    Ok(())
}

/// Waits until `child` has ended.
pub(super) fn wait_for(child: Pid) -> io::Result<()> {
    match waitpid(child, None)? {
        WaitStatus::Exited(_, 0) => Ok(()),
        end => Err(io::Error::other(format!("a child ended so: {end:?}"))),
    }
}

/// Starts `program` without arguments, and with one variable in its environment.
pub(super) fn spawn(program: &CStr, variable: &CStr) -> io::Result<Pid> {
    let actions = PosixSpawnFileActions::init()?;
    let attributes = PosixSpawnAttr::init()?;
    let child = posix_spawn(program, &actions, &attributes, &[program], &[variable]);
    Ok(child?)
}

/// Writes one byte on every page of this much memory, and keeps the memory until this process ends. Its pages have the
/// smallest size, as those of most memory: a fork copies the tables of large pages faster. (Only Linux lets a process
/// choose the size.)
pub(crate) fn write_small_pages(bytes: usize) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_thp_disable(true)?;
    let memory = vec![0_u8; bytes].leak();
    for page in memory.chunks_mut(4096) {
        page[0] = 1;
    }
    black_box(memory);
    Ok(())
}

/// Adds one by compare-and-swap: if another thread was faster, it tries again with what that thread wrote.
pub(super) fn increment(number: &AtomicU64) {
    let mut seen = number.load(Ordering::Relaxed);
    while let Err(now) =
        number.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed)
    {
        seen = now;
    }
}
