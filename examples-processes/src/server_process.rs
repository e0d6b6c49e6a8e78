//! The fork server: a small process with one thread, started early, that starts children on request.
//!
//! A program with threads must not fork. The fork server was started before there were threads (or as a new program), and
//! never starts one, so it may. It also watches its children, and says over a pipe what happens to each. And it takes
//! them along when its parent ends, in whatever way: it waits for a message or for the end of its connection.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, exit};
use std::time::{Duration, Instant};

use nix::libc;
use nix::poll::{PollFd, PollFlags};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use nix::unistd::{Pid, close, dup2_stdin};

use crate::child::{CHANGED, REFUSED, STARTED, fork_child, wait_for};
use crate::role::{ROLE_OF_SERVER, ROLE_OF_WORKER, role_value};
use crate::server::{END, ORDERLY, SEND_SIGNAL, START_PROGRAM};
use crate::wire::receive_with;
use crate::{OneThread, die_with_parent, this_executable, worker};

/// If this process was started as a fork server, it becomes one, and does not return.
pub(crate) fn become_server(control: OwnedFd) -> ! {
    // Its children get no copy of the connection as their standard input.
    let nothing = File::open("/dev/null").map(dup2_stdin);
    debug_assert!(nothing.is_ok(), "{nothing:?}");
    exit(serve(&UnixStream::from(control)))
}

struct Worker {
    number: u64,
    news: File,
}

/// Does what the process at the other end of `control` asks for, until it ends or says that this is the end.
pub(crate) fn serve(control: &UnixStream) -> i32 {
    let mut workers = HashMap::new();
    let ended = prepare().and_then(|at_fork| answer(control, &at_fork, &mut workers));
    // After an orderly end, idle workers leave by themselves. Others are killed.
    let patience = if ended.is_ok_and(|is_orderly| is_orderly) {
        ORDERLY
    } else {
        Duration::ZERO
    };
    let end = Instant::now();
    while !workers.is_empty() && end.elapsed() < patience {
        let left = patience.saturating_sub(end.elapsed());
        wait_for_news(&mut [], Some(left));
        reap(&mut workers);
    }
    for &pid in workers.keys() {
        let _ = kill(pid, Signal::SIGKILL);
        let _ = wait_for(Some(pid), 0);
    }
    0
}

/// What is needed to fork a child.
struct AtFork {
    alone: OneThread,
    /// What Ctrl-C did when this process was started, and does in a child.
    interrupt: SigAction,
}

/// Checks that this process may fork, lets [`wait_for_news`] be woken up by the end of a child, and leaves Ctrl-C to the
/// parent.
#[expect(unsafe_code, reason = "handlers of signals")]
fn prepare() -> io::Result<AtFork> {
    extern "C" fn nothing(_signal: libc::c_int) {}
    let alone = OneThread::check()?; // it also sets what SIGCHLD does, so it comes first
    let action = |handler| SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing.
    unsafe { sigaction(Signal::SIGCHLD, &action(SigHandler::Handler(nothing))) }?;
    // SAFETY: no handler.
    let interrupt = unsafe { sigaction(Signal::SIGINT, &action(SigHandler::SigIgn)) }?;
    let mut children = SigSet::empty();
    children.add(Signal::SIGCHLD);
    children.thread_block()?;
    Ok(AtFork { alone, interrupt })
}

/// Waits until a descriptor can be read, a child has changed, or the time is over.
#[cfg(target_os = "linux")]
fn wait_for_news(files: &mut [PollFd<'_>], limit: Option<Duration>) {
    // The signal of a child's end is let in only while this waits: so it cannot come, unseen, just before.
    let limit = limit.map(nix::sys::time::TimeSpec::from_duration);
    let _ = nix::poll::ppoll(files, limit, Some(SigSet::empty()));
}

/// Other systems have no `ppoll`: so this looks for ended children again and again.
#[cfg(not(target_os = "linux"))]
fn wait_for_news(files: &mut [PollFd<'_>], _limit: Option<Duration>) {
    let _ = nix::poll::poll(files, 20_u8);
}

/// Returns whether the end is an orderly one.
fn answer(
    control: &UnixStream,
    at_fork: &AtFork,
    workers: &mut HashMap<Pid, Worker>,
) -> io::Result<bool> {
    loop {
        let mut files = [PollFd::new(control.as_fd(), PollFlags::POLLIN)];
        wait_for_news(&mut files, None);
        let is_asked = files[0].any() == Some(true);
        reap(workers);
        if !is_asked {
            continue;
        }
        match receive_with::<3>(control)? {
            None => return Ok(false),
            Some(([END, ..], _)) => return Ok(true),
            Some(([SEND_SIGNAL, number, signal], _)) => {
                let wanted = workers.iter().find(|(_, worker)| worker.number == number);
                if let (Some((&pid, _)), Ok(signal)) = (wanted, Signal::try_from(signal as i32)) {
                    let _ = kill(pid, signal); // it is not reaped, so the number is its own
                }
            }
            Some(([what, number, _], files)) => {
                let Ok([stream, news]) = <[OwnedFd; 2]>::try_from(files) else {
                    return Err(io::ErrorKind::InvalidData.into());
                };
                let mut news = File::from(news);
                match start(what, at_fork, control, stream, &news, workers) {
                    Ok(pid) => {
                        tell(&mut news, STARTED, pid.as_raw() as u64);
                        workers.insert(pid, Worker { number, news });
                    }
                    Err(error) => {
                        let error = error.raw_os_error().unwrap_or(libc::EAGAIN);
                        tell(&mut news, REFUSED, error as u64);
                    }
                }
            }
        }
    }
}

/// Starts a child that works for `stream`.
#[expect(unsafe_code, reason = "what a signal does")]
fn start(
    what: u64,
    at_fork: &AtFork,
    control: &UnixStream,
    stream: OwnedFd,
    news: &File,
    workers: &HashMap<Pid, Worker>,
) -> io::Result<Pid> {
    if what == START_PROGRAM {
        let child = Command::new(this_executable()?)
            .env_remove(ROLE_OF_SERVER)
            .env(ROLE_OF_WORKER, role_value())
            .stdin(stream)
            .spawn()?;
        return Ok(Pid::from_raw(child.id().cast_signed()));
    }
    let server = std::process::id();
    fork_child(at_fork.alone, || {
        // The child keeps nothing of its server: else its parent would not see when the server ends.
        for file in workers
            .values()
            .map(|worker| &worker.news)
            .map(AsRawFd::as_raw_fd)
        {
            let _ = close(file);
        }
        let _ = close(news.as_raw_fd()); // else a child of a task could keep it open
        let _ = close(control.as_raw_fd());
        die_with_parent(server);
        let _ = SigSet::empty().thread_set_mask();
        // SAFETY: it is what this program had before.
        let _ = unsafe { sigaction(Signal::SIGINT, &at_fork.interrupt) };
        worker::work(&UnixStream::from(stream))
    })
}

/// Says what has happened to children, and forgets those that have ended.
fn reap(workers: &mut HashMap<Pid, Worker>) {
    let flags = libc::WNOHANG | libc::WUNTRACED | libc::WCONTINUED;
    while let Ok(Some((pid, status))) = wait_for(None, flags) {
        let Some(worker) = workers.get_mut(&pid) else {
            continue;
        };
        tell(
            &mut worker.news,
            CHANGED,
            u64::from(status.into_raw().cast_unsigned()),
        );
        if status.code().is_some() || status.signal().is_some() {
            workers.remove(&pid);
        }
    }
}

fn tell(news: &mut File, what: u64, number: u64) {
    // It fails only if there is no longer a process that wants to know.
    let _ = news.write_all(bytemuck::bytes_of(&[what, number]));
}
