//! A pipeline: three stages that work at the same time, each on another item, joined by channels.
//!
//! A pipeline is as fast as its slowest stage. Faster stages in front of it fill the channels. A
//! bounded channel that is full makes its sender wait. That is back-pressure: the slow stage slows
//! the others down, so few items are under way at any time, however long the input is.
//!
//! Run: `cargo run --example channel_pipeline`
//!
//! Expected output:
//!
//! ```text
//! naming files -> counting their letters -> adding up, slowly
//! room for 2 in each channel:  [..] files under way at most, never more than 2 + 2 + 3
//! room for all: [..] files under way at most
//! [..] letters in [..] files both times, as in serial
//! ```
//!
//! Try: move the `sleep` from the last stage to the first. Now few files are under way even where
//! there is room for all: the slowest stage comes first, and the others wait for it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use std::{io, thread};

use crossbeam::channel::bounded;
use workloads::letters::{Counts, Letters};
use workloads::{Reduce, Workload, println};

fn main() -> io::Result<()> {
    // Forty source files of the crates that this program was built from.
    let letters = Letters::with_input(40, &[])?;
    let serial = letters.fold(0..letters.len());
    println!("naming files -> counting their letters -> adding up, slowly");

    let (counts, most) = run(&letters, 2);
    assert_eq!(counts, serial);
    // Both channels are full, and each stage has one file.
    assert!(most <= 2 + 2 + 3);
    println!(
        "room for 2 in each channel:  {most} files under way at most, never more than 2 + 2 + 3"
    );

    let (counts, most) = run(&letters, letters.len());
    assert_eq!(counts, serial);
    println!("room for all: {most} files under way at most");
    let (n, files) = (counts.letters.iter().sum::<u64>(), counts.files);
    println!("{n} letters in {files} files both times, as in serial");
    Ok(())
}

/// The counts of all files, and the largest number of files that were under way at the same time.
fn run(letters: &Letters, capacity: usize) -> (Counts, usize) {
    let (name_sender, names) = bounded(capacity);
    let (count_sender, counts) = bounded(capacity);
    let (under_way, most) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
    let total = thread::scope(|scope| {
        scope.spawn(move || {
            for file in 0..letters.len() {
                most.fetch_max(under_way.fetch_add(1, Relaxed) + 1, Relaxed);
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
            thread::sleep(Duration::from_millis(1)); // Waits, as for a disk.
            total = letters.merge(total, counts);
            under_way.fetch_sub(1, Relaxed);
        }
        total
    });
    (total, most.load(Relaxed))
}
