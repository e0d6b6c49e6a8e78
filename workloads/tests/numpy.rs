//! `random-squares` gives NumPy's own numbers, all ten million of them, with either kernel.
//!
//! `data/random_squares_numpy.txt` was written by NumPy; its first line says how.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use workloads::Map;
use workloads::random_squares::{Kernel, RandomSquares};

const NUMPY: &str = include_str!("data/random_squares_numpy.txt");

/// NumPy's sums of the first `n` values: each `n` with its sum.
fn sums() -> impl Iterator<Item = (usize, u64)> {
    NUMPY.lines().filter_map(|line| {
        let (n, sum) = line.strip_prefix("sum first ")?.split_once(" = ")?;
        Some((number(n) as usize, number(sum)))
    })
}

/// NumPy's digest of all values.
fn digest() -> &'static str {
    let line = NUMPY.lines().find(|line| line.starts_with("sha256 "));
    let (_, digest) = line.and_then(|line| line.split_once(" = ")).expect("SHA");
    digest
}

/// NumPy's first values.
fn first_values() -> Vec<u8> {
    let (_, values) = NUMPY.split_once("first 1000:").expect("first values");
    values.split_whitespace().map(|v| number(v) as u8).collect()
}

fn number(text: &str) -> u64 {
    text.parse()
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn items(first: usize, len: usize, kernel: Kernel) -> Vec<u8> {
    RandomSquares::new(first + len, kernel).items(first..first + len)
}

#[test]
fn ten_million_values_have_the_sums_and_the_digest_of_numpy() {
    let sums: Vec<_> = sums().collect();
    let sizes: Vec<_> = sums.iter().map(|&(n, _)| n).collect();
    assert_eq!(
        sizes,
        [1, 2, 3, 4, 5, 6, 7].map(|power| 10_usize.pow(power))
    );

    let values = items(0, 10_000_000, Kernel::Lanes);
    for (n, sum) in sums {
        let ours: u64 = values[..n].iter().copied().map(u64::from).sum();
        assert_eq!(ours, sum, "sum of the first {n}");
    }

    let mut sha = Sha256::new();
    for part in values.chunks(10_000) {
        let words: Vec<u8> = part
            .iter()
            .flat_map(|&value| u64::from(value).to_le_bytes())
            .collect();
        sha.update(&words);
    }
    let digits = <[u8; 32]>::from(sha.finalize()).map(|byte| format!("{byte:02x}"));
    assert_eq!(digits.concat(), digest());
}

#[test]
fn both_kernels_begin_as_numpy_does() {
    let numpy = first_values();
    assert_eq!(numpy.len(), 1_000);
    for kernel in [Kernel::Plain, Kernel::Lanes] {
        assert_eq!(items(0, numpy.len(), kernel), numpy, "{kernel:?}");
    }
}

proptest! {
    /// Short and long ranges, from any seed on: the lanes kernel treats whole blocks, large rests and
    /// small rests differently.
    #[test]
    fn both_kernels_agree_on_every_range(
        first in prop_oneof![any::<u32>(), 0..10_000_000_u32, u32::MAX - 500..=u32::MAX],
        len in 0..600_usize,
    ) {
        let first = first as usize;
        prop_assert_eq!(items(first, len, Kernel::Lanes), items(first, len, Kernel::Plain));
    }
}
