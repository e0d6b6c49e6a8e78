//! How much it costs: measuring paradigms against serial code, and where they begin to pay.
//!
//! - [`catalogue`]: every paradigm and every workload, by name.
//! - [`measuring`]: a process for each measurement, and how to ask it for times.
//! - [`survey`]: every paradigm on every workload, in turns, within a budget.
//! - [`sampling`]: which sizes one of them is measured at, and how often.
//! - [`crossing`]: from paired times to crossover points with their intervals.
//! - [`model`]: the straight lines of the textbook beside them.
//! - [`statistics`]: medians, and how sure one can be of them.
//! - [`laws`], [`bigger`]: what may be hoped for with more workers, cores, machines.
//! - [`waterfall`], [`probes`]: where the time of one run goes.
//! - [`explain`]: one paradigm on one workload, in words.
//! - [`floors`]: the least that this machine allows, and how far above it ours is.
//! - [`python`], [`versus`]: the same work in Python, and both languages measured in turns.
//! - [`machine`]: what the times were taken on.
//! - [`output`]: files that a command writes, whole or not at all.
//! - [`criterion_results`]: what `cargo bench` has found, read back.
//! - [`tables`], [`terminal`], [`chart`], [`page`]: the results as text, as SVG and as HTML.
//!
//! Nothing in this library prints; its examples do.

pub mod bigger;
pub mod catalogue;
pub mod chart;
pub mod criterion_results;
pub mod crossing;
pub mod explain;
pub mod floors;
pub mod laws;
pub mod machine;
pub mod measuring;
pub mod model;
pub mod output;
pub mod page;
pub mod probes;
pub mod python;
pub mod sampling;
pub mod statistics;
pub mod survey;
pub mod tables;
pub mod terminal;
pub mod versus;
pub mod waterfall;
pub mod words;

use std::env;
use std::path::PathBuf;

/// `file` in cargo's target directory, which the running executable is in.
pub fn in_target_directory(file: &str) -> PathBuf {
    let executable = env::current_exe().unwrap_or_default();
    // target / profile / examples / executable
    match executable.ancestors().nth(3) {
        Some(target) => target.join(file),
        None => file.into(),
    }
}
