//! A sum of floating-point numbers depends on how the numbers are cut into chunks: with another
//! number of workers, it is another sum.
//!
//! Each addition rounds its result. In another order, the additions round other results: addition
//! is not associative. So the sums of the first column differ, although each of them is the same in
//! every run. Kahan's algorithm adds to each number what the addition before has rounded away. Its
//! sums are more accurate, but they still differ. In the mended version, the cut does not depend on
//! the number of workers: the sums of blocks of 1000 numbers are added in the order of the blocks.
//!
//! Run: `cargo run --example shared_float_sum`
//!
//! Expected output:
//!
//! ```text
//! 1 + 1/2 + 1/3 + ... + 1/1000000, the exact sum: 14.392726722865723631...
//! workers  broken: plain sums  broken: Kahan sums  mended: fixed blocks
//!       1  14.392726722864989  14.392726722865724  14.392726722865737
//!       2  14.392726722865813  14.392726722865724  14.392726722865737
//!       3  14.392726722865705  14.392726722865723  14.392726722865737
//!       4  14.392726722865870  14.392726722865723  14.392726722865737
//!       5  14.392726722865911  14.392726722865724  14.392726722865737
//!       6  14.392726722865728  14.392726722865723  14.392726722865737
//!       7  14.392726722865643  14.392726722865721  14.392726722865737
//! different sums:   7                   3                   1
//! ```
//!
//! Try: set `BLOCK` to 10000. All numbers of the last column change, and are again equal: the size
//! of a block belongs to the result, the number of workers does not.

use std::collections::HashSet;
use std::thread::{self, ScopedJoinHandle};

use workloads::println;

const ITEMS: usize = 1_000_000;
const BLOCK: usize = 1_000;

fn main() {
    let numbers: Vec<f64> = (1..=ITEMS).map(|i| 1.0 / i as f64).collect();
    println!("1 + 1/2 + 1/3 + ... + 1/{ITEMS}, the exact sum: 14.392726722865723631...");
    println!("workers  broken: plain sums  broken: Kahan sums  mended: fixed blocks");
    let mut seen = [HashSet::new(), HashSet::new(), HashSet::new()];
    for workers in 1..=7 {
        let chunk = ITEMS.div_ceil(workers);
        let plain = plain_sum(&each_chunk(&numbers, chunk, plain_sum));
        let kahan = plain_sum(&each_chunk(&numbers, chunk, kahan_sum));
        let chunk_of_blocks = (ITEMS / BLOCK).div_ceil(workers) * BLOCK;
        let fixed = plain_sum(&each_chunk(&numbers, chunk_of_blocks, block_sums).concat());
        println!("{workers:>7}  {plain:.15}  {kahan:.15}  {fixed:.15}");
        for (seen, sum) in seen.iter_mut().zip([plain, kahan, fixed]) {
            seen.insert(sum.to_bits()); // Equal only if all 64 bits are equal.
        }
    }
    let different = seen.map(|sums| sums.len());
    println!(
        "different sums: {:>3} {:>19} {:>19}",
        different[0], different[1], different[2]
    );
    assert_eq!(different, [7, 3, 1]);
}

/// Each worker takes one chunk. The results are in the order of the chunks.
fn each_chunk<T: Send>(numbers: &[f64], chunk: usize, work: fn(&[f64]) -> T) -> Vec<T> {
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for part in numbers.chunks(chunk) {
            workers.push(scope.spawn(move || work(part)));
        }
        let results = workers.into_iter().map(ScopedJoinHandle::join);
        results
            .map(|result| result.expect("it does not panic"))
            .collect()
    })
}

fn plain_sum(numbers: &[f64]) -> f64 {
    numbers.iter().sum()
}

fn kahan_sum(numbers: &[f64]) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for number in numbers {
        let corrected = number - lost;
        let next = sum + corrected;
        lost = (next - sum) - corrected; // What the rounding of `next` has added.
        sum = next;
    }
    sum
}

fn block_sums(numbers: &[f64]) -> Vec<f64> {
    numbers.chunks(BLOCK).map(plain_sum).collect()
}
