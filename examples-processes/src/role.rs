//! The role of a process that was started to work for another one.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::exit;

/// In the environment of a worker: its parent's [`role_value`].
pub(crate) const ROLE_OF_WORKER: &str = "CROSSOVER_WORKER_OF";
/// In the environment of a fork server: its parent's [`role_value`].
pub(crate) const ROLE_OF_SERVER: &str = "CROSSOVER_FORK_SERVER_OF";

/// Comes after the process id if a thread other than the main one starts the process.
const BY_A_THREAD: &str = " (a thread)";

/// What the variable of a role is set to: this process's id, and whether its main thread asks.
///
/// The kernel can end a child when the *thread* that started it ends ([`die_with_parent`](crate::die_with_parent)). Only
/// the main thread lives as long as the process. So the child of another thread must do without.
pub(crate) fn role_value() -> String {
    let id = std::process::id();
    #[cfg(target_os = "linux")]
    if nix::unistd::gettid().as_raw().cast_unsigned() != id {
        return format!("{id}{BY_A_THREAD}");
    }
    id.to_string()
}

/// Whether this process has a role to take on, because its parent started it with the environment variable `variable`
/// set to the parent's process id. If so, it ends when its parent ends, as by
/// [`die_with_parent`](crate::die_with_parent).
///
/// If the variable has another value, or standard input is a terminal, a user has set the variable. Then this
/// function prints a sentence on standard error that says so, and ends the process with status 2.
pub fn takes_role(variable: &str) -> bool {
    let Some(value) = env::var_os(variable) else {
        return false;
    };
    let value = value.to_str().unwrap_or_default();
    let id = value.strip_suffix(BY_A_THREAD).unwrap_or(value);
    match id.parse() {
        Ok(parent) if started_by(parent) && !io::stdin().is_terminal() => {
            #[cfg(unix)]
            if id == value {
                crate::die_with_parent(parent);
            }
            true
        }
        _ => {
            // Not `eprintln!`, which panics if standard error cannot be written.
            let _ = writeln!(
                io::stderr(),
                "{variable} is set, but this process was not started as a worker: only a program \
                 that starts workers sets it, so unset it"
            );
            exit(2)
        }
    }
}

/// Whether process `id` is the parent of this one, or may have been and has ended.
#[cfg(unix)]
fn started_by(id: u32) -> bool {
    std::os::unix::process::parent_id() == id || input_is_closed()
}

/// Whether the process at the other end of standard input has closed it, as a parent does by ending.
#[cfg(unix)]
fn input_is_closed() -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;

    let stdin = io::stdin();
    // macOS reports a hang-up only if it is asked for input.
    let mut input = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
    let polled = poll(&mut input, PollTimeout::ZERO);
    let hung_up = |events: PollFlags| events.contains(PollFlags::POLLHUP);
    polled.is_ok() && input[0].revents().is_some_and(hung_up)
}

/// This system does not show it.
#[cfg(not(unix))]
fn started_by(_id: u32) -> bool {
    true
}
