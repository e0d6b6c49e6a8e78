//! What all tests of commands need.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Builds an example, and returns where it is. `cargo test` builds it too, but not if only one test is asked for.
pub(crate) fn built(example: &str) -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    let profile = test.ancestors().nth(2).expect("profile / deps / test");
    let mut build = Command::new(env!("CARGO"));
    // All packages, as `cargo test --workspace` chose features for: so nothing is built twice.
    build.args(["build", "--workspace", "--example", example]);
    build
        .arg("--target-dir")
        .arg(profile.parent().expect("target / profile"));
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(
        build.status().expect("cargo runs").success(),
        "the example builds"
    );
    profile.join("examples").join(example)
}

/// What a command wrote.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
