//! The floors command as its users meet it: which rows there are, what it refuses, and how it ends.
//!
//! The command runs as a process of its own, because it forks, and a test has threads.

#![cfg(unix)]

mod support;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::{env, fs};

use benches::floors::{Floors, Placement};
use serde::Deserialize;
use support::text;

static FLOORS: LazyLock<PathBuf> = LazyLock::new(|| support::built("floors"));

fn floors(arguments: &[&str]) -> Command {
    let mut command = Command::new(&*FLOORS);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What `--json` writes, as far as it is looked at.
#[derive(Deserialize)]
struct Written {
    floors: Floors,
}

/// Runs with the least budget, and reads what it wrote.
fn small_run(test: &str) -> (Output, Floors) {
    let file = env::temp_dir().join(format!("floors-{test}-{}.json", std::process::id()));
    let mut command = floors(&["--budget", "0.1", "--json"]);
    let output = command.arg(&file).output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json = fs::read(&file).expect("it was written");
    fs::remove_file(&file).expect("it is ours");
    let written: Written = serde_json::from_slice(&json).expect("it is JSON");
    (output, written.floors)
}

/// What is compared with a forked child and its pipe.
const FORKING: [&str; 3] = [
    "processes/fork",
    "shared-memory/mapped",
    "message-passing/pipe",
];

#[test]
fn every_row_is_there_and_takes_time() {
    let (output, floors) = small_run("rows");
    let expected = [
        ("pthread_create, join", &["std::thread::spawn, join"][..]),
        ("pthread_create, join: two", &["threads/scoped"]),
        ("... with its signal stack: two", &["threads/scoped"]),
        ("fork, _exit, wait: small parent", &[]),
        ("fork, _exit, wait: 64 MiB parent", &[]),
        ("fork, _exit, wait: 256 MiB parent", &[]),
        ("... with its pipe: small parent", &FORKING),
        ("... with its pipe: 64 MiB parent", &FORKING),
        ("... with its pipe: 256 MiB parent", &FORKING),
        ("posix_spawn, wait", &["processes/spawn"]),
        (
            "compare-and-swap",
            &["std Mutex: lock, unlock", "parking_lot Mutex: lock, unlock"],
        ),
        ("clone (bare thread)", &[]),
        ("vfork, _exit, wait", &[]),
        ("compare-and-swap, contended", &[]),
        ("futex wait and wake", &["crossbeam bounded channel"]),
        ("pipe", &["std::io::pipe"]),
        ("Unix socket pair", &[]),
        ("TCP on loopback", &[]),
        ("shared memory", &[]),
    ];
    for (name, ours) in expected {
        let rows: Vec<_> = floors.rows.iter().filter(|row| row.name == name).collect();
        let absent = floors.absent.iter().filter(|absent| absent.name == name);
        assert!(
            rows.len() + absent.count() > 0,
            "{name} is neither there nor said to be absent"
        );
        for row in rows {
            let names: Vec<_> = row.ours.iter().map(|ours| ours.name.as_str()).collect();
            assert_eq!(names, ours, "{name}");
            assert!(row.rounds.len() >= 6, "{name}: {} rounds", row.rounds.len());
            assert!(row.rounds.iter().all(|&time| time > 0.0), "{name}");
            for ours in &row.ours {
                assert_eq!(ours.rounds.len(), row.rounds.len(), "{}", ours.name);
                assert!(ours.multiple_of(row).low > 0.0, "{}", ours.name);
            }
            assert!(text(&output.stdout).contains(name), "{name} is not printed");
        }
    }
    assert_eq!(floors.copying.len(), 2);
    for copying in &floors.copying {
        assert!(copying.bytes_per_second > 0.0, "{}", copying.name);
    }
    for absent in &floors.absent {
        assert!(!absent.failed, "{}: {}", absent.name, absent.reason);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn with_one_core_the_rows_of_two_are_absent_and_said_so() {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    // Of this thread, and so of the children that it starts.
    const THIS: Pid = Pid::from_raw(0);
    let allowed = sched_getaffinity(THIS).expect("a thread may ask for its own cores");
    let first = (0..CpuSet::count()).find(|&core| allowed.is_set(core) == Ok(true));
    let mut one = CpuSet::new();
    one.set(first.expect("this runs on some core"))
        .expect("its number fits");
    LazyLock::force(&FLOORS);
    sched_setaffinity(THIS, &one).expect("it is among the allowed");
    let (output, floors) = small_run("one-core");

    let on_two = Some(Placement::TwoCores);
    assert!(floors.rows.iter().all(|row| row.placement != on_two));
    let absent = floors.absent.iter().filter(|row| row.placement == on_two);
    assert_eq!(absent.count(), 6, "{:?}", floors.absent);
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
            &["--json", "/no/such/directory/rounds.json"],
            "cannot write /no/such/directory/rounds.json: ",
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
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// Long enough for a loaded machine, and below the time that the run would take.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// Waits until `look` finds something.
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

    /// All processes whose executable is the example and that began with `run`: itself, its helper, and
    /// the helper's children. They share a process group.
    fn members(group: u32) -> Vec<u32> {
        let processes = fs::read_dir("/proc").expect("it is there");
        let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter(|pid: &u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // After the name in brackets: state, parent, process group.
            let fields = stat.rsplit(") ").next().unwrap_or_default();
            let mut fields = fields.split(' ');
            let state = fields.next();
            // An orphan that ended is a zombie until the system's first process takes notice.
            state != Some("Z") && fields.nth(1) == Some(&group.to_string())
        })
        .collect()
    }

    /// Lets a run come to a row with children, and sends it a signal.
    fn ended_by(signal: &str) -> Output {
        use std::os::unix::process::CommandExt;
        let run = floors(&["--budget", "40"])
            .process_group(0)
            .spawn()
            .expect("it starts");
        let group = run.id();
        wait_for("helper process with a child", || {
            (members(group).len() > 2).then_some(())
        });
        let kill = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {group}")])
            .status();
        assert!(kill.expect("there is a shell").success());
        let output = run.wait_with_output().expect("it ends");
        wait_for("end of all processes", || {
            members(group).is_empty().then_some(())
        });
        output
    }

    #[test]
    fn ctrl_c_leaves_no_process() {
        let output = ended_by("INT");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("interrupted, nothing was written"), "{said}");
    }

    #[test]
    fn a_killed_run_leaves_no_process() {
        assert_eq!(ended_by("KILL").status.code(), None);
    }

    #[test]
    fn a_whole_run_leaves_no_process() {
        use std::os::unix::process::CommandExt;
        let mut run = floors(&["--budget", "0.1"])
            .process_group(0)
            .spawn()
            .expect("it starts");
        let group = run.id();
        // It writes less than a pipe holds, so nobody has to read.
        assert!(run.wait().expect("it ends").success());
        assert!(members(group).is_empty(), "{:?}", members(group));
    }
}
