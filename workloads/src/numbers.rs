//! `numbers`: a loop that adds 1 to 5 to its input.
//!
//! The smallest example of a process that is given an argument: the first program in many chapters
//! on `multiprocessing` starts two processes with two numbers, and each counts five further.

use std::io;

use serde::{Deserialize, Serialize};

use crate::{Map, Workload, refuse_input};

/// Item `i` is `[i + 1, i + 2, i + 3, i + 4, i + 5]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    len: usize,
}

impl Numbers {
    /// The first `n` inputs, each with the five numbers that follow it.
    pub fn new(n: usize) -> Self {
        Self { len: n }
    }
}

impl Workload for Numbers {
    const NAME: &'static str = "numbers";
    const ABOUT: &'static str = "add 1 to 5 to the index";

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

impl Map for Numbers {
    type Item = [u64; 5];

    fn fill(&self, first: usize, out: &mut [Self::Item]) {
        for (input, item) in (first as u64..).zip(out) {
            *item = [1, 2, 3, 4, 5].map(|step| input + step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_five_further() {
        let mut out = [[0; 5]; 2];
        Numbers { len: 20 }.fill(10, &mut out);
        assert_eq!(out, [[11, 12, 13, 14, 15], [12, 13, 14, 15, 16]]);
    }
}
