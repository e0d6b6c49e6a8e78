//! How the commands end when a signal comes: what they say, and that nothing is left. Told from `/proc`.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{assert_end, command, files, python_can, text};
use tempfile::TempDir;

/// Long enough for a loaded machine, and below the time that the runs would take.
const PATIENCE: Duration = Duration::from_secs(50);

const PROCESSES: [&str; 3] = ["processes/fork", "processes/spawn", "message-passing/pipe"];
const FLOORS: &str = "floors --budget 60 --json rounds.json";
const VERSUS: &str = "versus_python --quick --budget 60 --workload random-squares --html page.html";

/// The item takes 0.1 s, so a worker that is found is at work for a while.
fn crossover(paradigm: &str) -> String {
    format!(
        "crossover --workload spin --input 100000000 --max-n 1 --budget 60 --html page.html --paradigm {paradigm}"
    )
}

/// Commands that last until they are ended, and how deep their processes then stand: a measuring process and a
/// worker, or the Python that watches, the program and a worker of its pool.
fn runs() -> Vec<(String, usize)> {
    let mut runs: Vec<_> = PROCESSES.map(|name| (crossover(name), 2)).into();
    runs.push((FLOORS.to_owned(), 2));
    if python_can("import numpy") {
        runs.push((VERSUS.to_owned(), 3));
    }
    runs
}

/// Runs a command until its processes stand `depth` deep, and sends `signal` to the one at `victim`; 0 is the command.
fn ended(line: &str, depth: usize, signal: Signal, victim: usize) -> (TempDir, Output) {
    let (directory, mut command) = command(line);
    let mut run = command.spawn().expect("it starts");
    let line = wait_for("line of processes", || line_of(run.id(), depth));
    let _ = kill(Pid::from_raw(line[victim].cast_signed()), signal); // it may have ended already
    wait_for("end", || run.try_wait().expect("it is ours"));
    let output = run.wait_with_output().expect("it has ended");
    wait_for("end of what it started", || {
        is_over(&directory).then_some(())
    });
    (directory, output)
}

/// A process, a child of it, and so on, as deep as that.
fn line_of(pid: u32, depth: usize) -> Option<Vec<u32>> {
    if depth == 0 {
        return Some(vec![pid]);
    }
    let mut children = children(pid).into_iter();
    let below = children.find_map(|child| line_of(child, depth - 1))?;
    Some([vec![pid], below].concat())
}

/// The children of a process, whichever of its threads has them.
fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = threads.filter_map(|it| fs::read_to_string(it.path().join("children")).ok());
    let lists = lists.collect::<Vec<_>>().join(" ");
    let pids = lists.split_whitespace();
    pids.map(|pid| pid.parse().expect("a process id")).collect()
}

/// Whether no process has the environment of a command in this directory. (That of a zombie is empty.)
fn is_over(directory: &TempDir) -> bool {
    let mark = directory.path().display().to_string();
    let mut processes = fs::read_dir("/proc").expect("this is Linux").flatten();
    !processes.any(|process| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        text(&environment).contains(&mark)
    })
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "no {what}");
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn an_ended_run_leaves_no_process_and_no_file() {
    for (signal, status, said) in [
        (
            Signal::SIGINT,
            Some(130),
            "interrupted, nothing was written",
        ),
        (Signal::SIGKILL, None, ""),
    ] {
        for (line, depth) in runs() {
            let (directory, output) = ended(&line, depth, signal, 0);
            assert_end(&output, status, said);
            assert_eq!(files(&directory), [""; 0], "{line}");
        }
    }
}

#[test]
fn a_killed_measuring_process_is_named() {
    let (directory, output) = ended(&crossover("processes/fork"), 2, Signal::SIGKILL, 1);
    let named =
        "processes/fork on spin: the process that measured it ended before it answered (signal: 9";
    assert_end(&output, Some(1), named);
    // What was measured is shown all the same, here only that it failed; there is no size to speak of.
    let shown = text(&output.stdout);
    assert!(
        shown.contains("failed") && !shown.contains("n = 0"),
        "{shown}"
    );
    assert_eq!(files(&directory), ["page.html"]);
}

#[test]
fn a_killed_python_is_an_error() {
    if python_can("import numpy") {
        let (_directory, output) = ended(VERSUS, 3, Signal::SIGKILL, 2);
        assert_end(&output, Some(1), "ended before it answered");
    }
}

#[test]
fn a_killed_worker_is_named() {
    for paradigm in PROCESSES {
        let (_directory, output) = ended(&crossover(paradigm), 2, Signal::SIGKILL, 2);
        let said = assert_end(&output, Some(1), "was killed by SIGKILL");
        assert!(said.contains("worker") && said.contains("items"), "{said}");
    }
}
