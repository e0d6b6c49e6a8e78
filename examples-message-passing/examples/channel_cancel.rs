//! Cancellation: all workers stop because a sender is dropped.
//!
//! Four workers search for a factor of a number, in chunks of candidates. When one of them has
//! found it, the others should stop. A thread cannot be stopped from outside: it has to look. So
//! each worker looks at a channel between two chunks. No message ever comes through this channel.
//! `main` drops its sender, and every receiver sees the disconnection, however many receivers
//! there are.
//!
//! Run: `cargo run --example channel_cancel`
//!
//! Expected output:
//!
//! ```text
//! 20127115513867: the factor is Some(1299709), as in serial
//!   [..] of 449 chunks were searched, none begun after the cancellation
//! 9999999999971: the factor is None, as in serial
//!   317 of 317 chunks were searched, none begun after the cancellation
//! ```
//!
//! Try: write `false` for the condition `stop.try_recv() == ...`. The factor is the same, but all
//! chunks are searched, and the assertion about `last_begin` fails.

use std::thread;
use std::time::Instant;

use crossbeam::channel::{TryRecvError, bounded, unbounded};
use workloads::println;

const WORKERS: usize = 4;
const CHUNK: u64 = 10_000;

fn main() {
    search(20_127_115_513_867); // 1,299,709 times 15,485,863
    search(9_999_999_999_971); // a prime number
}

fn search(number: u64) {
    let (chunk_sender, chunks) = unbounded();
    let (factor_sender, factors) = bounded(WORKERS);
    let (stop_sender, stop) = bounded::<()>(0);
    let all = number.isqrt() / CHUNK + 1;
    for chunk in 0..all {
        chunk_sender.send(chunk).expect("it has a receiver");
    }
    drop(chunk_sender);

    thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..WORKERS {
            let (chunks, factor_sender, stop) =
                (chunks.clone(), factor_sender.clone(), stop.clone());
            workers.push(scope.spawn(move || {
                let (mut searched, mut last_begin) = (0, None);
                for chunk in chunks {
                    let begin = Instant::now();
                    if stop.try_recv() == Err(TryRecvError::Disconnected) {
                        break;
                    }
                    (searched, last_begin) = (searched + 1, Some(begin));
                    let mut candidates = (chunk * CHUNK).max(2)..(chunk + 1) * CHUNK;
                    if let Some(factor) = candidates.find(|&c| number.is_multiple_of(c)) {
                        factor_sender.send(factor).expect("main has the receiver");
                    }
                }
                (searched, last_begin)
            }));
        }
        drop(factor_sender);
        // An `Err` says that all workers have ended, and no worker has found a factor.
        let factor = factors.recv().ok();
        drop(stop_sender); // This is the cancellation.
        let cancelled = Instant::now();

        let mut searched = 0;
        for worker in workers {
            let (chunks, last_begin) = worker.join().expect("no worker panics");
            searched += chunks;
            assert!(last_begin <= Some(cancelled));
        }
        assert_eq!(
            factor,
            (2..=number.isqrt()).find(|&c| number.is_multiple_of(c))
        );
        println!("{number}: the factor is {factor:?}, as in serial");
        println!("  {searched} of {all} chunks were searched, none begun after the cancellation");
    });
}
