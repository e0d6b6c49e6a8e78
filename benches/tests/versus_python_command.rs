//! The comparison with Python as its users meet it: what it refuses, what it writes, and how it ends.

#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::{env, fs};

use serde_json::Value;
use support::text;
use tempfile::{TempDir, tempdir};

static VERSUS: LazyLock<PathBuf> = LazyLock::new(|| support::built("versus_python"));

/// A directory for one test, and the command, whose page goes there.
fn versus() -> (TempDir, Command) {
    let directory = tempdir().expect("temporary files can be made");
    let mut command = Command::new(&*VERSUS);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .arg("--html")
        .arg(directory.path().join("page.html"));
    (directory, command)
}

/// An interpreter that is this shell script.
fn interpreter(directory: &TempDir, script: &str) -> PathBuf {
    let path = directory.path().join("python-of-this-test");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    path
}

fn python() -> String {
    env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Whether Python can do this. If not, the test says that it did not take place.
fn python_can(code: &str) -> bool {
    let run = Command::new(python()).args(["-c", code]).output();
    let can = run.is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("this test did not take place: python3 cannot {code}");
    }
    can
}

/// Asserts that a command fails with this status and one sentence that contains `part`.
fn assert_fails(command: &mut Command, status: i32, part: &str) {
    let output = command.output().expect("it runs");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(said.contains(part), "{said}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
}

#[test]
fn without_python_one_sentence_says_what_to_install() {
    let (directory, mut versus) = versus();
    versus.env_remove("PYTHON").env("PATH", directory.path());
    let part = "there is no python3 on this machine: install Python 3.9";
    assert_fails(&mut versus, 2, part);
    assert!(!directory.path().join("page.html").exists());
}

#[test]
fn without_numpy_one_sentence_says_how_to_install_it() {
    if !python_can("pass") {
        return;
    }
    let (directory, mut versus) = versus();
    // Without `site`, Python does not see what is installed.
    let without_site = interpreter(&directory, &format!("exec {} -S \"$@\"", python()));
    versus.env("PYTHON", without_site).env_remove("PYTHONPATH");
    assert_fails(&mut versus, 2, "this Python has no NumPy: install it by");
}

#[test]
fn what_is_no_python_is_no_hang() {
    for (script, part) in [
        ("exit 3", "ended before it answered"),
        ("echo hello; exec sleep 60", "that is no answer: hello"),
    ] {
        let (directory, mut versus) = versus();
        versus.env("PYTHON", interpreter(&directory, script));
        assert_fails(&mut versus, 1, part);
    }
}

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    for (option, value, part) in [
        ("--workers", "0", "--workers must be 1 to 512, not 0"),
        ("--workload", "letters", "there are random-squares, squares"),
        ("--json", "/no/such/file", "cannot write /no/such/file"),
    ] {
        assert_fails(versus().1.args([option, value]), 2, part);
    }
}

#[test]
fn each_round_is_a_fresh_process_and_the_noise_floor_is_measured() {
    if !python_can("import numpy") {
        return;
    }
    let (directory, mut versus) = versus();
    let file = |name| directory.path().join(name);
    let starts = file("starts").display().to_string();
    let script = format!("echo >>{starts}; exec {} \"$@\"", python());
    versus
        .current_dir(&directory) // elsewhere than the source tree
        .env("PYTHON", interpreter(&directory, &script))
        .args(["--quick", "--budget=1", "--workload=squares", "--json"])
        .arg(file("rounds.json"));
    let output = versus.output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for way in [
        "Python: pool",
        "Rust: threads/scoped",
        "Rust: processes/fork",
    ] {
        assert!(said.contains(way), "{way}:\n{said}");
    }
    let read = |name| fs::read_to_string(file(name)).expect("it was written");
    let page = read("page.html");
    assert!(page.contains("<svg") && page.contains("</html>") && !page.contains("NaN"));

    let json: Value = serde_json::from_str(&read("rounds.json")).expect("it is JSON");
    let found = &json[0];
    assert!(found["noise_floor"].as_f64() > Some(0.0));
    let languages = ["pool_against_fork", "serial_against_serial"].map(|cell| &found[cell]);
    let of_python = languages
        .into_iter()
        .chain(found["theirs"]["ways"].as_array().expect("a list"));
    let rounds = of_python.map(|cell| {
        cell["outcome"]["Ok"]["rounds"]
            .as_array()
            .expect("rounds")
            .len()
    });
    // There are also one process that tells the sizes, and those of the A/A cell.
    assert!(read("starts").lines().count() > rounds.sum::<usize>() + 1);
}

#[test]
fn an_answer_that_is_not_ours_is_an_error() {
    if !python_can("import numpy") {
        return;
    }
    let (directory, mut versus) = versus();
    // The right program, whose squares are all one too large.
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("laboratory/python");
    for file in ["measured.py", "squares.py"] {
        let program = fs::read_to_string(programs.join(file)).expect("it is there");
        let wrong = program.replace("return x * x", "return x * x + 1");
        assert_eq!(wrong == program, file == "measured.py");
        fs::write(directory.path().join(file), wrong).expect("it can be written");
    }
    let wrong = directory.path().join("squares.py").display().to_string();
    let script = format!("shift 2; exec {} -B {wrong} \"$@\"", python());
    versus.args(["--quick", "--workload", "squares"]);
    versus.env("PYTHON", interpreter(&directory, &script));
    assert_fails(
        &mut versus,
        1,
        "squares.py, pool: its answer for n = 1 is not that of Rust",
    );
}

/// How it ends, told from `/proc`.
#[cfg(target_os = "linux")]
mod ends {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// Long enough for a loaded machine, and below the time that the run would take.
    const PATIENCE: Duration = Duration::from_secs(50);

    /// The processes whose environment names this directory; `python`: only those of Python.
    fn started(directory: &TempDir, python: bool) -> Vec<u32> {
        let mark = directory.path().display().to_string();
        let is_meant = |pid: &u32| {
            let read = |file| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let program = text(&read("cmdline"));
            text(&read("environ")).contains(&mark) && (!python || program.contains("--serve"))
        };
        let names = fs::read_dir("/proc").expect("this is Linux").flatten();
        let pids = names.filter_map(|name| name.file_name().to_str()?.parse().ok());
        pids.filter(is_meant).collect()
    }

    fn parent(pid: u32) -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        after_name.split_whitespace().nth(1)?.parse().ok()
    }

    fn kill(signal: &str, pid: u32) {
        let kill = Command::new("kill")
            .args([signal, &pid.to_string()])
            .output();
        kill.expect("there is such a command");
    }

    fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < PATIENCE, "no {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs until a Python pool works, sends `signal` to the run or to Python, and waits for the end of all processes.
    fn end_by(signal: &str, python: bool) -> Output {
        let (directory, mut versus) = versus();
        versus.args(["--quick", "--budget=1", "--workload=random-squares"]);
        let mut run = versus
            .env("MARK", directory.path())
            .spawn()
            .expect("it starts");
        // The one that watches, the program, and a worker of its pool.
        wait_for("pool", || started(&directory, true).len() > 2);
        if !python {
            kill(signal, run.id());
        }
        wait_for("end of the run", || {
            // The first program that is killed may have been about to end: then the next one is killed as well.
            let is_program = |&pid: &u32| parent(pid).and_then(parent) == Some(run.id());
            let programs = started(&directory, true).into_iter().filter(is_program);
            programs
                .filter(|_| python)
                .for_each(|pid| kill(signal, pid));
            run.try_wait().expect("it is ours").is_some()
        });
        wait_for("end of what it started", || {
            started(&directory, false).is_empty()
        });
        assert!(python || !directory.path().join("page.html").exists());
        run.wait_with_output().expect("it has ended")
    }

    #[test]
    fn ctrl_c_or_a_kill_ends_it_and_every_python() {
        if python_can("import numpy") {
            let output = end_by("-INT", false);
            assert_eq!(output.status.code(), Some(130));
            assert!(text(&output.stderr).contains("interrupted, nothing was written"));
            end_by("-KILL", false);
        }
    }

    #[test]
    fn a_killed_python_is_an_error() {
        if python_can("import numpy") {
            let output = end_by("-KILL", true);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains("ended before it answered"), "{said}");
        }
    }
}
