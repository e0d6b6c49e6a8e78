//! The comparison with Python as its users meet it: what it needs, what it checks, and what it writes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::{assert_fails, command, files, python, python_can, said};
use serde_json::Value;
use tempfile::TempDir;

/// The command on squares, with an interpreter that is this shell script.
fn versus(script: &str) -> (TempDir, Command) {
    let line =
        "versus_python --quick --budget 1 --workload squares --json rounds.json --html page.html";
    let (directory, mut command) = command(line);
    let interpreter = directory.path().join("python-of-this-test");
    fs::write(&interpreter, format!("#!/bin/sh\n{script}\n")).expect("it can be written");
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&interpreter, executable).expect("it is ours");
    command.env("PYTHON", interpreter);
    (directory, command)
}

#[test]
fn without_python_one_sentence_says_what_to_install() {
    let (directory, mut versus) = command("versus_python --html page.html");
    versus.env_remove("PYTHON").env("PATH", directory.path());
    assert_fails(&mut versus, 2, "cannot start python3");
    assert_eq!(files(&directory), [""; 0]);
}

/// The right program, whose squares are all one too large.
const WRONG: &str = r#"
sed 's/return x \* x/& + 1/' "$2" >squares.py
cp "${2%/*}/measured.py" .
shift 2"#;

#[test]
fn an_interpreter_without_numpy_or_with_other_answers_is_refused() {
    if !python_can("import numpy") {
        return;
    }
    let python = python();
    // Without `site`, Python does not see what is installed.
    let bare = format!("exec {python} -S \"$@\"");
    let wrong = format!("{WRONG}; exec {python} -B squares.py \"$@\"");
    for (script, status, part) in [
        (
            "exit 3",
            2,
            "ended before it answered (exit status: 3); set $PYTHON to a Python",
        ),
        (
            "echo hello; exec sleep 60",
            2,
            "that is not an answer was written to standard output: hello",
        ),
        (&bare, 2, "this Python has no NumPy: install it by"),
        (
            &wrong,
            1,
            "squares.py: pool, n = 1: its answer is not that of Rust",
        ),
    ] {
        let (_directory, mut versus) = versus(script);
        assert_fails(versus.env_remove("PYTHONPATH"), status, part);
    }
}

#[test]
fn each_round_is_a_fresh_process_and_the_noise_floor_is_measured() {
    if !python_can("import numpy") {
        return;
    }
    let (directory, mut versus) = versus(&format!("echo >>starts; exec {} \"$@\"", python()));
    let said = said(&mut versus);
    let ways = [
        "Python: pool",
        "Rust: threads/scoped",
        "Rust: processes/fork",
    ];
    assert!(ways.iter().all(|way| said.contains(way)), "{said}");
    let read = |name| fs::read_to_string(directory.path().join(name)).expect("it was written");
    let page = read("page.html");
    assert!(page.contains("<svg") && page.contains("</html>") && !page.contains("NaN"));

    let json: Value = serde_json::from_str(&read("rounds.json")).expect("it is JSON");
    let found = &json[0];
    assert!(found["noise_floor"].as_f64() > Some(0.0));
    let python = &found["languages"][0];
    let of_python = [
        &python["checks"][0],
        &python["cells"][0],
        &found["pool_against_fork"],
        &found["serial_against_serial"],
    ];
    let rounds = of_python.map(|cell| cell["outcome"]["Ok"]["rounds"].as_array().expect("rounds"));
    let rounds: usize = rounds.into_iter().map(Vec::len).sum();
    // One more process tells the sizes.
    assert_eq!(read("starts").lines().count(), rounds + 1);
}
