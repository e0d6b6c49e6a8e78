//! Fan-out: many workers receive from one channel, and each message goes to exactly one of them.
//! Fan-in: many workers send into one channel.
//!
//! A worker that has counted a file takes the next one. While one worker counts a slow file, the
//! others count the rest. If each worker has a channel of its own, the files behind the slow one
//! wait, although other workers are idle. File 0 is slow on purpose: its worker waits until all
//! others have ended. In the standard library, a receiver cannot be cloned: there, workers share
//! it in a mutex.
//!
//! Run: `cargo run --example channel_fan`
//!
//! Expected output:
//!
//! ```text
//! 40 files, 4 workers, and file 0 is slow; meanwhile,
//!   a channel for each: 30 files are counted, 9 wait behind file 0
//!   one channel:        39 files are counted, 0 wait behind file 0
//! each file was counted once: [..] letters both times, as in serial
//! ```
//!
//! Try: set `WORKERS` to 2. With a channel for each, 19 files wait behind file 0. With one
//! channel, still none does.

use std::{io, thread};

use crossbeam::channel::{bounded, unbounded};
use workloads::letters::{Counts, Letters};
use workloads::{Reduce, Workload, println};

const WORKERS: usize = 4;

fn main() -> io::Result<()> {
    // Forty source files of the crates that cargo has compiled for this workspace.
    let letters = Letters::with_input(40, &[])?;
    let files = letters.len();
    let serial = letters.fold(0..files);

    println!("{files} files, {WORKERS} workers, and file 0 is slow; meanwhile,");
    let (total, counted) = run(&letters, WORKERS);
    assert_eq!(total, serial);
    let waiting = files - 1 - counted;
    println!("  a channel for each: {counted} files are counted, {waiting} wait behind file 0");
    let (total, counted) = run(&letters, 1);
    assert_eq!((&total, counted), (&serial, files - 1));
    println!("  one channel:        {counted} files are counted, 0 wait behind file 0");
    let n: u64 = total.letters.iter().sum();
    println!("each file was counted once: {n} letters both times, as in serial");
    Ok(())
}

/// The counts of all files, and how many files were counted while file 0 was slow.
fn run(letters: &Letters, channels: usize) -> (Counts, usize) {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..channels).map(|_| unbounded()).unzip();
    for file in 0..letters.len() {
        // To each worker in turn, or into the only channel.
        senders[file % channels].send(file).expect("it is open");
    }
    drop(senders); // No more files.
    let (counts_sender, counts_of_files) = unbounded();
    let (slow_sender, slow) = bounded(0);
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for worker in 0..WORKERS {
            let files = receivers[worker % channels].clone();
            let (counts_sender, slow_sender) = (counts_sender.clone(), slow_sender.clone());
            workers.push(scope.spawn(move || {
                for file in files {
                    if file == 0 {
                        slow_sender.send(worker).expect("`main` receives");
                        // The channel has no room: this waits until `main` receives again.
                        slow_sender.send(worker).expect("`main` receives");
                    }
                    let counts = letters.fold(file..file + 1);
                    counts_sender.send(counts).expect("`main` receives");
                }
            }));
        }
        drop(counts_sender); // Only the workers have clones now.
        workers.remove(slow.recv().expect("a worker takes file 0"));
        for other in workers {
            other.join().expect("it does not panic"); // It ends when no file is left for it.
        }
        let counted = counts_of_files.len();
        slow.recv().expect("the slow worker sends again");
        (letters.merge_all(counts_of_files), counted)
    })
}
