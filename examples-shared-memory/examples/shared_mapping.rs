//! Processes share nothing, except what was mapped as shared before the fork.
//!
//! A forked child has a copy of its parent's variables: the first write to a page makes that page the
//! child's own (copy-on-write). A `MAP_SHARED` mapping is the exception: parent and children see the
//! same bytes. An answer that is computed into it has arrived, with nothing copied.
//!
//! Run: `cargo run --example shared_mapping`
//!
//! Expected output:
//!
//! ```text
//! the children wrote 999999 squares above 0 into a vector and into a mapping
//! the parent finds 0 in the vector: each child wrote into a copy of its own
//! the parent finds 999999 in the mapping: parent and children share its memory
//! shared-memory/mapped: 1000000 squares, as in the serial loop and in the mapping
//! ```
//!
//! Try: begin with `vec![7; workload.len()]`. The parent then finds 1000000 numbers in the vector:
//! its own sevens, which no child has touched.

#![cfg_attr(not(unix), allow(unused, reason = "only `needs_unix` is used"))]

use std::io;
use std::num::NonZero;

#[cfg(unix)]
use examples_processes::{OneThread, Team, reply};
#[cfg(unix)]
use examples_shared_memory::{Mapped, Mapping};
use workloads::chunks::Chunks;
use workloads::squares::Squares;
use workloads::{Map, Paradigm, Serial, Workload, println};

examples_processes::needs_unix!();

const WORKERS: NonZero<usize> = NonZero::new(4).expect("four is not zero");

#[cfg(unix)]
fn main() -> io::Result<()> {
    let workload = Squares::with_input(1_000_000, &[])?;
    let above_0 = |squares: &[u64]| squares.iter().filter(|&&square| square > 0).count();

    let mut vector = vec![0; workload.len()];
    let mut mapping = Mapping::zeroed(workload.len())?;
    let alone = OneThread::check()?;
    let mut children = Team::new();
    let chunks = Chunks::one_each(workload.len(), WORKERS);
    let places = chunks
        .split_mut(&mut vector)
        .zip(chunks.split_mut(&mut mapping));
    for ((chunk, copied), (_, shared)) in places {
        let (ours, theirs) = io::pipe()?;
        // Each child fills its part of both, and sends only the number of squares that it wrote.
        children.fork(alone, chunk.clone(), ours, theirs, |mut pipe| {
            reply::send_summary(&mut pipe, || {
                workload.fill(chunk.start, copied);
                workload.fill(chunk.start, shared);
                assert_eq!(copied, shared);
                above_0(copied)
            })
        })?;
    }
    let written: usize = children.gather_summaries::<usize>()?.iter().sum();
    println!("the children wrote {written} squares above 0 into a vector and into a mapping");
    let found = above_0(&vector);
    println!("the parent finds {found} in the vector: each child wrote into a copy of its own");
    let found = above_0(&mapping);
    println!("the parent finds {found} in the mapping: parent and children share its memory");

    let squares = Mapped::start(WORKERS)?.map(&workload)?;
    assert_eq!(*squares, *Serial::start(WORKERS)?.map(&workload)?);
    assert_eq!(*squares, *mapping);
    let (id, n) = (Mapped::ID, squares.len());
    println!("{id}: {n} squares, as in the serial loop and in the mapping");
    Ok(())
}
