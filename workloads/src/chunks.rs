//! Cutting `n` items into chunks: nothing lost, nothing twice, sizes that differ by at most one grain.

use std::num::NonZero;
use std::ops::Range;

/// How many chunks a worker gets, on average, where chunks are handed out one by one.
///
/// More chunks even out an uneven load, and each costs one hand-over. With 16, a worker that gets
/// one chunk more than its fair share finishes about 6% late.
pub const CHUNKS_PER_WORKER: usize = 16;

/// `items` items in `count` chunks. The first chunks are one item larger where it does not come out even; one
/// grain, if chunks are [aligned](Self::aligned).
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
    /// Chunks begin at multiples of this many items.
    grain: usize,
    count: usize,
}

impl Chunks {
    /// Static chunks: one a worker, and none that is empty.
    pub fn one_each(items: usize, workers: NonZero<usize>) -> Self {
        Self {
            items,
            grain: 1,
            count: workers.get().min(items),
        }
    }

    /// Chunks to be handed out one by one: [`CHUNKS_PER_WORKER`] a worker, and none that is empty.
    pub fn many_each(items: usize, workers: NonZero<usize>) -> Self {
        Self {
            items,
            grain: 1,
            count: workers.get().saturating_mul(CHUNKS_PER_WORKER).min(items),
        }
    }

    /// The same, but each chunk begins at a multiple of `grain` items, so that no grain is cut in two. There are fewer
    /// chunks where there are not enough grains.
    ///
    /// ```
    /// use std::num::NonZero;
    /// use workloads::chunks::Chunks;
    ///
    /// let chunks = Chunks::one_each(10, NonZero::new(3).unwrap()).aligned(4);
    /// assert_eq!(chunks.iter().collect::<Vec<_>>(), [0..4, 4..8, 8..10]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `grain` is 0.
    #[must_use]
    pub fn aligned(self, grain: usize) -> Self {
        Self {
            grain,
            count: self.count.min(self.items.div_ceil(grain)),
            ..self
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
        let grains = self.items.div_ceil(self.grain);
        let (size, larger) = (grains / self.count, grains % self.count);
        let first = k * size + k.min(larger);
        let last = first + size + usize::from(k < larger);
        // The last grain may be smaller.
        Some(first * self.grain..last.saturating_mul(self.grain).min(self.items))
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
