//! The laws of a workload: a paradigm may cut it between any two grains, send it to any process, and merge in any grouping.
//!
//! The laws are checked without any paradigm. So if one is broken, the workload is wrong.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Serialize, de::DeserializeOwned};
use workloads::{Map, Reduce, Workload, panic_message};

use crate::attempt::default_of;
use crate::case::{self, Verdict};
use crate::checks::{are_equal, is_equal};

/// The number of grains, or of items, if the input is smaller.
const LEN: usize = 60;

/// Into how many pieces a workload is cut.
const COUNTS: [usize; 4] = [2, 3, 5, 17];

/// A map: its items do not depend on the cut, and its parameters arrive whole.
pub(crate) fn of_map<M: Map>() -> Verdict {
    blaming::<M, _>("its laws", || {
        let (workload, arrived) = sent::<M>()?;
        let mut all = workload.items(0..workload.len());
        let once = all.clone();
        workload.fill(0, &mut all);
        are_equal(&all, &once)
            .map_err(|why| format!("filled in again over the first items, {why}"))?;
        for k in [0, workload.grain().min(workload.len()), workload.len()] {
            is_equal("the number of items", &workload.items(k..k).len(), &0)?;
        }
        for count in COUNTS {
            let pieces = pieces(&workload, count);
            let items: Vec<_> = pieces
                .into_iter()
                .flat_map(|items| workload.items(items))
                .collect();
            are_equal(&items, &all).map_err(|why| format!("in {count} pieces, {why}"))?;
        }
        are_equal(&arrived.items(0..workload.len()), &all)
            .map_err(|why| format!("sent to another process as JSON, {why}"))
    })
}

/// A reduction: no items change nothing, the grouping of merges changes nothing, and parameters and summaries arrive
/// whole.
pub(crate) fn of_reduce<R: Reduce>() -> Verdict {
    blaming::<R, _>("its laws", || {
        let (workload, arrived) = sent::<R>()?;
        let fold = |items: &Range<usize>| workload.fold(items.clone());
        let merge = |left, right| workload.merge(left, right);
        let whole = 0..workload.len();
        let all = fold(&whole);
        is_equal("the summary", &fold(&whole), &all)
            .map_err(|why| format!("folded again, {why}"))?;
        for piece in &pieces(&workload, 3) {
            let alone = fold(piece);
            for no_items in [0..0, piece.start..piece.start, piece.end..piece.end] {
                let before = merge(fold(&no_items), fold(piece));
                let after = merge(fold(piece), fold(&no_items));
                is_equal("the summary", &before, &alone)
                    .and_then(|()| is_equal("the summary", &after, &alone))
                    .map_err(|why| {
                        format!("the summary of no items ({no_items:?}) is not an identity: merged with that of {piece:?}, {why}")
                    })?;
            }
        }
        for count in COUNTS {
            let pieces = pieces(&workload, count);
            let from_left = pieces.iter().map(fold).reduce(merge);
            let from_right = pieces
                .iter()
                .map(fold)
                .rev()
                .reduce(|right, left| merge(left, right));
            is_equal("((a + b) + c) + …", &from_left, &from_right).map_err(|why| {
                format!("its merge is not associative: of {count} pieces, {why}, which is a + (b + (c + …))")
            })?;
        }
        for count in COUNTS {
            let pieces = pieces(&workload, count);
            let merged = workload.merge_all(pieces.iter().map(fold));
            is_equal("the summary", &merged, &all)
                .map_err(|why| format!("merged from {count} pieces, {why}, as folded at once"))?;
        }
        is_equal("the summary", &arrived.fold(whole), &all)
            .map_err(|why| format!("sent to another process as JSON, {why}"))?;
        is_equal("the summary", &there_and_back(&all)?, &all)
            .map_err(|why| format!("sent from another process as JSON, {why}"))
    })
}

/// What `compute` makes of each of these workloads, without any paradigm.
pub(crate) fn serially<W: Workload, T>(
    workloads: &[W],
    compute: impl Fn(&W) -> T,
) -> Result<Vec<T>, String> {
    let outcomes = workloads.iter().map(|workload| {
        let on = format!("n = {}", workload.len());
        blaming::<W, _>(&on, || Ok(compute(workload)))
    });
    outcomes.collect()
}

/// Runs code of a workload without any paradigm: so the workload is the cause of anything that goes wrong.
fn blaming<W: Workload, T>(
    on: &str,
    check: impl FnOnce() -> Result<T, String>,
) -> Result<T, String> {
    case::begin(&format!(
        "the workload {} without any paradigm, {on}",
        W::NAME
    ));
    let outcome = catch_unwind(AssertUnwindSafe(check));
    let outcome = outcome
        .unwrap_or_else(|panic| Err(format!("on {on}, it panics: {}", panic_message(&*panic))));
    outcome.map_err(|why| format!("the workload {} itself is wrong: {why}", W::NAME))
}

/// A workload, and what arrives when it is sent.
fn sent<W: Workload>() -> Result<(W, W), String> {
    let workload = default_of::<W>(LEN);
    if workload.grain() == 0 {
        return Err("its grain is 0".to_owned());
    }
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

/// A workload in this many pieces, cut between grains; some may be empty.
fn pieces(workload: &impl Workload, count: usize) -> Vec<Range<usize>> {
    let (len, grain) = (workload.len(), workload.grain());
    let grains = len.div_ceil(grain);
    let at = |k: usize| (grains * k / count * grain).min(len);
    (0..count).map(|k| at(k)..at(k + 1)).collect()
}
