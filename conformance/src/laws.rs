//! The laws of a workload: a paradigm may cut it anywhere, send it anywhere, and merge in any grouping.
//!
//! They are checked without any paradigm. So if one is broken, the workload is wrong.

use std::ops::Range;

use serde::{Serialize, de::DeserializeOwned};
use workloads::{Map, Reduce, Workload};

use crate::attempt::default_of;
use crate::case::Verdict;
use crate::checks::{are_equal, is_equal};

/// The number of items; fewer where the input has not as many. With larger grains, so many grains.
const LEN: usize = 60;

/// A map: its items do not depend on the cut, and its parameters arrive whole.
pub(crate) fn of_map<M: Map>() -> Verdict {
    let check = || {
        let (workload, arrived) = sent::<M>()?;
        let all = workload.items(0..workload.len());
        are_equal(&workload.items(0..workload.len()), &all)
            .map_err(|why| format!("computed again, {why}"))?;
        for pieces in cuts(&workload) {
            let items: Vec<_> = pieces
                .iter()
                .flat_map(|items| workload.items(items.clone()))
                .collect();
            are_equal(&items, &all).map_err(|why| format!("in the pieces {pieces:?}, {why}"))?;
        }
        are_equal(&arrived.items(0..workload.len()), &all)
            .map_err(|why| format!("sent to another process as JSON, {why}"))
    };
    check().map_err(|why| blame::<M>(&why))
}

/// A reduction: no items change nothing, the grouping of merges changes nothing, and parameters and summaries arrive
/// whole.
pub(crate) fn of_reduce<R: Reduce>() -> Verdict {
    let check = || {
        let (workload, arrived) = sent::<R>()?;
        let fold = |items: &Range<usize>| workload.fold(items.clone());
        let merge = |left, right| workload.merge(left, right);
        let whole = 0..workload.len();
        let all = fold(&whole);
        is_equal("the summary", &fold(&whole), &all)
            .map_err(|why| format!("folded again, {why}"))?;
        for pieces in cuts(&workload) {
            let [a, b, c] = &pieces;
            for (no_items, piece) in [(0..0, a), (b.start..b.start, b), (c.end..c.end, c)] {
                let alone = fold(piece);
                for (how, merged) in [
                    ("before", merge(fold(&no_items), fold(piece))),
                    ("after", merge(fold(piece), fold(&no_items))),
                ] {
                    is_equal("the summary", &merged, &alone).map_err(|why| {
                        format!(
                            "the summary of no items ({no_items:?}) is no identity: merged {how} that of {piece:?}, {why}"
                        )
                    })?;
                }
            }
            let left = merge(merge(fold(a), fold(b)), fold(c));
            let right = merge(fold(a), merge(fold(b), fold(c)));
            is_equal("(a + b) + c", &left, &right).map_err(|why| {
                format!("its merge is not associative: in the pieces {pieces:?}, {why}, which is a + (b + c)")
            })?;
            is_equal("the summary", &left, &all)
                .map_err(|why| format!("merged from the pieces {pieces:?}, {why}"))?;
        }
        is_equal("the summary", &arrived.fold(whole), &all)
            .map_err(|why| format!("sent to another process as JSON, {why}"))?;
        is_equal("the summary", &there_and_back(&all)?, &all)
            .map_err(|why| format!("sent from another process as JSON, {why}"))
    };
    check().map_err(|why| blame::<R>(&why))
}

fn blame<W: Workload>(why: &str) -> String {
    format!(
        "the workload {} is wrong, whatever the paradigm: {why}",
        W::NAME
    )
}

/// A workload, and what arrives when it is sent.
fn sent<W: Workload>() -> Result<(W, W), String> {
    let workload = default_of::<W>(LEN);
    let workload = workload.with_len(LEN * workload.grain());
    if workload.is_empty() {
        return Err("its default input has no items".to_owned());
    }
    let fewer = workload.with_len(1).len();
    is_equal("with_len(1).len()", &fewer, &1)?;
    let arrived: W = there_and_back(&workload)?;
    is_equal("the number of items", &arrived.len(), &workload.len())
        .map_err(|why| format!("sent to another process as JSON, {why}"))?;
    Ok((workload, arrived))
}

fn there_and_back<T: Serialize + DeserializeOwned>(value: &T) -> Result<T, String> {
    let text = serde_json::to_string(value).map_err(|error| format!("it is no JSON: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("it cannot be read as JSON: {error}"))
}

/// Ways to cut a workload into three pieces, between grains. Some of the pieces are empty.
fn cuts(workload: &impl Workload) -> impl Iterator<Item = [Range<usize>; 3]> {
    let (len, grain) = (workload.len(), workload.grain());
    let grains = len.div_ceil(grain);
    let at = move |part: usize| (grains * part / 17 * grain).min(len);
    [(0, 0), (0, 9), (1, 2), (3, 16), (6, 11), (8, 17), (17, 17)]
        .into_iter()
        .map(move |(i, j)| [0..at(i), at(i)..at(j), at(j)..len])
}
