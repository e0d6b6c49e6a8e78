//! Chunks hold every item once, whatever the number of items and workers.

use std::num::NonZero;

use proptest::prelude::*;
use workloads::chunks::{CHUNKS_PER_WORKER, Chunks};

fn workers() -> impl Strategy<Value = NonZero<usize>> {
    (1_usize..200).prop_map(|workers| NonZero::new(workers).expect("it is at least 1"))
}

/// Some number of items, cut in either way, also between grains.
fn chunks(items: impl Strategy<Value = usize>) -> impl Strategy<Value = (usize, Chunks)> {
    let ways = prop::sample::select(vec![Chunks::one_each, Chunks::many_each]);
    let chunks = (items, workers(), ways, grains());
    chunks.prop_map(|(items, workers, cut, grain)| (items, cut(items, workers).aligned(grain)))
}

fn grains() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), 1_usize..300]
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_twice((items, chunks) in chunks(0..10_000_usize)) {
        let all: Vec<usize> = chunks.iter().flatten().collect();
        prop_assert_eq!(all, (0..items).collect::<Vec<_>>());
    }

    /// Up to the largest number there is: nothing overflows on the way.
    #[test]
    fn chunks_are_adjacent((items, chunks) in chunks(any::<usize>())) {
        let mut end = 0;
        for chunk in chunks.iter() {
            prop_assert_eq!(chunk.start, end);
            end = chunk.end;
        }
        prop_assert_eq!(end, items);
    }

    #[test]
    fn sizes_differ_by_at_most_one_grain_and_none_is_empty(
        items in any::<usize>(),
        workers in workers(),
        grain in grains(),
    ) {
        let chunks = Chunks::many_each(items, workers).aligned(grain);
        let grains: Vec<usize> = chunks.iter().map(|chunk| chunk.len().div_ceil(grain)).collect();
        let smallest = grains.iter().min().copied().unwrap_or(1);
        let largest = grains.iter().max().copied().unwrap_or(1);
        prop_assert!(smallest >= 1);
        prop_assert!(largest - smallest <= 1, "{smallest} to {largest} grains");
        prop_assert!(chunks.iter().all(|chunk| chunk.start % grain == 0));
    }

    #[test]
    fn there_are_as_many_as_asked_for_unless_grains_run_out(
        items in 0..10_000_usize,
        workers in workers(),
        grain in grains(),
    ) {
        let grains = items.div_ceil(grain);
        let one_each = Chunks::one_each(items, workers).aligned(grain);
        prop_assert_eq!(one_each.len(), grains.min(workers.get()));
        let many_each = Chunks::many_each(items, workers).aligned(grain);
        prop_assert_eq!(many_each.len(), grains.min(CHUNKS_PER_WORKER * workers.get()));
    }

    #[test]
    fn all_ways_to_ask_agree((items, chunks) in chunks(0..1_000_usize)) {
        prop_assert_eq!(chunks.iter().len(), chunks.len());
        prop_assert_eq!(chunks.is_empty(), items == 0);
        for (k, chunk) in chunks.iter().enumerate() {
            prop_assert_eq!(chunks.get(k), Some(chunk));
        }
        prop_assert_eq!(chunks.get(chunks.len()), None);
        prop_assert_eq!(chunks.get(usize::MAX), None);
    }

    #[test]
    fn parts_lie_where_the_items_of_their_chunks_belong((items, chunks) in chunks(0..10_000_usize)) {
        let mut out = vec![usize::MAX; items];
        let mut ranges = Vec::new();
        for (chunk, part) in chunks.split_mut(&mut out) {
            prop_assert_eq!(part.len(), chunk.len());
            for (item, place) in chunk.clone().zip(part) {
                *place = item;
            }
            ranges.push(chunk);
        }
        prop_assert_eq!(ranges, chunks.iter().collect::<Vec<_>>());
        prop_assert_eq!(out, (0..items).collect::<Vec<_>>());
    }
}

#[test]
#[should_panic(expected = "one place for each item")]
fn a_slice_of_another_length_is_refused() {
    let chunks = Chunks::one_each(10, NonZero::<usize>::MIN);
    let _ = chunks.split_mut(&mut [0; 11]).count();
}
