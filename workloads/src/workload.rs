//! The two shapes of problem, in the field's own words.

use std::fmt::Debug;
use std::io;
use std::ops::Range;
use std::time::SystemTime;

use bytemuck::Pod;
use serde::{Serialize, de::DeserializeOwned};

use crate::zeroed_items;

/// A problem of `len` items. It can be sent to another process as its parameters.
pub trait Workload: Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Its name on the command line and in every report.
    const NAME: &'static str;

    /// What it computes, in half a sentence.
    const ABOUT: &'static str;

    /// What the words of `--input` mean to it; `None` if it takes no input.
    const INPUT: Option<&'static str> = None;

    /// The problem with `n` items, or with as many as its input has, if that is fewer.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`], or what reading said, if `input` is not what
    /// [`INPUT`](Self::INPUT) asks for.
    fn with_input(n: usize, input: &[String]) -> io::Result<Self>;

    /// The same problem with `n` items, or with as many as its input has, if that is fewer.
    #[must_use]
    fn with_len(&self, n: usize) -> Self;

    /// The number of items.
    fn len(&self) -> usize;

    /// So many items are computed together, as a *grain*: half a grain takes as long as a whole one. So chunks begin at
    /// multiples of it ([`Chunks::aligned`](crate::chunks::Chunks::aligned)).
    fn grain(&self) -> usize {
        1
    }

    /// Whether there is nothing to do.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same problem by the best serial code that is known, if this is not it. Speedup is a claim against
    /// serial code, so a report names what is better.
    fn by_best_kernel(&self) -> Option<Self> {
        None
    }

    /// What else a report should say of it: which code computes an item, what its input holds. Empty
    /// if there is nothing to say. It may look at all of the input.
    fn details(&self) -> String {
        String::new()
    }

    /// If its input has changed since `time`: which part, in words. This is asked when answers differ that should
    /// not. A workload without input has nothing that can change.
    fn changed_since(&self, _time: SystemTime) -> Option<String> {
        None
    }
}

// ANCHOR: shapes
/// Independent items, each computed from its index alone; the answer is their sequence.
pub trait Map: Workload {
    /// One item: plain data, so that it lives in any memory and crosses any pipe.
    type Item: Pod + Send + Sync + PartialEq + Debug;

    /// Computes items `first .. first + out.len()` into `out`: `out[k]` is item `first + k`.
    ///
    /// It writes where the caller says, so threads can fill disjoint parts of one allocation, and
    /// a child process a shared mapping, with nothing to merge or copy afterwards.
    fn fill(&self, first: usize, out: &mut [Self::Item]);

    /// The items of `range`, in memory of their own.
    ///
    /// # Panics
    ///
    /// If there is no memory for them, with the sentence of [`zeroed_items`]. A worker's panic becomes an error at
    /// its parent, so a worker that has no memory says so.
    fn items(&self, range: Range<usize>) -> Vec<Self::Item> {
        let mut items = zeroed_items(range.len()).unwrap_or_else(|error| panic!("{error}"));
        self.fill(range.start, &mut items);
        items
    }
}

/// Items that are folded into one summary.
pub trait Reduce: Workload {
    /// What is left of the items: small, since it travels (`shared-memory/mapped` has room for 64 KiB
    /// of it, as JSON).
    type Summary: Serialize + DeserializeOwned + Send + PartialEq + Debug;

    /// The summary of the items in `items`. That of an empty range is the identity of [`merge`](Self::merge).
    fn fold(&self, items: Range<usize>) -> Self::Summary;

    /// The summary of two adjacent ranges.
    ///
    /// It must be exactly associative (so no floating-point sums): then every way of cutting the
    /// work gives the same answer, bit for bit. It need not be commutative.
    fn merge(&self, left: Self::Summary, right: Self::Summary) -> Self::Summary;

    /// The summary of adjacent ranges, from the summaries of the ranges, in order.
    fn merge_all(&self, summaries: impl IntoIterator<Item = Self::Summary>) -> Self::Summary {
        let merged = summaries
            .into_iter()
            .reduce(|left, right| self.merge(left, right));
        merged.unwrap_or_else(|| self.fold(0..0))
    }
}
// ANCHOR_END: shapes

/// Refuses any input, for a workload that takes none: its [`Workload::with_input`] begins with this.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] if there is any.
pub fn refuse_input(name: &str, input: &[String]) -> io::Result<()> {
    match input.first() {
        None => Ok(()),
        Some(word) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{name} takes no input, but was given {word:?}"),
        )),
    }
}
