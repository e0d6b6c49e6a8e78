//! Processes that end together: a child leads a process group, to which all belongs that it starts.
//!
//! A terminal sends Ctrl-C to the group of the command only. So the command decides what happens then.

use std::io::{self, ErrorKind};
use std::mem;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

/// The leaders of all groups that have not ended.
static LEADERS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn leaders() -> MutexGuard<'static, Vec<u32>> {
    LEADERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a process that leads a new group. (Not on systems without process groups.)
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut leaders = leaders();
    let leader = command.spawn()?;
    leaders.push(leader.id());
    Ok(leader)
}

/// Asks all groups to end, because this process is about to. From now on, whoever would start or end a child waits.
pub(crate) fn end_all() {
    let leaders = leaders();
    for &leader in &*leaders {
        ask_to_end(leader);
    }
    mem::forget(leaders);
}

/// Ends what is left of the group: all of it at once if its leader is still there. If the leader has ended, the others
/// are asked to: one of joblib's has to remove files first.
pub(crate) fn end(leader: &mut Child) {
    if matches!(leader.try_wait(), Ok(Some(_))) {
        ask_to_end(leader.id());
    } else {
        #[cfg(unix)]
        send(leader.id(), Signal::SIGKILL);
        // It fails only if it has ended, which is what is wanted.
        let _ = leader.kill();
    }
    leaders().retain(|&other| other != leader.id());
}

/// Asks a group to end, and lets those of it continue that are stopped.
fn ask_to_end(leader: u32) {
    #[cfg(unix)]
    for signal in [Signal::SIGTERM, Signal::SIGCONT] {
        send(leader, signal);
    }
    #[cfg(not(unix))]
    let _ = leader;
}

#[cfg(unix)]
fn send(leader: u32, signal: Signal) {
    // It fails only if nothing is left of the group, which is what is wanted.
    let _ = killpg(Pid::from_raw(leader.cast_signed()), signal);
}

/// The kind of an error that says how a process ended: whether it was killed, so that another try may succeed.
pub(crate) fn kind_of_end(end: ExitStatus) -> ErrorKind {
    match end.code() {
        // A shell in which Python was started says so by 128 and the signal's number.
        None | Some(129..) => ErrorKind::Interrupted,
        Some(_) => ErrorKind::Other,
    }
}

/// Why a group may be silent, in words: which of its processes are stopped, if any are. (Linux only; elsewhere nothing is
/// known.)
pub(crate) fn why_silent(leader: u32) -> String {
    let stopped = if cfg!(target_os = "linux") {
        stopped(leader)
    } else {
        Vec::new()
    };
    match stopped.first() {
        None => "it takes much longer than expected, or workers wait for each other".to_owned(),
        Some(_) if stopped.contains(&leader) => {
            format!("the process that measured it, {leader}, is stopped")
        }
        Some(pid) => format!("worker process {pid} is stopped"),
    }
}

/// The processes of a group that are stopped, by what `/proc` says: process id, name in parentheses, state, parent, group.
fn stopped(leader: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stopped = processes.filter_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        let words: Vec<_> = after_name.split_whitespace().take(3).collect();
        let &[state, _, group] = &*words else {
            return None;
        };
        (state == "T" && group == leader.to_string()).then_some(pid)
    });
    stopped.collect()
}
