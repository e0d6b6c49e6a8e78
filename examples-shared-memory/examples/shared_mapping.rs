//! Memory that two processes share: a mapping that was made before the fork.
//!
//! A forked child has a copy of its parent's variables: what it writes into a vector stays in its
//! copy. A `MAP_SHARED` mapping is memory that both processes see. An answer that a child computes
//! into a mapping has arrived at its parent: nothing is sent, and nothing is copied.
//!
//! Run: `cargo run --example shared_mapping`
//!
//! Expected output:
//!
//! ```text
//! the child wrote 1000 squares into a vector and into a mapping
//! the parent finds 0 at the end of the vector: the child wrote into its own copy
//! the parent finds 998001 at the end of the mapping: both processes share its memory
//! shared-memory/mapped: 1000 squares, as in serial
//! ```
//!
//! Try: write `MAP_PRIVATE` for `MAP_SHARED`. The mapping is now copied by the first write, as the
//! vector is, and the check says that the child's squares are not in it.

#![allow(unsafe_code, reason = "this lesson is about mmap and fork")]

use std::num::NonZero;
use std::{io, slice};

#[cfg(unix)]
use examples_shared_memory::Mapped;
#[cfg(unix)]
use nix::{
    libc::_exit,
    sys::mman::{MapFlags, ProtFlags, mmap_anonymous},
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
use workloads::squares::Squares;
use workloads::{Map, Paradigm, println};

examples_processes::needs_unix!();

const ITEMS: usize = 1_000;
const BYTES: NonZero<usize> = NonZero::new(ITEMS * size_of::<u64>()).expect("8000 is not 0");

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = Squares::new(ITEMS);
    let serial = workload.items(0..ITEMS);
    let mut vector = vec![0; ITEMS];

    // The mechanism. The mapping lasts until every process that has it has ended or unmapped it.
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: the system chooses an address that is not in use.
    let address = unsafe { mmap_anonymous(None, BYTES, access, MapFlags::MAP_SHARED) }?;
    let numbers = address.cast::<u64>().as_ptr();

    examples_processes::OneThread::check()?;
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }? {
        ForkResult::Child => {
            // SAFETY: the mapping is aligned to a page and full of zeros, which are numbers. It has
            // room for `ITEMS` numbers, and the parent does not use it before the child has ended.
            let mapping = unsafe { slice::from_raw_parts_mut(numbers, ITEMS) };
            workload.fill(0, &mut vector);
            workload.fill(0, mapping);
            // SAFETY: `_exit` may be called at any time.
            unsafe { _exit(0) }
        }
        ForkResult::Parent { child } => {
            assert_eq!(waitpid(child, None)?, WaitStatus::Exited(child, 0));
        }
    }

    // SAFETY: no process writes into the mapping any more.
    let mapping = unsafe { slice::from_raw_parts(numbers, ITEMS) };
    assert!(
        mapping == serial,
        "the child's squares are not in the mapping"
    );
    println!("the child wrote {ITEMS} squares into a vector and into a mapping");
    let (copied, shared) = (vector[ITEMS - 1], mapping[ITEMS - 1]);
    println!(
        "the parent finds {copied} at the end of the vector: the child wrote into its own copy"
    );
    println!(
        "the parent finds {shared} at the end of the mapping: both processes share its memory"
    );

    // The paradigm: the same mechanism for any workload, with a child for each worker.
    let two = NonZero::new(2).expect("at least one worker");
    let squares = Mapped::start(two)?.map(&workload)?;
    assert_eq!(*squares, serial);
    println!("shared-memory/mapped: {ITEMS} squares, as in serial");
    Ok(())
}
