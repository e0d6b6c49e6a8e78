//! The three ways to start a process that runs a function.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, exit};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use nix::unistd::{Pid, close};

use crate::child::{Child, flush_before_fork, fork_child};
use crate::role::{ROLE_OF_SERVER, ROLE_OF_WORKER, role_value};
use crate::server::Server;
use crate::server_process::become_server;
use crate::{OneThread, die_with_parent, keep_ended_children, takes_role, this_executable, worker};

/// How a process is started. Python's `multiprocessing` has the same three *start methods*.
///
/// | | the child has | costs | safe in a program with threads |
/// | --- | --- | --- | --- |
/// | `Fork` | a copy of all variables | a copy of the page tables: more for a larger parent | no: refused |
/// | `Spawn` | nothing but its input | the start of a program | yes |
/// | `ForkServer` | nothing but its input | a fork of a small process | yes |
///
/// `Spawn` and `ForkServer` start this program again: so its `main` has to begin with [`become_worker_if_asked`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartMethod {
    /// Copy this process, which must have one thread.
    #[default]
    Fork,
    /// Start this program again.
    Spawn,
    /// Let a small process fork, which was started for that.
    ForkServer,
}

/// Whether this program has offered to become a worker.
static OFFERED: AtomicBool = AtomicBool::new(false);

/// If this process was started as a worker, or as a fork server, it becomes one, and this function does not return.
///
/// To be called at the start of `main` by every program that starts processes by [`StartMethod::Spawn`] or
/// [`StartMethod::ForkServer`].
pub fn become_worker_if_asked() {
    OFFERED.store(true, Ordering::Relaxed);
    keep_ended_children();
    if takes_role(ROLE_OF_WORKER) {
        worker::work(&UnixStream::from(connection()));
    }
    if takes_role(ROLE_OF_SERVER) {
        become_server(connection());
    }
}

/// Standard input, which is the connection to the parent, under another number.
fn connection() -> OwnedFd {
    io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .unwrap_or_else(|error| {
            eprintln!("a worker has no connection to its parent: {error}");
            exit(1)
        })
}

/// # Errors
///
/// [`io::ErrorKind::Unsupported`] if this program cannot be started again as a worker.
pub(crate) fn check_offer() -> io::Result<()> {
    if OFFERED.load(Ordering::Relaxed) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "this program is started again as its own worker, so `main` must begin with \
         `examples_processes::become_worker_if_asked()`",
    ))
}

/// Starts this program again in a role. `connection` is its standard input.
pub(crate) fn start_program(role: &str, connection: UnixStream) -> io::Result<Child> {
    check_offer()?;
    let child = Command::new(this_executable()?)
        .env(role, role_value())
        .stdin(OwnedFd::from(connection))
        .spawn()?;
    Ok(Child::own(Pid::from_raw(child.id().cast_signed())))
}

/// Starts a worker at the other end of `theirs`. A fork closes its copies of `our_ends`: so it finds the end of a stream that
/// its parent has closed.
pub(crate) fn start_worker<'a>(
    method: StartMethod,
    theirs: UnixStream,
    our_ends: impl Iterator<Item = &'a UnixStream>,
) -> io::Result<Child> {
    match method {
        StartMethod::Fork => {
            let alone = OneThread::check()?;
            flush_before_fork();
            let parent = std::process::id();
            let pid = fork_child(alone, || {
                for end in our_ends {
                    let _ = close(end.as_raw_fd());
                }
                die_with_parent(parent);
                worker::work(&theirs)
            })?;
            Ok(Child::own(pid))
        }
        StartMethod::Spawn => start_program(ROLE_OF_WORKER, theirs),
        StartMethod::ForkServer => start_by(&common_server()?, &theirs),
    }
}

/// Starts a worker at the other end of `theirs` by a fork server.
pub(crate) fn start_by(server: &Arc<Server>, theirs: &UnixStream) -> io::Result<Child> {
    let (news, writer) = io::pipe()?;
    let number = server.start_worker(theirs, &writer)?;
    Ok(Child::Served {
        server: Arc::clone(server),
        number,
        news,
        pid: None,
        end: None,
        lost_server: false,
    })
}

static COMMON_SERVER: Mutex<Option<Arc<Server>>> = Mutex::new(None);

/// The fork server of this process, which is started when it is needed first.
fn common_server() -> io::Result<Arc<Server>> {
    let mut server = COMMON_SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    match &mut *server {
        Some(server) if server.is_alive() => Ok(Arc::clone(server)),
        server => {
            let started = Arc::new(Server::start(StartMethod::ForkServer)?);
            Ok(Arc::clone(server.insert(started)))
        }
    }
}

/// Ends the fork server that [`StartMethod::ForkServer`] has started for single processes. It would end with this process.
/// (A pool has a fork server of its own, which ends with the pool.)
pub fn end_fork_server() {
    let mut server = COMMON_SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    drop(server.take());
}
