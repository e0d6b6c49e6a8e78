//! The role of a process that was started to work for another one.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::exit;

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
    match value.to_str().and_then(|id| id.parse().ok()) {
        Some(id) if started_by(id) && !io::stdin().is_terminal() => {
            #[cfg(unix)]
            crate::die_with_parent(id);
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
