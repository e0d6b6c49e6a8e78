//! `random-squares`: for item `i`, seed a Mersenne Twister with `i`, draw a digit, square it.
//!
//! The running example of the Python chapter that this workspace grew out of:
//! `np.random.seed(i); np.random.randint(0, 10) ** 2`. These are NumPy's own numbers: the seed goes
//! through MT19937's 32-bit initialisation, and a digit is the low four bits of the next output,
//! drawn again while they exceed 9 (masked rejection).
//!
//! Seeding is nearly all of the work. One seed is a chain of 624 multiplications, each of which
//! waits for the one before, so a core that could do many multiplications at once does one. The
//! [`lanes`] kernel computes many seeds at once: use all of one core first, then use more cores.

pub mod lanes;

use std::io;

use rand_mt::Mt;
use serde::{Deserialize, Serialize};

use crate::{Map, Workload};

/// Item `i` is the square, 0 to 81, of the digit that seed `i` draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RandomSquares {
    len: usize,
    kernel: Kernel,
}

/// How an item is computed. The numbers are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kernel {
    /// One seed after the other, by the `rand_mt` crate, as the Python chapter does it.
    Plain,
    /// Many seeds at once, in SIMD lanes: the best serial code we know.
    #[default]
    Lanes,
}

impl RandomSquares {
    /// The first `len` items, computed by `kernel`.
    pub fn new(len: usize, kernel: Kernel) -> Self {
        Self { len, kernel }
    }
}

impl Workload for RandomSquares {
    const NAME: &'static str = "random-squares";
    const ABOUT: &'static str = "seed a Mersenne Twister with the index, draw a digit, square it";
    const INPUT: Option<&'static str> = Some("the kernel: lanes (default) or plain");

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        let kernel = match input.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] | ["lanes"] => Kernel::Lanes,
            ["plain"] => Kernel::Plain,
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!(
                        "random-squares takes as input `lanes` or `plain`, not {}",
                        input.join(" ")
                    ),
                ));
            }
        };
        Ok(Self::new(n, kernel))
    }

    fn with_len(&self, n: usize) -> Self {
        Self::new(n, self.kernel)
    }

    fn len(&self) -> usize {
        self.len
    }

    fn grain(&self) -> usize {
        match self.kernel {
            Kernel::Plain => 1,
            Kernel::Lanes => lanes::LANES,
        }
    }

    fn by_best_kernel(&self) -> Option<Self> {
        match self.kernel {
            Kernel::Plain => Some(Self::new(self.len, Kernel::Lanes)),
            Kernel::Lanes => None,
        }
    }

    fn details(&self) -> String {
        match self.kernel {
            Kernel::Plain => "plain kernel: one seed at a time".to_owned(),
            Kernel::Lanes => format!(
                "lanes kernel: many seeds at once, {}",
                lanes::instruction_set()
            ),
        }
    }
}

impl Map for RandomSquares {
    type Item = u8;

    fn fill(&self, first: usize, out: &mut [u8]) {
        match self.kernel {
            Kernel::Plain => fill_plain(first, out),
            Kernel::Lanes => lanes::fill(first, out),
        }
    }
}

fn fill_plain(first: usize, out: &mut [u8]) {
    for (seed, item) in (first..).zip(out) {
        *item = square_of_draw(seed as u32);
    }
}

/// `np.random.seed(seed); np.random.randint(0, 10) ** 2`. Seeds have 32 bits, as NumPy's do.
pub fn square_of_draw(seed: u32) -> u8 {
    let mut twister = Mt::new(seed);
    loop {
        let digit = (twister.next_u32() & 15) as u8;
        if digit <= 9 {
            return digit * digit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digits that NumPy 2.4 draws for seeds 0 to 24, squared.
    const NUMPY: [u8; 25] = [
        25, 25, 64, 64, 49, 9, 81, 16, 9, 25, 81, 81, 36, 4, 64, 64, 81, 1, 9, 25, 9, 81, 25, 9, 4,
    ];

    #[test]
    fn both_kernels_draw_what_numpy_draws() {
        for kernel in [Kernel::Plain, Kernel::Lanes] {
            let mut out = [0; NUMPY.len()];
            RandomSquares::new(NUMPY.len(), kernel).fill(0, &mut out);
            assert_eq!(out, NUMPY, "{kernel:?}");
        }
    }
}
