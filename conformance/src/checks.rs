//! A paradigm gives the serial answer.

use std::fmt::Debug;
use std::num::NonZero;
use std::thread;

use workloads::{Map, Paradigm, Reduce, Workload};

use crate::attempt::{attempt, default_of, items_of, workers};
use crate::case::Verdict;
use crate::laws::{self, serially};

/// Numbers of items: none, fewer than workers, not a multiple of workers, and many.
const SIZES: [usize; 6] = [0, 1, 2, 5, 97, 1_000];

/// A map has this many items, too: with items of 8 bytes, a chunk for one worker or two is larger than the buffer of a
/// pipe, which has 64 KiB.
const MORE_THAN_A_PIPE: usize = 20_011;

/// With up to this many items, each paradigm is called three times.
const FEW: usize = 100;

/// 1, 2, 3, 7, and one more than this process has cores.
pub(crate) fn worker_counts() -> impl Iterator<Item = NonZero<usize>> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut counts = vec![1, 2, 3, 7, cores + 1];
    counts.sort_unstable();
    counts.dedup();
    counts.into_iter().map(workers)
}

/// Whether `P` maps `M` as serial code does, for all sizes and numbers of workers.
pub(crate) fn maps<P: Paradigm, M: Map>() -> Verdict {
    laws::of_map::<M>()?;
    for calls in calls_of::<M>([&SIZES[..], &[MORE_THAN_A_PIPE]].concat()) {
        let expected = serially(&calls, |workload| workload.items(0..workload.len()))?;
        for workers in worker_counts() {
            let mut next = calls.iter().zip(&expected);
            attempt::<P>(&items_of(&calls[0]), workers, calls.len(), |paradigm| {
                let (workload, expected) = next.next().expect("there are so many calls");
                let items = paradigm.map(workload);
                let items = items.map_err(|error| format!("it fails: {error}"))?;
                are_equal(&items, expected).map_err(|why| with_its_size(workload, &calls[0], &why))
            })?;
        }
    }
    Ok(())
}

/// Whether `P` reduces `R` as serial code does, for all sizes and numbers of workers.
pub(crate) fn reduces<P: Paradigm, R: Reduce>() -> Verdict {
    laws::of_reduce::<R>()?;
    for calls in calls_of::<R>(SIZES.to_vec()) {
        let expected = serially(&calls, |workload| workload.fold(0..workload.len()))?;
        for workers in worker_counts() {
            let mut next = calls.iter().zip(&expected);
            attempt::<P>(&items_of(&calls[0]), workers, calls.len(), |paradigm| {
                let (workload, expected) = next.next().expect("there are so many calls");
                let summary = paradigm.reduce(workload);
                let summary = summary.map_err(|error| format!("it fails: {error}"))?;
                is_equal("the summary", &summary, expected)
                    .map_err(|why| with_its_size(workload, &calls[0], &why))
            })?;
        }
    }
    Ok(())
}

/// The calls in which one paradigm is given a workload, for each of these sizes, as far as the input allows them: all items,
/// and if they are few, then half of them, and all once more.
fn calls_of<W: Workload>(sizes: Vec<usize>) -> Vec<Vec<W>> {
    let largest = default_of::<W>(sizes.iter().copied().max().unwrap_or(0));
    let mut sizes: Vec<usize> = sizes
        .into_iter()
        .map(|n| largest.with_len(n).len())
        .collect();
    sizes.dedup();
    let calls = sizes.into_iter().map(|n| {
        let lengths = if n <= FEW { vec![n, n / 2, n] } else { vec![n] };
        lengths.into_iter().map(|n| largest.with_len(n)).collect()
    });
    calls.collect()
}

/// Why a call went wrong, with its number of items if that is not the one of the first call.
fn with_its_size<W: Workload>(workload: &W, first: &W, why: &str) -> String {
    if workload.len() == first.len() {
        why.to_owned()
    } else {
        format!("with n = {}, {why}", workload.len())
    }
}

/// Whether all items are what they should be; if not, which one is the first.
pub(crate) fn are_equal<T: PartialEq + Debug>(items: &[T], expected: &[T]) -> Verdict {
    if items.len() != expected.len() {
        let (items, expected) = (items.len(), expected.len());
        return Err(format!("it gives {items} items, expected {expected}"));
    }
    let mut wrong = (0..items.len()).filter(|&i| items[i] != expected[i]);
    let Some(first) = wrong.next() else {
        return Ok(());
    };
    let (wrong, all) = (1 + wrong.count(), items.len());
    is_equal(&format!("item {first}"), &items[first], &expected[first])
        .map_err(|sentence| format!("{sentence} ({wrong} of {all} items are wrong)"))
}

/// Whether `value`, which is called `what`, is what it should be.
pub(crate) fn is_equal<T: PartialEq + Debug>(what: &str, value: &T, expected: &T) -> Verdict {
    if value == expected {
        return Ok(());
    }
    let (value, expected) = (format!("{value:?}"), format!("{expected:?}"));
    let pairs = value.char_indices().zip(expected.chars());
    let differ = pairs.take_while(|((_, a), b)| a == b).last();
    let from = differ.map_or(0, |((at, _), _)| at);
    let looks_equal = if value == expected {
        " (which is not equal to itself, as no NaN is)"
    } else {
        ""
    };
    let (value, expected) = (part(&value, from), part(&expected, from));
    Err(format!(
        "{what} is {value}, expected {expected}{looks_equal}"
    ))
}

/// A text of this length is shown as a whole.
const SHORT: usize = 60;

/// What is shown of a long text: its part near the byte `at`.
fn part(text: &str, at: usize) -> String {
    if text.len() <= SHORT {
        return text.to_owned();
    }
    let first = text.floor_char_boundary(at.saturating_sub(SHORT / 3));
    let last = text.floor_char_boundary(first + SHORT);
    let before = if first == 0 { "" } else { "… " };
    let after = if last == text.len() { "" } else { " …" };
    format!("{before}{}{after}", &text[first..last])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_say_what_came_and_what_was_expected() {
        assert_eq!(are_equal(&[1, 2], &[1, 2]), Ok(()));
        assert_eq!(
            are_equal(&[1, 2, 5], &[1, 3, 4]).unwrap_err(),
            "item 1 is 2, expected 3 (2 of 3 items are wrong)"
        );
        assert_eq!(
            are_equal(&[1], &[1, 3]).unwrap_err(),
            "it gives 1 items, expected 2"
        );
        let sentence = is_equal("the sum", &f64::NAN, &f64::NAN).unwrap_err();
        assert!(sentence.ends_with("expected NaN (which is not equal to itself, as no NaN is)"));
    }

    #[test]
    fn of_long_values_the_part_is_shown_that_differs() {
        let mut expected = vec![7_u32; 200];
        let value = expected.clone();
        expected[150] = 8;
        let sentence = is_equal("the summary", &value, &expected).unwrap_err();
        assert!(sentence.len() < 200, "{sentence}");
        assert!(sentence.contains("7, 8, 7"), "{sentence}");
        // Characters of several bytes are not cut.
        let (long, other) = ("ä".repeat(100), "ä".repeat(99) + "ö");
        let sentence = is_equal("the text", &long, &other).unwrap_err();
        assert!(sentence.ends_with("äö\""), "{sentence}");
    }
}
