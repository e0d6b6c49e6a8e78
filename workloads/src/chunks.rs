//! Cutting `n` items into chunks: nothing lost, nothing twice, sizes that differ by at most one.

use std::num::NonZero;
use std::ops::Range;

/// How many chunks a worker gets, on average, where chunks are handed out one by one.
///
/// More chunks even out an uneven load, and each costs one hand-over. With 16, a worker that gets
/// one chunk more than its fair share finishes about 6% late.
pub const CHUNKS_PER_WORKER: usize = 16;

/// `items` items in `count` chunks. The first chunks are one item larger where it does not come out even.
///
/// ```
/// use std::num::NonZero;
/// use workloads::chunks::Chunks;
///
/// let chunks = Chunks::one_each(10, NonZero::new(3).unwrap());
/// assert_eq!(chunks.iter().collect::<Vec<_>>(), [0..4, 4..7, 7..10]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    items: usize,
    count: usize,
}

impl Chunks {
    /// Static chunks: one a worker, and none that is empty.
    pub fn one_each(items: usize, workers: NonZero<usize>) -> Self {
        Self {
            items,
            count: workers.get().min(items),
        }
    }

    /// Chunks to be handed out one by one: [`CHUNKS_PER_WORKER`] a worker, and none that is empty.
    pub fn many_each(items: usize, workers: NonZero<usize>) -> Self {
        Self {
            items,
            count: workers.get().saturating_mul(CHUNKS_PER_WORKER).min(items),
        }
    }

    /// The number of chunks.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no chunk, because there is no item.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The items of chunk `k`; `None` from `k == len()` on.
    pub fn get(&self, k: usize) -> Option<Range<usize>> {
        if k >= self.count {
            return None;
        }
        let (size, larger) = (self.items / self.count, self.items % self.count);
        let first = k * size + k.min(larger);
        let last = first + size + usize::from(k < larger);
        Some(first..last)
    }

    /// The chunks in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Range<usize>> {
        (0..self.count).map(move |k| self.get(k).expect("k is below count"))
    }

    /// Cuts `out` at the same places: part `k` is where the items of chunk `k` belong.
    ///
    /// # Panics
    ///
    /// If `out` has not one place for each item.
    pub fn split_mut<T>(self, mut out: &mut [T]) -> impl Iterator<Item = (Range<usize>, &mut [T])> {
        assert_eq!(out.len(), self.items, "one place for each item");
        self.iter().map(move |chunk| {
            let part = out
                .split_off_mut(..chunk.len())
                .expect("the chunks add up to the items");
            (chunk, part)
        })
    }
}
