//! `squares`: `x * x` over the first `n` integers.
//!
//! The processor needs 0.1 to 0.3 ns for an item and memory far longer for its eight bytes, so where
//! the result goes decides whether parallel code wins. The popular Python example of squaring numbers
//! in a `multiprocessing.Pool` never wins, at any size, because every square is pickled, piped and
//! unpickled.

use std::io;

use serde::{Deserialize, Serialize};

use crate::{Map, Workload, refuse_input};

/// Item `i` is `i * i`, modulo 2^64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Squares {
    len: usize,
}

impl Squares {
    /// The squares of the first `n` integers.
    pub fn new(n: usize) -> Self {
        Self { len: n }
    }
}

impl Workload for Squares {
    const NAME: &'static str = "squares";
    const ABOUT: &'static str = "square the index: hardly any computing, mostly writing the result";

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        refuse_input(Self::NAME, input)?;
        Ok(Self::new(n))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(n)
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Map for Squares {
    type Item = u64;

    fn fill(&self, first: usize, out: &mut [u64]) {
        for (x, square) in (first as u64..).zip(out) {
            *square = x.wrapping_mul(x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_wrap_like_unsigned_integers() {
        let mut out = [0; 3];
        Squares { len: 0 }.fill((1 << 32) - 1, &mut out);
        assert_eq!(out, [(u64::from(u32::MAX)).pow(2), 0, (1 << 33) + 1]);
    }
}
