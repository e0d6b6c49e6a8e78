//! The comparison with Python as its users meet it: what it refuses, what it writes, and how it ends.

#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::{env, fs};

use support::text;

static VERSUS: LazyLock<PathBuf> = LazyLock::new(|| support::built("versus_python"));

/// A directory for one test, removed with all that is in it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("versus-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("temporary files can be made");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// An interpreter that is this shell script.
    fn interpreter(&self, script: &str) -> PathBuf {
        let path = self.file("python-of-this-test");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        path
    }

    /// The command, whose page goes here.
    fn versus(&self) -> Command {
        let mut command = Command::new(&*VERSUS);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .arg("--html")
            .arg(self.file("page.html"));
        command
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Asserts that the command refused, and returns its sentence.
fn refusal(output: &Output) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    said
}

/// Whether the interpreter that the command would take can `code`.
fn python_can(code: &str) -> bool {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let run = Command::new(python).args(["-c", code]).output();
    run.is_ok_and(|output| output.status.success())
}

/// Whether there is what a measurement needs. If not, the test says that it did not take place.
fn can_measure(test: &str) -> bool {
    let can = python_can("import numpy");
    if !can {
        eprintln!("{test} did not take place: there is no python3 with NumPy on this machine");
    }
    can
}

#[test]
fn without_python_one_sentence_says_what_to_install() {
    let scratch = Scratch::new("no-python");
    let output = scratch
        .versus()
        .env_remove("PYTHON")
        .env("PATH", &scratch.0)
        .output()
        .expect("it runs");
    let said = refusal(&output);
    assert!(
        said.contains("there is no python3 on this machine"),
        "{said}"
    );
    assert!(
        said.contains("install Python 3.9 or newer, and NumPy"),
        "{said}"
    );
    assert!(!scratch.file("page.html").exists());
}

#[test]
fn without_numpy_one_sentence_says_how_to_install_it() {
    if !python_can("pass") {
        eprintln!("this test did not take place: there is no python3 on this machine");
        return;
    }
    let scratch = Scratch::new("no-numpy");
    // Without `site`, Python does not see what is installed.
    let real = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let without_site = scratch.interpreter(&format!("exec {real} -S \"$@\""));
    let output = scratch
        .versus()
        .env("PYTHON", without_site)
        .env_remove("PYTHONPATH")
        .output()
        .expect("it runs");
    let said = refusal(&output);
    assert!(said.contains("this Python has no NumPy"), "{said}");
    assert!(said.contains("-m pip install numpy"), "{said}");
}

#[test]
fn what_is_no_python_is_no_hang() {
    let scratch = Scratch::new("no-interpreter");
    for (script, sentence) in [
        ("exit 3", "ended before it answered"),
        (
            "echo hello; exec sleep 60",
            "something that is no answer: hello",
        ),
    ] {
        let output = scratch
            .versus()
            .env("PYTHON", scratch.interpreter(script))
            .output()
            .expect("it runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    let scratch = Scratch::new("refusals");
    let html = scratch.file("page.html").display().to_string();
    let refusals: &[(&[&str], &str)] = &[
        (&["--workers", "0"], "--workers must be 1 to 512, not 0"),
        (
            &["--workload", "letters"],
            "there is no Python program for \"letters\"; there are random-squares, squares",
        ),
        (&["--json", "/no/such/file"], "cannot write /no/such/file"),
        (&["--json", &html], "--json and --html name the same file"),
    ];
    for (arguments, sentence) in refusals {
        let output = scratch.versus().args(*arguments).output();
        let said = refusal(&output.expect("it runs"));
        assert!(said.contains(sentence), "{arguments:?}: {said}");
    }
}

#[test]
fn compares_all_ways_of_both_sides() {
    if !can_measure("compares_all_ways_of_both_sides") {
        return;
    }
    let scratch = Scratch::new("outputs");
    // Started from elsewhere than the source tree.
    let output = scratch
        .versus()
        .current_dir(&scratch.0)
        .args(["--quick", "--workers", "2", "--workload", "squares"])
        .arg("--json")
        .arg(scratch.file("samples.json"))
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    let ways = ["numpy", "serial", "pool", "pool-kept", "futures", "threads"];
    for way in ways {
        assert!(said.contains(&format!("Python: {way}")), "{way}:\n{said}");
    }
    for way in ["serial", "threads/scoped", "processes/fork"] {
        assert!(said.contains(&format!("Rust: {way}")), "{way}:\n{said}");
    }
    assert!(said.contains("With 2 workers each and n = 1,000,000, Python's pool takes"));

    let page = fs::read_to_string(scratch.file("page.html")).expect("it was written");
    assert!(page.contains("<svg") && page.contains("</html>") && !page.contains("NaN"));
    let json = fs::read(scratch.file("samples.json")).expect("it was written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("it is JSON");
    for side in ["theirs", "ours"] {
        let ways = json[0][side]["ways"].as_array().expect("a list");
        assert!(ways.len() >= 3, "{ways:?}");
        for way in ways {
            let rounds = way["measured"]["rounds"].as_array().expect("a list");
            let pairs = rounds.iter().filter_map(|round| round.as_array()).flatten();
            let sizes: Vec<_> = pairs
                .clone()
                .filter_map(|pair| pair["n"].as_u64())
                .collect();
            assert_eq!(sizes.iter().min(), Some(&1));
            assert_eq!(sizes.iter().max(), Some(&1_000_000));
            for time in ["serial", "parallel"] {
                assert!(pairs.clone().all(|pair| pair[time].as_f64() > Some(0.0)));
            }
        }
    }
}

#[test]
fn an_answer_that_is_not_ours_is_an_error() {
    if !can_measure("an_answer_that_is_not_ours_is_an_error") {
        return;
    }
    let scratch = Scratch::new("wrong");
    // The right program, whose squares are all one too large.
    let real = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
    for file in ["measured.py", "squares.py"] {
        let program = fs::read_to_string(format!("{programs}/{file}")).expect("it is there");
        let wrong = program.replace("return x * x", "return x * x + 1");
        assert_eq!(wrong == program, file == "measured.py");
        fs::write(scratch.file(file), wrong).expect("it can be written");
    }
    let wrong = scratch.file("squares.py").display().to_string();
    let interpreter = scratch.interpreter(&format!("shift 2; exec {real} -B {wrong} \"$@\""));
    let output = scratch
        .versus()
        .args(["--quick", "--workload", "squares"])
        .env("PYTHON", interpreter)
        .output()
        .expect("it runs");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("squares.py, pool: its answer for n = 1 is not ours"),
        "{said}"
    );
}

/// How it ends, told from `/proc`.
#[cfg(target_os = "linux")]
mod ends {
    use std::process::Child;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// Long enough for a loaded machine, and far below the time that the run would take.
    const PATIENCE: Duration = Duration::from_secs(20);

    fn children(pid: u32) -> Vec<u32> {
        let threads = fs::read_dir(format!("/proc/{pid}/task"));
        let lists = threads
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        lists
            .flat_map(|list| {
                let pids = list.split_whitespace().map(str::parse);
                pids.map(|pid| pid.expect("a process id"))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// All processes below `pid`.
    fn descendants(pid: u32) -> Vec<u32> {
        let below = children(pid);
        let deeper = below.iter().flat_map(|&child| descendants(child));
        let deeper = deeper.collect::<Vec<_>>();
        [below, deeper].concat()
    }

    fn is_gone(pid: u32) -> bool {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // An orphan that ended is a zombie until the system's first process takes notice.
        stat.is_empty() || stat.contains(") Z ")
    }

    fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "no {what}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// A run that has a worker of a Python pool, and all that it has started: the watching process of
    /// Python is a child of the run, the program a grandchild, and the worker one more below.
    fn run_with_workers(scratch: &Scratch) -> (Child, Vec<u32>) {
        let mut command = scratch.versus();
        command.args(["--workload", "random-squares"]);
        let run = command.spawn().expect("it starts");
        wait_for("worker of a pool", || {
            let programs = children(run.id()).into_iter().flat_map(children);
            let workers = programs.flat_map(children).count();
            (workers > 0).then_some(())
        });
        let all = descendants(run.id());
        (run, all)
    }

    fn ends_with_all_that_it_started(signal: &str) -> Output {
        let scratch = Scratch::new(signal);
        let (run, started) = run_with_workers(&scratch);
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {}", run.id())])
            .status();
        assert!(sent.expect("there is a shell").success());
        let output = run.wait_with_output().expect("it ends");
        for pid in started {
            wait_for(&format!("end of process {pid}"), || {
                is_gone(pid).then_some(())
            });
        }
        assert!(!scratch.file("page.html").exists());
        output
    }

    #[test]
    fn ctrl_c_ends_it_and_every_python() {
        if can_measure("ctrl_c_ends_it_and_every_python") {
            let output = ends_with_all_that_it_started("INT");
            assert_eq!(output.status.code(), Some(130));
            assert!(text(&output.stderr).contains("interrupted, nothing was written"));
        }
    }

    #[test]
    fn a_killed_run_leaves_no_python() {
        if can_measure("a_killed_run_leaves_no_python") {
            ends_with_all_that_it_started("KILL");
        }
    }

    #[test]
    fn a_killed_python_is_an_error() {
        if !can_measure("a_killed_python_is_an_error") {
            return;
        }
        let scratch = Scratch::new("killed-python");
        let (mut run, started) = run_with_workers(&scratch);
        // The first that is killed may have been about to end, or a worker of ours: then the next one is tried.
        wait_for("end of the run", || {
            if run.try_wait().expect("it is ours").is_some() {
                return Some(());
            }
            for program in children(run.id()).into_iter().flat_map(children) {
                let _ = Command::new("sh")
                    .args(["-c", &format!("kill -KILL {program} 2>&-")])
                    .status();
            }
            None
        });
        let output = run.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("ended before it answered"), "{said}");
        for pid in started {
            wait_for(&format!("end of process {pid}"), || {
                is_gone(pid).then_some(())
            });
        }
    }
}
