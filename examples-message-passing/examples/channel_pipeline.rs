//! A pipeline: three stages that work at the same time, each on another item, joined by channels.
//!
//! A pipeline is as fast as its slowest stage. What the faster ones do ahead of it piles up in the
//! channels; a bounded channel that is full makes its sender wait. That is back-pressure: the slow
//! stage slows down the others, and few items are under way however long the input is.
//!
//! Run: `cargo run --example channel_pipeline`
//!
//! Expected output:
//!
//! ```text
//! naming files -> counting their letters -> adding up, slowly
//! channels for 2: [..] files under way at most, and never more than 2 + 2 + 3
//! channels for all: [..] files under way at most
//! [..] letters in [..] files both times, as in the serial loop
//! ```
//!
//! Try: move the `sleep` from the last stage to the first. Now nothing piles up, not even in the
//! channels with room for all.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use std::{io, thread};

use crossbeam::channel::bounded;
use workloads::letters::{Counts, Letters};
use workloads::{Paradigm, Reduce, Serial, Workload, println};

const CAPACITY: usize = 2;

fn main() -> io::Result<()> {
    let letters = Letters::with_input(40, &[])?;
    let expected = Serial::start(NonZero::<usize>::MIN)?.reduce(&letters)?;
    println!("naming files -> counting their letters -> adding up, slowly");

    let (counts, peak) = run(&letters, CAPACITY);
    assert_eq!(counts, expected);
    // Both channels full, and one file in each stage.
    assert!(peak <= CAPACITY + CAPACITY + 3);
    println!("channels for 2: {peak} files under way at most, and never more than 2 + 2 + 3");

    let (counts, peak) = run(&letters, letters.len());
    assert_eq!(counts, expected);
    println!("channels for all: {peak} files under way at most");
    let (n, files) = (counts.letters.iter().sum::<u64>(), counts.files);
    println!("{n} letters in {files} files both times, as in the serial loop");
    Ok(())
}

/// The counts of all files, and the largest number of files that were under way at once.
fn run(letters: &Letters, capacity: usize) -> (Counts, usize) {
    let (name_sender, names) = bounded(capacity);
    let (count_sender, counts) = bounded(capacity);
    let (under_way, peak) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
    let total = thread::scope(|scope| {
        scope.spawn(move || {
            for file in 0..letters.len() {
                peak.fetch_max(under_way.fetch_add(1, Relaxed) + 1, Relaxed);
                name_sender.send(file).expect("stage 2 receives all");
            }
        });
        scope.spawn(move || {
            for file in names {
                let counts = letters.fold(file..file + 1);
                count_sender.send(counts).expect("stage 3 receives all");
            }
        });
        let mut total = Counts::default();
        for counts in counts {
            thread::sleep(Duration::from_millis(1)); // It waits, as for a disk, and needs no core.
            total = letters.merge(total, counts);
            under_way.fetch_sub(1, Relaxed);
        }
        total
    });
    (total, peak.load(Relaxed))
}
