//! Processes that end together: a child leads a process group, and all processes that it starts belong to the group.
//!
//! A terminal sends Ctrl-C to the group of the command only. So the command decides what happens then.

use std::io::{self, ErrorKind};
use std::mem;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill, killpg},
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

/// Asks all groups to end, because this process is about to end. From now on, a thread that starts or ends a child is
/// blocked.
pub(crate) fn end_all() {
    kill_stopped_children();
    let leaders = leaders();
    for &leader in &*leaders {
        ask_to_end(leader);
    }
    mem::forget(leaders);
}

/// Ends the processes of the group that are left. If the leader still runs, all are killed at once. If the leader has
/// ended, the others are asked to end: a process of joblib's has to remove files first.
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

/// Why a group has not answered, in words: which of its processes are stopped, if any are.
pub(crate) fn why_no_answer(leader: u32) -> String {
    let stopped = stopped(|it| it.group == leader);
    match stopped.first() {
        None => "it takes much longer than expected, or workers wait for each other".to_owned(),
        Some(_) if stopped.contains(&leader) => {
            format!("the process that measured it, {leader}, is stopped")
        }
        Some(pid) => format!("worker process {pid} is stopped"),
    }
}

/// Kills the children of this process that are stopped.
pub(crate) fn kill_stopped_children() {
    for pid in stopped(|it| it.parent == std::process::id()) {
        #[cfg(unix)]
        // It fails only if it has ended, which is what is wanted.
        let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
        #[cfg(not(unix))]
        let _ = pid;
    }
}

/// The relatives of a process: its parent and its group.
struct Relatives {
    parent: u32,
    group: u32,
}

/// The processes with these relatives that are stopped, as `/proc` shows. (Linux only; elsewhere none is known.)
fn stopped(is_meant: impl Fn(&Relatives) -> bool) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stopped = processes.filter_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        // Process id, name in parentheses, state, parent, group.
        let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        let mut words = after_name.split_whitespace();
        let is_stopped = words.next()? == "T";
        let relatives = Relatives {
            parent: words.next()?.parse().ok()?,
            group: words.next()?.parse().ok()?,
        };
        (is_stopped && is_meant(&relatives)).then_some(pid)
    });
    stopped.collect()
}
