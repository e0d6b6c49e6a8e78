//! What the tests share.

use std::io::Write;

/// Prints also if the test passes: the harness captures what is printed by a macro, but not this.
pub(crate) fn say(text: &str) {
    std::io::stdout()
        .write_all(text.as_bytes())
        .expect("a standard output");
}
