//! The decoder of values: whatever bytes a peer sends, it returns values or an error, and it asks for little memory. What
//! it has decoded is the same after it was encoded and decoded again.
//!
//! An input has a byte for the type, a byte for the number of values, and the bytes.

#![no_main]

use examples_processes::parts::{Values, decode};
use examples_processes::{Batch, Plain};
use fuzz::largest_piece;
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A type with all that serde knows.
#[derive(Serialize, Deserialize)]
enum Shape {
    Point,
    Circle { radius: f64, name: String },
    Polygon(Vec<(i16, u64)>, Option<char>),
    Group(Vec<Shape>),
    Table(std::collections::BTreeMap<String, bool>),
}

fuzz_target!(|input: &[u8]| {
    let [kind, count, bytes @ ..] = input else {
        return;
    };
    // 255 stands for a number that no sender means.
    let count = if *count == 255 {
        usize::MAX
    } else {
        usize::from(*count)
    };
    match kind % 10 {
        0 => check::<u64>(count, bytes),
        1 => check::<f32>(count, bytes),
        2 => check::<u8>(count, bytes),
        3 => check::<()>(count, bytes),
        4 => check::<String>(count, bytes),
        5 => check::<(u8, Option<i64>, Vec<u8>)>(count, bytes),
        6 => check::<Plain<[u32; 3]>>(count, bytes),
        7 => check::<Batch<u16>>(count, bytes),
        8 => check::<Batch<String>>(count, bytes),
        _ => check::<Shape>(count, bytes),
    }
});

fn check<T: Serialize + DeserializeOwned + 'static>(count: usize, bytes: &[u8]) {
    let (decoded, piece) = largest_piece(|| decode::<T>(count, bytes));
    // A value for each byte at most, and what a serializer reserves before it knows more.
    let most = bytes.len() * size_of::<T>().max(64) + (1 << 20);
    assert!(piece <= most, "{piece} bytes for {}", bytes.len());
    let Ok(values) = decoded else {
        return;
    };
    assert_eq!(values.len(), count);
    let Ok(once) = Values::encode(&values) else {
        return;
    };
    let again = decode::<T>(count, &once.bytes).expect("it was encoded");
    let twice = Values::encode(&again).expect("it was encoded once");
    assert_eq!(once, twice); // as bytes, because a float that is no number equals nothing
}
