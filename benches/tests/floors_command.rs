//! The floors command as its users meet it: which floors there are, what it refuses, and how it ends.
//!
//! The command runs as a process of its own, because it forks, and a test has threads.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use laboratory::floors::{Absent, Floors, Placement};
use support::text;

static FLOORS: LazyLock<PathBuf> = LazyLock::new(|| support::built("floors"));

fn floors(arguments: &[&str]) -> Command {
    let mut command = Command::new(&*FLOORS);
    command.args(arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs with the least budget, and reads what it wrote.
fn small_run() -> (Output, Floors) {
    let file = tempfile::NamedTempFile::new().expect("there is room");
    let mut command = floors(&["--budget", "0.1", "--json"]);
    let output = command.arg(file.path()).output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json = fs::read(file.path()).expect("it was written");
    (output, serde_json::from_slice(&json).expect("it is JSON"))
}

#[test]
fn every_floor_is_there_and_takes_time() {
    let (output, floors) = small_run();
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
    LazyLock::force(&FLOORS);
    // Of this thread, and so of the processes that it starts.
    let allowed = laboratory::cores::allowed().expect("a thread may ask for its own cores");
    laboratory::cores::pin(&allowed[..1]).expect("it is among the allowed");
    let (output, floors) = small_run();
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
        let output = floors(arguments).output().expect("it runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let unknown = floors(&["--slow"]).output().expect("it runs");
    assert_eq!(unknown.status.code(), Some(2));
}

/// How it ends, told from `/proc`.
#[cfg(target_os = "linux")]
mod ends {
    use std::os::unix::process::CommandExt;
    use std::thread;
    use std::time::{Duration, Instant};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    use super::*;

    /// Waits until `look` finds something.
    fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            // Long enough for a loaded machine, and below the time that the run would take.
            assert!(start.elapsed() < Duration::from_secs(20), "no {what}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Process `run`, its measuring process, and the children of that: they share a process group. With their parents.
    fn members(group: u32) -> Vec<(u32, u32)> {
        let processes = fs::read_dir("/proc").expect("it is there");
        let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let in_group = |pid: u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // After the name in brackets: state, parent, process group.
            let mut fields = stat.rsplit(") ").next()?.split(' ');
            let (state, parent) = (fields.next()?, fields.next()?.parse().ok()?);
            // An orphan that ended is a zombie until the system's first process takes notice.
            (state != "Z" && fields.next()? == group.to_string()).then_some((pid, parent))
        };
        pids.filter_map(in_group).collect()
    }

    /// Lets a run come to a floor with children, and sends a signal to it, or else to its measuring process.
    fn ended_by(signal: Signal, budget: &str, to_run: bool) -> Output {
        let run = floors(&["--budget", budget])
            .process_group(0)
            .spawn()
            .expect("it starts");
        let group = run.id();
        let measuring = wait_for("measuring process with a child", || {
            let all = members(group);
            let mut children = all.iter().filter(|(_, parent)| *parent == group);
            let (measuring, _) = children.next()?;
            all.iter()
                .any(|(_, parent)| parent == measuring)
                .then_some(*measuring)
        });
        let target = if to_run { group } else { measuring };
        kill(Pid::from_raw(target.cast_signed()), signal).expect("it is there");
        let output = run.wait_with_output().expect("it ends");
        wait_for("end of all processes", || {
            members(group).is_empty().then_some(())
        });
        output
    }

    #[test]
    fn ctrl_c_leaves_no_process() {
        let output = ended_by(Signal::SIGINT, "40", true);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("interrupted, nothing was written"), "{said}");
    }

    #[test]
    fn a_killed_run_leaves_no_process() {
        assert_eq!(ended_by(Signal::SIGKILL, "40", true).status.code(), None);
    }

    #[test]
    fn a_killed_measuring_process_is_named() {
        let output = ended_by(Signal::SIGKILL, "0.1", false);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("was killed by signal 9"), "{said}");
    }
}
