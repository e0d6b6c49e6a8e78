//! A reduction whose merge is associative, as it must be, but not commutative, and which is cut between grains only.

use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use workloads::{Reduce, Workload, refuse_input};

/// The composition of `len` functions x → a·x + b: in another order it is another function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Composition {
    len: usize,
}

const GRAIN: usize = 3;

impl Workload for Composition {
    const NAME: &'static str = "composition";
    const ABOUT: &'static str = "compose functions, for which order matters";

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        refuse_input(Self::NAME, input)?;
        Ok(Self { len: n })
    }

    fn with_len(&self, n: usize) -> Self {
        Self { len: n }
    }

    fn len(&self) -> usize {
        self.len
    }

    fn grain(&self) -> usize {
        GRAIN
    }
}

impl Reduce for Composition {
    /// `[a, b]`, modulo 2^64.
    type Summary = [u64; 2];

    fn fold(&self, items: Range<usize>) -> [u64; 2] {
        assert!(
            items.start.is_multiple_of(GRAIN),
            "{items:?} begins within a grain"
        );
        let functions = items.map(|i| [2 * i as u64 + 3, i as u64]);
        functions.fold([1, 0], |composed, next| self.merge(composed, next))
    }

    /// First `left`, then `right`.
    fn merge(&self, left: [u64; 2], right: [u64; 2]) -> [u64; 2] {
        let a = left[0].wrapping_mul(right[0]);
        let b = left[1].wrapping_mul(right[0]).wrapping_add(right[1]);
        [a, b]
    }
}
