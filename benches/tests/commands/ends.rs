//! How the commands end when a signal comes, to them or to a process of theirs: what they say, and that nothing is left.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::support::processes::{catches, ignores_from_start, is_over, line_of, send, wait_for};
use crate::support::{
    assert_end, by_shell, command, command_in_target_directory, files, python, python_can, text,
};
use laboratory::survey::Survey;
use nix::sys::signal::Signal;
use tempfile::TempDir;

const PROCESSES: [&str; 3] = ["processes/fork", "processes/spawn", "message-passing/pipe"];
const FLOORS: &str = "floors --budget 60 --json rounds.json";
const VERSUS: &str = "versus_python --quick --workload random-squares --html page.html";

/// The item takes 30 ms, so a worker that is found is at work for a while.
fn crossover(paradigm: &str, budget: u32) -> String {
    format!(
        "crossover --workload spin --input 30000000 --max-n 1 --budget {budget} --html page.html --json rounds.json \
         --paradigm {paradigm}"
    )
}

/// Commands that last until they are ended, and how deep their processes then stand: a measuring process and a
/// worker, or the Python that watches, the program and a worker of its pool.
fn runs() -> Vec<(String, usize)> {
    let mut runs: Vec<_> = PROCESSES.map(|name| (crossover(name, 60), 2)).into();
    runs.push((FLOORS.to_owned(), 2));
    if python_can("import numpy") {
        runs.push((VERSUS.to_owned(), 3));
    }
    runs
}

/// Runs a command until its processes stand `depth` deep, and sends `signal` to the one at `victim`; 0 is the command.
fn ended(line: &str, depth: usize, signal: Signal, victim: usize) -> (TempDir, Output) {
    let (directory, mut command) = command(line);
    command.env("PYTHON", python());
    let mut run = command.spawn().expect("it starts");
    let line = wait_for("line of processes", || line_of(run.id(), depth));
    send(signal, line[victim]);
    wait_for("end", || run.try_wait().expect("it is ours"));
    let output = run.wait_with_output().expect("it has ended");
    wait_for("end of what it started", || {
        is_over(&directory).then_some(())
    });
    (directory, output)
}

/// Asserts that all was measured and written although something failed.
fn assert_whole(directory: &TempDir, output: &Output) {
    let shown = text(&output.stdout);
    assert!(
        shown.contains("efficiency") && !shown.contains("failed"),
        "{shown}"
    );
    let all = ["page-spin.svg", "page.html", "rounds.json"];
    assert_eq!(files(directory), all);
    let json = fs::read(directory.path().join("rounds.json")).expect("it was written");
    let survey: Survey = serde_json::from_slice(&json).expect("it is a survey");
    assert_eq!(survey.failures().count(), 0);
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
fn signals_end_a_command_whose_standard_error_is_full() {
    for line in ["random_squares", "mandelbrot --pixels 5M", FLOORS] {
        for (signal, status) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
            if ignores_from_start(signal) {
                continue;
            }
            let (directory, mut command) = command(line);
            command.stderr(File::create("/dev/full").expect("Linux has it"));
            let mut run = command.spawn().expect("it starts");
            wait_for("its handler", || catches(run.id(), signal).then_some(()));
            send(signal, run.id());
            let end = wait_for("end", || run.try_wait().expect("it is ours"));
            assert_eq!(end.code(), Some(status), "{line}");
            assert_eq!(files(&directory), [""; 0], "{line}");
        }
    }
}

#[test]
fn a_hang_up_that_is_ignored_stays_ignored() {
    let (directory, crossover) = command(FLOORS);
    let mut nohup = by_shell("trap '' HUP", &directory, &crossover);
    nohup.stderr(Stdio::null());
    let mut run = nohup.spawn().expect("there is a shell");
    wait_for("its handler", || {
        catches(run.id(), Signal::SIGTERM).then_some(())
    });
    send(Signal::SIGHUP, run.id());
    sleep(Duration::from_millis(200));
    assert_eq!(run.try_wait().expect("it is ours"), None, "it goes on");
    send(Signal::SIGTERM, run.id());
    assert_eq!(run.wait().expect("it is ours").code(), Some(143));
}

#[test]
fn a_round_whose_process_was_killed_is_taken_again() {
    // The first process chooses the sizes.
    for depth in [1, 2] {
        let line = crossover("processes/fork", 3);
        let (directory, output) = ended(&line, depth, Signal::SIGKILL, 1);
        let named = "the process that measured it ended before it answered (signal: 9";
        assert_end(&output, Some(1), named);
        assert_whole(&directory, &output);
    }
}

#[test]
fn a_killed_worker_is_named() {
    for paradigm in PROCESSES {
        let (directory, output) = ended(&crossover(paradigm, 3), 2, Signal::SIGKILL, 2);
        let said = assert_end(&output, Some(1), "was killed by SIGKILL");
        assert!(said.contains("worker") && said.contains("items"), "{said}");
        assert_whole(&directory, &output);
    }
}

#[test]
fn a_worker_that_is_stopped_makes_its_cell_fail() {
    let (directory, output) = ended(&crossover("processes/fork", 3), 2, Signal::SIGSTOP, 2);
    let said = assert_end(
        &output,
        Some(1),
        "processes/fork on spin: there was no answer within",
    );
    assert!(
        said.contains("worker process") && said.contains("is stopped"),
        "{said}"
    );
    // What was measured is shown all the same, here only that it failed; there is no size to speak of.
    let shown = text(&output.stdout);
    assert!(
        shown.contains("failed") && !shown.contains("n = 0"),
        "{shown}"
    );
    assert_eq!(files(&directory), ["page.html", "rounds.json"]);
}

/// What it is to measure does not fit into a pipe. Or it was stopped even before it was another program: then its parent
/// waits in the kernel, until it is killed.
#[test]
fn a_process_that_is_stopped_before_it_reads_ends_its_cells() {
    let line = "crossover --workload letters --budget 1 --paradigm threads/scoped --html page.html";
    let (directory, output) = ended(line, 1, Signal::SIGSTOP, 1);
    let said = assert_end(&output, Some(1), "serial on letters: ");
    let named = ["there was no answer within", "(signal: 9"];
    assert!(named.iter().any(|it| said.contains(it)), "{said}");
    let mut left = files(&directory);
    left.retain(|file| file != "page-letters.svg"); // it is there if other cells were measured
    assert_eq!(left, ["page.html"]);
}

#[test]
fn a_killed_python_is_started_again() {
    if python_can("import numpy") {
        let versus = format!("{VERSUS} --budget 4 --max-n 1000");
        let (directory, output) = ended(&versus, 3, Signal::SIGKILL, 2);
        assert_end(&output, Some(1), "ended before it answered");
        assert_eq!(files(&directory), ["page.html"]);
    }
}

/// A worker that is killed in the middle of a task ends the comparison, too: Python's pool then waits forever.
#[test]
fn a_worker_of_python_that_is_stopped_ends_the_comparison() {
    if python_can("import numpy") {
        let (directory, output) = ended(VERSUS, 3, Signal::SIGSTOP, 3);
        let said = assert_end(&output, Some(1), "there was no answer within");
        assert!(said.contains("is stopped"), "{said}");
        assert_eq!(files(&directory), [""; 0]);
    }
}

/// An interpreter that hangs before it has begun to watch its input.
#[test]
fn an_interpreter_that_hangs_is_ended_with_the_command() {
    let (directory, mut versus) = command("versus_python --workload squares --html page.html");
    let shell = directory.path().join("sh");
    fs::write(&shell, "#!/bin/sh\nsleep 1000\n").expect("there is none");
    fs::set_permissions(&shell, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let mut run = versus.env("PYTHON", &shell).spawn().expect("it starts");
    wait_for("line of processes", || line_of(run.id(), 2));
    send(Signal::SIGTERM, run.id());
    let end = wait_for("end", || run.try_wait().expect("it is ours"));
    assert_eq!(end.code(), Some(143));
    wait_for("end of what it started", || {
        is_over(&directory).then_some(())
    });
}

#[test]
fn the_executable_may_be_replaced_while_it_runs() {
    let (directory, mut run) = command_in_target_directory(&crossover("processes/spawn", 2));
    let copy = run.get_program().to_owned();
    let run = run.spawn().expect("it starts");
    wait_for("measuring process", || line_of(run.id(), 1));
    fs::remove_file(&copy).expect("it is ours");
    let output = run.wait_with_output().expect("it ends");
    assert_end(&output, Some(0), "");
    fs::remove_dir_all(directory.path().join("target")).expect("it is ours");
    assert_whole(&directory, &output);
}

#[test]
fn the_report_says_what_was_killed() {
    let (directory, mut report) = command_in_target_directory("report --html page.html");
    let mut run = report.spawn().expect("it starts");
    let line = wait_for("line of processes", || line_of(run.id(), 2));
    send(Signal::SIGKILL, line[1]);
    wait_for("end", || run.try_wait().expect("it is ours"));
    let output = run.wait_with_output().expect("it has ended");
    assert_end(&output, Some(1), "ended before it answered (signal: 9");
    assert_eq!(files(&directory), ["page.html", "target"]);
}
