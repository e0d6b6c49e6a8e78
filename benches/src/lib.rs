//! How much it costs: measuring paradigms against serial code, and where they begin to pay.
//!
//! - [`catalogue`]: every paradigm and every workload, by name.
//! - [`measuring`]: a process for each measurement, and how to ask it for times.
//! - [`survey`]: which sizes are measured, how often, within which budget.
//! - [`crossing`]: from paired times to a crossover point with its interval.
//! - [`machine`]: what the times were taken on.
//! - [`criterion_results`]: what `cargo bench` has found, read back.
//! - [`terminal`], [`figure`], [`page`]: the results as text, as SVG and as HTML.
//!
//! Nothing in this library prints; its examples do.

pub mod catalogue;
pub mod criterion_results;
pub mod crossing;
pub mod figure;
pub mod machine;
pub mod measuring;
pub mod page;
pub mod survey;
pub mod terminal;
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
