//! The comparison with Python as its users meet it: what it needs, what it checks, and what it writes.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{assert_fails, command, files, python, python_can, said};
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
    let part = "there is no python3 on this machine: install Python 3.9";
    assert_fails(&mut versus, 2, part);
    assert_eq!(files(&directory), [""; 0]);
}

#[test]
fn without_numpy_one_sentence_says_how_to_install_it() {
    if python_can("pass") {
        // Without `site`, Python does not see what is installed.
        let (_directory, mut versus) = versus(&format!("exec {} -S \"$@\"", python()));
        versus.env_remove("PYTHONPATH");
        assert_fails(&mut versus, 2, "this Python has no NumPy: install it by");
    }
}

#[test]
fn what_is_no_python_is_no_hang() {
    for (script, part) in [
        ("exit 3", "ended before it answered"),
        ("echo hello; exec sleep 60", "that is no answer: hello"),
    ] {
        let (_directory, mut versus) = versus(script);
        assert_fails(&mut versus, 1, part);
    }
}

#[test]
fn each_round_is_a_fresh_process_and_the_noise_floor_is_measured() {
    if !python_can("import numpy") {
        return;
    }
    let (directory, mut versus) = versus(&format!("echo >>starts; exec {} \"$@\"", python()));
    let said = said(&mut versus);
    for way in [
        "Python: pool",
        "Rust: threads/scoped",
        "Rust: processes/fork",
    ] {
        assert!(said.contains(way), "{way}:\n{said}");
    }
    let read = |name| fs::read_to_string(directory.path().join(name)).expect("it was written");
    let page = read("page.html");
    assert!(page.contains("<svg") && page.contains("</html>") && !page.contains("NaN"));

    let json: Value = serde_json::from_str(&read("rounds.json")).expect("it is JSON");
    let found = &json[0];
    assert!(found["noise_floor"].as_f64() > Some(0.0));
    let languages = ["pool_against_fork", "serial_against_serial"].map(|cell| &found[cell]);
    let ways = found["theirs"]["ways"].as_array().expect("a list");
    let of_python = languages.into_iter().chain(ways);
    let rounds = of_python.map(|cell| cell["outcome"]["Ok"]["rounds"].as_array().expect("rounds"));
    // There are also one process that tells the sizes, and those of the A/A cell.
    let least = rounds.map(Vec::len).sum::<usize>() + 1;
    assert!(read("starts").lines().count() > least);
}

#[test]
fn an_answer_that_is_not_ours_is_an_error() {
    if !python_can("import numpy") {
        return;
    }
    let script = format!("shift 2; exec {} -B squares.py \"$@\"", python());
    let (directory, mut versus) = versus(&script);
    // The right program, whose squares are all one too large.
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("laboratory/python");
    for file in ["measured.py", "squares.py"] {
        let program = fs::read_to_string(programs.join(file)).expect("it is there");
        let wrong = program.replace("return x * x", "return x * x + 1");
        assert_eq!(wrong == program, file == "measured.py");
        fs::write(directory.path().join(file), wrong).expect("it can be written");
    }
    let part = "squares.py, pool: its answer for n = 1 is not that of Rust";
    assert_fails(&mut versus, 1, part);
}
