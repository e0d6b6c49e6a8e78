//! What several threads do at the same time, and how long that takes.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// How long `threads` take for `operations` each: from the first one's start to the last one's end. An operation is
/// told its thread's number and its own. They start together, and starting them is not in the time.
pub(crate) fn time(
    threads: usize,
    operations: u64,
    operation: impl Fn(usize, u64) + Sync,
) -> Duration {
    let together = Barrier::new(threads);
    let work = |thread| {
        together.wait();
        let start = Instant::now();
        for number in 0..operations {
            operation(thread, number);
        }
        (start, Instant::now())
    };
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        let times = running
            .into_iter()
            .map(|thread| thread.join().expect("it does not panic"));
        let (first, last) = times
            .reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
            .expect("there is a thread");
        last - first
    })
}
