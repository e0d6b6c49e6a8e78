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

    /// What `worker` computes next: the number of a chunk, and the items of this chunk and of some that follow it. Each chunk
    /// is taken once. `None` if none is left.
    ///
    /// That is a third of what is left of a share: so a share is taken in few pieces, and the last ones are small. This is
    /// the guided self-scheduling of Polychronopoulos and Kuck (1987).
    pub(crate) fn take(&self, worker: usize) -> Option<(usize, Range<usize>)> {
        let (others, own) = self.of_worker.split_at(worker.min(self.of_worker.len()));
        own.iter()
            .chain(others)
            .find_map(|share| self.take_from(share))
    }

    fn take_from(&self, Share { next, end }: &Share) -> Option<(usize, Range<usize>)> {
        // `Relaxed` is enough: the counter orders nothing but itself.
        let mut first = next.load(Ordering::Relaxed);
        while first < *end {
            let last = first + (end - first).div_ceil(3) - 1;
            let order = (Ordering::Relaxed, Ordering::Relaxed);
            match next.compare_exchange_weak(first, last + 1, order.0, order.1) {
                Ok(_) => {
                    let [first_items, last_items] =
                        [first, last].map(|k| self.chunks.get(k).expect("a share has chunks only"));
                    return Some((first, first_items.start..last_items.end));
                }
                Err(now) => first = now,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_taken_once_by_any_worker() {
        let three = NonZero::new(3).unwrap();
        for items in [0, 1, 2, 3, 47, 48, 49, 1_000] {
            for worker in 0..3 {
                let shares = Shares::new(Chunks::many_each(items, three), three);
                let mut taken: Vec<_> = std::iter::from_fn(|| shares.take(worker)).collect();
                taken.sort_by_key(|(k, _)| *k);
                let taken: Vec<_> = taken.into_iter().flat_map(|(_, items)| items).collect();
                assert_eq!(taken, (0..items).collect::<Vec<_>>());
            }
        }
    }
}
