//! What the tests of commands share: how a command is built, run, interrupted, and which processes it has.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The command that this test is about, ready to run.
pub(crate) fn command(example: &str) -> Command {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(BUILT.get_or_init(|| built(example)));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Builds an example, and returns where it is. `cargo test` builds it too, but not if only one test is asked for.
pub(crate) fn built(example: &str) -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    let profile = test.ancestors().nth(2).expect("profile / deps / test");
    let mut build = Command::new(env!("CARGO"));
    // All packages, as `cargo test --workspace` chose features for: so nothing is built twice.
    build.args(["build", "--workspace", "--example", example]);
    build
        .arg("--target-dir")
        .arg(profile.parent().expect("target / profile"));
    if profile.ends_with("release") {
        build.arg("--release");
    }
    let built = build.status().expect("cargo runs");
    assert!(built.success(), "the example builds");
    profile.join("examples").join(example)
}

/// What a command wrote.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The sentence with which a command refuses to start.
pub(crate) fn refusal(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it runs");
    let said = text(&stderr);
    assert_eq!(status.code(), Some(2), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(stdout.is_empty(), "{}", text(&stdout));
    said
}

/// The processes of a command, told from `/proc`.
#[cfg(target_os = "linux")]
pub(crate) mod processes {
    use std::fs;
    use std::process::{Child, Output};
    use std::thread;
    use std::time::{Duration, Instant};

    pub(crate) use nix::sys::signal::Signal;
    use nix::sys::signal::kill;
    use nix::unistd::Pid;

    /// Long enough for a loaded machine, and far below the minute that the runs would take.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// The children of a process, whichever of its threads has them.
    pub(crate) fn children(pid: u32) -> Vec<u32> {
        let threads = fs::read_dir(format!("/proc/{pid}/task"))
            .into_iter()
            .flatten();
        let lists = threads
            .flatten()
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        let lists = lists.collect::<Vec<_>>().join(" ");
        let pids = lists.split_whitespace();
        pids.map(|pid| pid.parse().expect("a process id")).collect()
    }

    /// Waits until `look` finds something.
    pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "no {what}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// It may have ended already.
    pub(crate) fn send(signal: Signal, pid: u32) {
        let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
    }

    /// Waits until all of these processes have ended.
    pub(crate) fn wait_for_end_of(pids: &[u32]) {
        for pid in pids {
            wait_for(&format!("end of process {pid}"), || {
                let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
                // An orphan that ended is a zombie until the system's first process takes notice.
                (stat.is_empty() || stat.contains(") Z ")).then_some(())
            });
        }
    }

    /// Waits for the end of a command, which must come soon.
    pub(crate) fn end_of(mut command: Child) -> Output {
        wait_for("end of the command", || {
            command.try_wait().expect("it is ours")
        });
        command.wait_with_output().expect("it has ended")
    }
}
