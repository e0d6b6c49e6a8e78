//! What the commands share.

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
