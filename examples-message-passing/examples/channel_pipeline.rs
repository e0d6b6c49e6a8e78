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
//! choosing a file -> counting its letters -> adding up
//! room for 2 in each channel: at most [..] files under way (2 + 2 + 3), [..]
//! room for 40 in each channel: at most [..] files under way, [..]
//! [..] letters in [..] files both times, as in serial
//! ```
//!
//! Try: move the `sleep` from the last stage to the first, above the line with `fetch_max`. Now few
//! files are under way even where there is room for 40: the slowest stage comes first, and the
//! others wait for it. The times stay the same.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{io, thread};

use crossbeam::channel::bounded;
use workloads::letters::{Counts, Letters};
use workloads::{Reduce, Workload, println};

fn main() -> io::Result<()> {
    // Forty source files of the crates that cargo has compiled for this workspace.
    let letters = Letters::with_input(40, &[])?;
    let files = letters.len();
    let serial = letters.fold(0..files);
    println!("choosing a file -> counting its letters -> adding up");

    let (total, most, time) = run(&letters, 2);
    assert_eq!(total, serial);
    // Both channels are full, and each stage has one file.
    assert!(most <= 2 + 2 + 3);
    println!("room for 2 in each channel: at most {most} files under way (2 + 2 + 3), {time:.0?}");

    let (total, most, time) = run(&letters, files);
    assert_eq!(total, serial);
    println!("room for {files} in each channel: at most {most} files under way, {time:.0?}");
    let n: u64 = total.letters.iter().sum();
    println!("{n} letters in {files} files both times, as in serial");
    Ok(())
}

/// The counts of all files, the largest number of files that were under way at the same time, and
/// how long it took.
fn run(letters: &Letters, capacity: usize) -> (Counts, usize, Duration) {
    let start = Instant::now();
    let (file_sender, files) = bounded(capacity);
    let (counts_sender, counts_of_files) = bounded(capacity);
    let under_way = &AtomicUsize::new(0);
    let most = &AtomicUsize::new(0);
    let total = thread::scope(|scope| {
        scope.spawn(move || {
            for file in 0..letters.len() {
                most.fetch_max(under_way.fetch_add(1, Relaxed) + 1, Relaxed);
                file_sender.send(file).expect("stage 2 receives all");
            }
        });
        scope.spawn(move || {
            for file in files {
                let counts = letters.fold(file..file + 1);
                counts_sender.send(counts).expect("stage 3 receives all");
            }
        });
        let mut total = Counts::default();
        for counts in counts_of_files {
            thread::sleep(Duration::from_millis(1)); // The slow stage: it waits, as for a disk.
            total = letters.merge(total, counts);
            under_way.fetch_sub(1, Relaxed);
        }
        total
    });
    (total, most.load(Relaxed), start.elapsed())
}
