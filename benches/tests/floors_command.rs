//! The floors command as its users meet it: which floors there are, what it refuses, and how it ends.
//!
//! The command runs as a process of its own, because it forks, and a test has threads.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

use laboratory::floors::{Absent, Floors, Placement};
use support::text;

fn floors(arguments: &[&str]) -> Command {
    let mut command = support::command("floors");
    command.args(arguments);
    command
}

/// Runs with the least budget, and reads what it wrote.
fn small_run(mut command: Command) -> (Output, Floors) {
    let file = tempfile::NamedTempFile::new().expect("there is room");
    let command = command.args(["--budget", "0.1", "--json"]);
    let output = command.arg(file.path()).output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json = fs::read(file.path()).expect("it was written");
    (output, serde_json::from_slice(&json).expect("it is JSON"))
}

#[test]
fn every_floor_is_there_and_takes_time() {
    let (output, floors) = small_run(floors(&[]));
    let mut rivals = BTreeMap::new();
    for floor in &floors.floors {
        let name = floor.name.as_str();
        let shown = text(&output.stdout).contains(name);
        assert!(shown, "{name} is neither in a table nor said to be absent");
        for rival in &floor.rivals {
            let measured = rival.outcome.as_ref().expect("it is measured");
            let [place] = &*measured.estimate.places else {
                panic!("{name}: a floor has one place");
            };
            assert!(place.rounds > 6, "{name}: {} rounds", place.rounds);
            assert!(
                place.base.median > 0.0 && place.rival.median > 0.0,
                "{name}"
            );
            assert!(place.ratio.interval.is_some(), "{name} has enough rounds");
        }
        if floor.absent.is_none() {
            let names = floor.rivals.iter().map(|rival| rival.name.as_str());
            rivals.insert(name, names.collect::<Vec<_>>());
        }
        assert_ne!(floor.absent.is_some(), floor.seconds().is_some(), "{name}");
    }
    assert_eq!(floors.floors.len(), 26);
    let forking = [
        "processes/fork",
        "shared-memory/mapped",
        "message-passing/pipe",
    ];
    assert_eq!(rivals["... with its pipe: small parent"], forking);
    assert_eq!(rivals["posix_spawn, wait"], ["processes/spawn"]);
    assert_eq!(
        rivals["compare-and-swap"],
        ["std Mutex", "parking_lot Mutex"]
    );
    assert_eq!(
        rivals["fork, _exit, wait: small parent"],
        ["fork, _exit, wait: small parent"]
    );
    let bytes = floors.floors.iter().filter_map(|floor| floor.bytes);
    assert_eq!(bytes.count(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn with_one_core_the_floors_of_two_are_absent_and_said_so() {
    let command = floors(&[]); // built on all cores
    // Of this thread, and so of the processes that it starts.
    let allowed = laboratory::cores::allowed().expect("a thread may ask for its own cores");
    laboratory::cores::pin(&allowed[..1]).expect("it is among the allowed");
    let (output, floors) = small_run(command);
    for floor in &floors.floors {
        let on_two = floor.placement == Some(Placement::TwoCores);
        assert_eq!(
            floor.absent == Some(Absent::OneCore),
            on_two,
            "{}",
            floor.name
        );
    }
    assert!(text(&output.stdout).contains("this process may use one core only"));
}

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    let refusals: &[(&[&str], &str)] = &[
        (
            &["--budget", "0"],
            "--budget must be 0.1 to 86400 seconds, not 0",
        ),
        (&["--budget", "-1"], "--budget must be "),
        (&["--budget", "NaN"], "--budget must be "),
        (
            &["--json", "/no/such/rounds.json"],
            "cannot write /no/such/rounds.json: ",
        ),
        (&["--json", "/"], "cannot write /: "),
    ];
    for (arguments, sentence) in refusals {
        let said = support::refusal(&mut floors(arguments));
        assert!(said.contains(sentence), "{arguments:?}: {said}");
    }
    let unknown = floors(&["--slow"]).output().expect("it runs");
    assert_eq!(unknown.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
mod ends {
    use std::thread;
    use std::time::Duration;

    use super::*;
    use support::processes::{Signal, children, end_of, send, wait_for, wait_for_end_of};

    /// Lets a run come to a floor with children, and sends it a signal. Nothing of it may be left.
    fn ended_by(signal: Signal) -> Output {
        let run = floors(&["--budget", "40"]).spawn().expect("it starts");
        let measuring = wait_for("measuring process with a child", || {
            let mut measuring = children(run.id()).into_iter();
            measuring.find_map(|pid| Some([pid, *children(pid).first()?]))
        });
        send(signal, run.id());
        let output = end_of(run);
        wait_for_end_of(&measuring);
        output
    }

    #[test]
    fn ctrl_c_leaves_no_process() {
        let output = ended_by(Signal::SIGINT);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("interrupted, nothing was written"), "{said}");
    }

    #[test]
    fn a_killed_run_leaves_no_process() {
        assert_eq!(ended_by(Signal::SIGKILL).status.code(), None);
    }

    #[test]
    fn killed_measuring_processes_are_named() {
        let mut run = floors(&["--budget", "0.1"]).spawn().expect("it starts");
        while run.try_wait().expect("it is ours").is_none() {
            let measuring = children(run.id()).into_iter();
            measuring.for_each(|pid| send(Signal::SIGKILL, pid));
            thread::sleep(Duration::from_millis(1));
        }
        let output = run.wait_with_output().expect("it has ended");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let named =
            "the process that measured compare-and-swap and std Mutex was killed by signal 9";
        assert!(said.contains(named), "{said}");
    }
}
