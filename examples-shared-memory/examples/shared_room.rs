//! A mapping that is longer than its memory: the process that touches the rest is killed.
//!
//! A mapping is an address and a length. Its pages are allocated when they are touched. If a page
//! lies beyond the end of its file, or if there is no room for it in `/dev/shm`, the process gets
//! the signal SIGBUS, at a line that only writes a number. So reserve the memory before you use
//! it: then the answer is an error in words. (The file here is too short on purpose, so that the
//! lesson need not fill all memory.)
//!
//! Run: `cargo run --example shared_room`
//!
//! Expected output:
//!
//! ```text
//! broken: a mapping of 2 pages, and a file of 1 page
//!   a child that writes into page 1 ended well
//!   a child that writes into page 2 was killed by SIGBUS
//! mended: all pages are reserved first
//!   2 pages:  a child that writes into page 2 ended well
//!   64 TiB:   there is no room for 70368744181760 bytes of shared memory: [..] bytes are free
//!   shorter:  no process can make the file shorter: Operation not permitted[..]
//! ```
//!
//! Try: write `file.set_len(2 * PAGE as u64)?;` in the broken part. The file has two pages now, so
//! the check finds that the child was not killed.

#![cfg_attr(not(target_os = "linux"), allow(unused, reason = "see `needs_linux`"))]
#![allow(unsafe_code, reason = "this lesson is about mmap")]

use std::num::NonZero;
use std::os::unix::process::ExitStatusExt;
use std::{fs::File, io};

#[cfg(target_os = "linux")]
use examples_processes::Forked;
use examples_shared_memory::SharedSlice;
#[cfg(target_os = "linux")]
use nix::{
    libc::SIGBUS,
    sys::memfd::{MFdFlags, memfd_create},
    sys::mman::{MapFlags, ProtFlags, mmap},
};
use workloads::println;

examples_shared_memory::needs_linux!();

/// A page of this size, in bytes, or several smaller ones.
const PAGE: usize = 1 << 16;

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    println!("broken: a mapping of 2 pages, and a file of 1 page");
    let file = File::from(memfd_create("short", MFdFlags::MFD_CLOEXEC)?);
    file.set_len(PAGE as u64)?;
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let size = NonZero::new(2 * PAGE).expect("two pages");
    // SAFETY: the system chooses an address that is not in use.
    let first = unsafe { mmap(None, size, access, MapFlags::MAP_SHARED, &file, 0) }?.cast::<u8>();
    // SAFETY: the mapping is two pages long.
    let second = unsafe { first.add(PAGE) };
    for (number, page) in [(1, first), (2, second)] {
        let child = Forked::start(|| {
            // SAFETY: the address is mapped. If there is no memory, the signal ends the child.
            unsafe { page.write_volatile(1) }
        })?;
        let signal = child.wait()?.signal();
        assert_eq!(signal, (number == 2).then_some(SIGBUS));
        let end = signal.map_or("ended well", |_| "was killed by SIGBUS");
        println!("  a child that writes into page {number} {end}");
    }

    println!("mended: all pages are reserved first");
    let (mut bytes, file) = SharedSlice::<u8>::with_file(2 * PAGE)?;
    let child = Forked::start(|| bytes.write().expect("it can be locked")[PAGE] = 1)?;
    assert!(child.wait()?.success() && bytes.read()?[PAGE] == 1);
    println!("  2 pages:  a child that writes into page 2 ended well");
    let error = SharedSlice::<u8>::with_file(1 << 46).expect_err("no computer has that much");
    println!("  64 TiB:   {error}");
    let error = File::from(file).set_len(1).expect_err("its size is sealed");
    println!("  shorter:  no process can make the file shorter: {error}");
    Ok(())
}
