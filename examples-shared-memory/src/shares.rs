//! Chunks dealt out to workers, each of which takes its own first, and then those that others have left.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use workloads::chunks::Chunks;

use crate::sync::Apart;

/// A share of the chunks for each worker.
///
/// One counter for all chunks ([`Atomic`](crate::Atomic)) travels between the caches of all workers at each chunk. Here a
/// worker's counter is in its own cache until another worker has nothing left to do.
pub(crate) struct Shares {
    chunks: Chunks,
    of_worker: Vec<Apart<Share>>,
}

struct Share {
    next: AtomicUsize,
    end: usize,
}

impl Shares {
    pub(crate) fn new(chunks: Chunks, workers: NonZero<usize>) -> Self {
        let share = |Range { start, end }| {
            let next = AtomicUsize::new(start);
            Apart(Share { next, end })
        };
        Self {
            chunks,
            of_worker: Chunks::one_each(chunks.len(), workers)
                .iter()
                .map(share)
                .collect(),
        }
    }

    /// The next chunk for `worker`: its number and its items. Each chunk is taken once. `None` if none is left.
    pub(crate) fn take(&self, worker: usize) -> Option<(usize, Range<usize>)> {
        let (others, own) = self.of_worker.split_at(worker.min(self.of_worker.len()));
        own.iter().chain(others).find_map(|share| {
            let Share { next, end } = &**share;
            // Looked at first: it costs less than an addition, and the number cannot grow without end.
            if next.load(Ordering::Relaxed) >= *end {
                return None;
            }
            // `Relaxed` is enough: the counter orders nothing but itself.
            let k = next.fetch_add(1, Ordering::Relaxed);
            (k < *end).then(|| (k, self.chunks.get(k).expect("a share has chunks only")))
        })
    }
}
