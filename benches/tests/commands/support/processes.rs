//! Which processes a command has, as `/proc` tells, and waiting for something to happen to them.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::text;

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(80);

/// A process, a child of it, and so on, as deep as that.
pub(crate) fn line_of(pid: u32, depth: usize) -> Option<Vec<u32>> {
    if depth == 0 {
        return Some(vec![pid]);
    }
    let mut children = children(pid).into_iter();
    let below = children.find_map(|child| line_of(child, depth - 1))?;
    Some([vec![pid], below].concat())
}

/// A process and all below it.
pub(crate) fn tree(pid: u32) -> Vec<u32> {
    let below = children(pid).into_iter().flat_map(tree);
    [vec![pid], below.collect()].concat()
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

/// Sends a signal to a process, which may have ended already.
pub(crate) fn send(signal: Signal, pid: u32) {
    let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
}

/// Whether a process has a handler for a signal.
pub(crate) fn catches(pid: u32, signal: Signal) -> bool {
    is_in("SigCgt", &pid.to_string(), signal)
}

/// Whether the commands will be started with this signal ignored, because this test was: by `nohup`, for example.
pub(crate) fn ignores_from_start(signal: Signal) -> bool {
    is_in("SigIgn", "self", signal)
}

fn is_in(list: &str, process: &str, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(list));
    let mask = line.and_then(|line| u64::from_str_radix(line.split_whitespace().nth(1)?, 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal as u32 - 1)) != 0)
}

/// Whether no process has the environment of a command in this directory. (That of a zombie is empty.)
pub(crate) fn is_over(directory: &TempDir) -> bool {
    let mark = directory.path().display().to_string();
    let mut processes = fs::read_dir("/proc").expect("this is Linux").flatten();
    !processes.any(|process| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        text(&environment).contains(&mark)
    })
}

/// Waits until there is something to see.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "no {what}");
        sleep(Duration::from_millis(1));
    }
}
