//! What does a format cost: plain data, MessagePack and JSON, and frames around them?
//!
//! Run: `cargo bench --bench formats`, then open `target/criterion/numbers/report/index.html`, and `structs` and `frames`
//! beside it. What to see there, and why: `docs/criterion.md`.

mod settings;

use std::hint::black_box;

use bytemuck::{cast_slice, pod_collect_to_vec};
use criterion::{BenchmarkId, Criterion, Throughput};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use settings::Group;

/// How many values are written and read in one go.
const NUMBERS_OF_VALUES: [u64; 3] = [1, 100, 100_000];

/// A struct whose names are written by the formats that have names.
#[derive(Serialize, Deserialize)]
struct Finding {
    seed: u64,
    hits: u64,
}

fn main() {
    let mut criterion = settings::criterion();
    numbers(&mut criterion);
    structs(&mut criterion);
    #[cfg(unix)]
    frames(&mut criterion);
    criterion.final_summary();
}

fn numbers(criterion: &mut Criterion) {
    let mut group = settings::group(criterion, "numbers");
    for n in NUMBERS_OF_VALUES {
        let numbers: Vec<u64> = (0..n).map(|k| k * k).collect();
        group.throughput(Throughput::Bytes(n * 8));
        let write = |numbers: &Vec<u64>| cast_slice(numbers).to_vec();
        there_and_back(&mut group, "plain", &numbers, write, pod_collect_to_vec);
        by_serde(&mut group, &numbers);
    }
    group.finish();
}

fn structs(criterion: &mut Criterion) {
    let mut group = settings::group(criterion, "structs");
    for n in NUMBERS_OF_VALUES {
        let finding = |[seed, hits]: [u64; 2]| Finding { seed, hits };
        let findings = (0..n).map(|seed| finding([seed, 785_000 + seed])).collect();
        group.throughput(Throughput::Bytes(n * 16));
        let write = |findings: &Vec<Finding>| {
            let fields = findings.iter().map(|it| [it.seed, it.hits]);
            cast_slice(&fields.collect::<Vec<_>>()).to_vec()
        };
        let read = |bytes: &[u8]| {
            let fields: Vec<[u64; 2]> = pod_collect_to_vec(bytes);
            fields.into_iter().map(finding).collect()
        };
        there_and_back(&mut group, "plain", &findings, write, read);
        by_serde(&mut group, &findings);
    }
    group.finish();
}

/// The formats that serde writes for values of any type.
fn by_serde<T: Serialize + DeserializeOwned>(group: &mut Group, values: &Vec<T>) {
    let write = |values: &Vec<T>| rmp_serde::to_vec_named(values).expect("memory takes all");
    let read = |bytes: &[u8]| rmp_serde::from_slice(bytes).expect("it was written so");
    there_and_back(group, "msgpack", values, write, read);
    let write = |values: &Vec<T>| serde_json::to_vec(values).expect("memory takes all");
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).expect("it was written so");
    there_and_back(group, "json", values, write, read);
}

/// Writing and reading, each as a benchmark.
fn there_and_back<T>(
    group: &mut Group,
    format: &str,
    values: &Vec<T>,
    write: impl Fn(&Vec<T>) -> Vec<u8>,
    read: impl Fn(&[u8]) -> Vec<T>,
) {
    let n = values.len() as f64;
    let id = BenchmarkId::new(format!("{format}-write"), format!("{n:e}"));
    group.bench_function(id, |bencher| bencher.iter(|| write(black_box(values))));
    let bytes = write(values);
    assert_eq!(read(&bytes).len(), values.len());
    let id = BenchmarkId::new(format!("{format}-read"), format!("{n:e}"));
    group.bench_function(id, |bencher| bencher.iter(|| read(black_box(&bytes))));
}

/// A message of some bytes becomes a frame, and the frame a message, without a socket between them.
#[cfg(unix)]
fn frames(criterion: &mut Criterion) {
    use examples_processes::parts::{Header, Incoming, Kind, append};

    let mut group = settings::group(criterion, "frames");
    for size in [1_u32, 1_000, 1_000_000] {
        let message = vec![7; size as usize];
        let value = format!("{:e}", f64::from(size));
        group.throughput(Throughput::Bytes(u64::from(size)));
        let mut stream = Vec::new();
        let mut incoming = Incoming::new(message.len());
        group.bench_function(BenchmarkId::new("frame", &value), |bencher| {
            bencher.iter(|| {
                let header = Header {
                    kind: Kind::Task,
                    call: 1,
                    number: 1,
                };
                stream.clear();
                append(&mut stream, header, black_box(&message));
                let mut unread = &stream[..];
                loop {
                    incoming.fill(&mut unread).expect("memory can be read");
                    let frame = incoming.next_frame().expect("it is a frame");
                    if let Some((_, bytes)) = frame {
                        break assert_eq!(bytes.len(), message.len());
                    }
                }
            });
        });
        // As many copies, and nothing else.
        let (mut there, mut back) = (Vec::new(), Vec::new());
        group.bench_function(BenchmarkId::new("two copies", &value), |bencher| {
            bencher.iter(|| {
                there.clone_from(black_box(&message));
                back.clone_from(black_box(&there));
            });
        });
    }
    group.finish();
}
