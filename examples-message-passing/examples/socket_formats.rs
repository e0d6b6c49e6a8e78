//! How many bytes a value takes on its way, and how much time, in three formats: plain data,
//! MessagePack and JSON.
//!
//! Memory holds pointers and gaps, so a value has to be turned into a row of bytes, and back: it
//! is *serialized*.
//!
//! - **Plain data** are the bytes of the numbers, as they stand in memory. Both sides have to
//!   agree on everything.
//! - **MessagePack** is a binary format that says of each value what it is. Small numbers take
//!   fewer bytes.
//! - **JSON** is text, which people can read, and programs in every language.
//!
//! Run: `cargo run --example socket_formats`
//!
//! Expected output:
//!
//! ```text
//! 100 squares
//!   plain data    8.0 bytes each; write [..] ns, read [..] ns
//!   MessagePack   2.8 bytes each; write [..] ns, read [..] ns
//!   JSON          4.5 bytes each; write [..] ns, read [..] ns
//! 100 structs
//!   plain data   16.0 bytes each; write [..] ns, read [..] ns
//!   MessagePack  17.0 bytes each; write [..] ns, read [..] ns
//!   JSON         25.9 bytes each; write [..] ns, read [..] ns
//! 10000 squares
//!   plain data    8.0 bytes each; write [..] ns, read [..] ns
//!   MessagePack   4.9 bytes each; write [..] ns, read [..] ns
//!   JSON          8.5 bytes each; write [..] ns, read [..] ns
//! 10000 structs
//!   plain data   16.0 bytes each; write [..] ns, read [..] ns
//!   MessagePack  19.0 bytes each; write [..] ns, read [..] ns
//!   JSON         27.9 bytes each; write [..] ns, read [..] ns
//! ```
//!
//! Try: multiply each square by `1 << 30`. Which format takes as many bytes as before, and which
//! takes the most?

use std::time::{Duration, Instant};

use bytemuck::{cast_slice, pod_collect_to_vec};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use workloads::println;

/// What one worker has found.
#[derive(PartialEq, Serialize, Deserialize)]
struct Finding {
    seed: u64,
    hits: u64,
}

fn main() {
    for n in [100, 10_000] {
        let squares: Vec<u64> = (0..n).map(|k| k * k).collect();
        println!("{n} squares");
        compare(&squares, |n| cast_slice(n).to_vec(), pod_collect_to_vec);

        let finding = |[seed, hits]: [u64; 2]| Finding { seed, hits };
        let findings = (0..n).map(|k| finding([k, 785_000 + k])).collect();
        let write = |findings: &Vec<Finding>| {
            let fields = findings.iter().map(|it| [it.seed, it.hits]);
            cast_slice(&fields.collect::<Vec<_>>()).to_vec()
        };
        let read = |bytes: &[u8]| {
            let fields: Vec<[u64; 2]> = pod_collect_to_vec(bytes);
            fields.into_iter().map(finding).collect()
        };
        println!("{n} structs");
        compare(&findings, write, read);
    }
}

/// Measures plain data, by the functions that it is given, and two formats that write values of any type.
fn compare<T: Serialize + DeserializeOwned + PartialEq>(
    values: &Vec<T>,
    write: impl Fn(&Vec<T>) -> Vec<u8>,
    read: impl Fn(&[u8]) -> Vec<T>,
) {
    measure("plain data", values, write, read);
    let write = |values: &Vec<T>| rmp_serde::to_vec_named(values).expect("memory takes all");
    let read = |bytes: &[u8]| rmp_serde::from_slice(bytes).expect("it was written so");
    measure("MessagePack", values, write, read);
    let write = |values: &Vec<T>| serde_json::to_vec(values).expect("memory takes all");
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).expect("it was written so");
    measure("JSON", values, write, read);
}

/// Prints the size of a value, and the shortest of nine times.
fn measure<T: PartialEq>(
    format: &str,
    values: &Vec<T>,
    write: impl Fn(&Vec<T>) -> Vec<u8>,
    read: impl Fn(&[u8]) -> Vec<T>,
) {
    let (mut bytes, mut best) = (Vec::new(), [Duration::MAX; 2]);
    for _ in 0..9 {
        let start = Instant::now();
        bytes = write(values);
        let middle = Instant::now();
        let back = read(&bytes);
        best = [best[0].min(middle - start), best[1].min(middle.elapsed())];
        assert!(&back == values, "{format}: the same values come back");
    }
    let each = bytes.len() as f64 / values.len() as f64;
    let [written, read] = best.map(|time| time.as_nanos() as f64 / values.len() as f64);
    println!("  {format:<11} {each:>5.1} bytes each; write {written:.1} ns, read {read:.1} ns");
}
