//! Starting the threads that share something.

use std::io;
use std::num::NonZero;
use std::thread;

use workloads::chunks::Chunks;

/// Runs `work` on one thread a worker, but on no more threads than there are chunks, and returns
/// what each made, by worker. `work` is given the worker's number; it catches its own panics, by
/// [`workloads::guard`]. An error of one is the error of the call.
pub(crate) fn run_on_each<T: Send>(
    workers: NonZero<usize>,
    chunks: Chunks,
    work: impl Fn(usize) -> io::Result<T> + Sync,
) -> io::Result<Vec<T>> {
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.get().min(chunks.len()))
            .map(|worker| thread::Builder::new().spawn_scoped(scope, move || work(worker)))
            .collect::<io::Result<_>>()?;
        let ends: Vec<_> = workers
            .into_iter()
            .map(|worker| worker.join().expect("work catches its own panics"))
            .collect();
        ends.into_iter().collect()
    })
}
