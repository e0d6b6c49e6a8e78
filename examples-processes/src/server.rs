//! The fork server: a small process with one thread, started early, that starts children on request.
//!
//! A program with threads must not fork. The fork server was started before there were threads (or as a new program), and
//! never starts one, so it may. It also watches its children, and says over a pipe what happens to each. And it takes
//! them along when its parent ends, in whatever way: it waits for a message or for the end of its connection.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, exit};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use nix::unistd::Pid;

use crate::child::{CHANGED, Child, REFUSED, STARTED, flush_before_fork, fork_child, wait_for};
use crate::role::{ROLE_OF_SERVER, ROLE_OF_WORKER, role_value};
use crate::start::StartMethod;
use crate::wire::{again_if_interrupted, receive_with, send_with};
use crate::{OneThread, die_with_parent, this_executable, worker};

/// A fork server, as its parent sees it. Dropped, it is asked to end, and waited for.
#[derive(Debug)]
pub(crate) struct Server {
    control: UnixStream,
    process: Mutex<Child>,
    /// Whether it starts children as new programs.
    starts_programs: bool,
    next: AtomicU64,
}

/// A request is three numbers: what, for which child, and with which signal.
const FORK: u64 = 1;
const START_PROGRAM: u64 = 2;
const SEND_SIGNAL: u64 = 3;
const END: u64 = 4;

/// How long children have for an orderly end.
const ORDERLY: Duration = Duration::from_secs(1);

impl Server {
    /// Starts a fork server whose children are started by this method.
    pub(crate) fn start(method: StartMethod) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        let child = match method {
            StartMethod::Fork => {
                let alone = OneThread::check()?;
                flush_before_fork();
                let parent = std::process::id();
                Child::own(fork_child(alone, || {
                    die_with_parent(parent);
                    serve(&theirs)
                })?)
            }
            StartMethod::ForkServer | StartMethod::Spawn => {
                crate::start::start_program(ROLE_OF_SERVER, theirs)?
            }
        };
        Ok(Self {
            control,
            process: Mutex::new(child),
            starts_programs: method == StartMethod::Spawn,
            next: AtomicU64::new(1),
        })
    }

    /// Asks for a child that works for `stream`, and writes into `news` what happens to it. Returns its number.
    pub(crate) fn start_worker(
        &self,
        stream: &UnixStream,
        news: &io::PipeWriter,
    ) -> io::Result<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let what = if self.starts_programs {
            START_PROGRAM
        } else {
            FORK
        };
        send_with(
            &self.control,
            [what, number, 0],
            &[stream.as_fd(), news.as_fd()],
        )?;
        Ok(number)
    }

    pub(crate) fn send_signal(&self, number: u64, signal: Signal) -> io::Result<()> {
        send_with(&self.control, [SEND_SIGNAL, number, signal as u64], &[])
    }

    /// Whether it has not ended. To be asked when a request has failed: it may be ending then, and this waits for its end.
    pub(crate) fn is_alive(&self) -> bool {
        let mut process = self.process.lock().expect("no code panics with this lock");
        let mut closed = [PollFd::new(self.control.as_fd(), PollFlags::POLLIN)];
        // It sends nothing: so its end can be read only when it is at its end.
        let is_ending = nix::poll::poll(&mut closed, PollTimeout::ZERO) == Ok(1);
        let status = if is_ending {
            process.wait().map(Some)
        } else {
            process.ended()
        };
        matches!(status, Ok(None))
    }
}

impl Server {
    /// Asks it to end, and waits for that: first for its idle children, which find the end of their connections.
    pub(crate) fn end(&self) {
        // They fail only if it has ended.
        let _ = send_with(&self.control, [END, 0, 0], &[]);
        let _ = self.control.shutdown(Shutdown::Write);
        let Ok(mut process) = self.process.lock() else {
            return;
        };
        let mut closed = [PollFd::new(self.control.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(2 * ORDERLY).expect("it is short");
        let ended = again_if_interrupted(|| nix::poll::poll(&mut closed, limit));
        if ended != Ok(1) {
            let _ = process.send(Signal::SIGKILL); // it is stopped
        }
        let _ = process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// If this process was started as a fork server, it becomes one, and does not return.
pub(crate) fn become_server(control: OwnedFd) -> ! {
    exit(serve(&UnixStream::from(control)))
}

struct Worker {
    number: u64,
    news: File,
}

/// Does what the process at the other end of `control` asks for, until it ends or says that this is the end.
fn serve(control: &UnixStream) -> i32 {
    let mut workers = HashMap::new();
    let ended = prepare().and_then(|alone| answer(control, alone, &mut workers));
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

/// Checks that this process may fork, lets [`wait_for_news`] be woken up by the end of a child, and leaves Ctrl-C to the
/// parent.
#[expect(unsafe_code, reason = "handlers of signals")]
fn prepare() -> io::Result<OneThread> {
    extern "C" fn nothing(_signal: libc::c_int) {}
    let alone = OneThread::check()?; // it also sets what SIGCHLD does, so it comes first
    let action = |handler| SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing.
    unsafe { sigaction(Signal::SIGCHLD, &action(SigHandler::Handler(nothing))) }?;
    // SAFETY: no handler.
    unsafe { sigaction(Signal::SIGINT, &action(SigHandler::SigIgn)) }?;
    let mut children = SigSet::empty();
    children.add(Signal::SIGCHLD);
    children.thread_block()?;
    Ok(alone)
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
    alone: OneThread,
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
                match start(what, alone, control, stream, workers) {
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
fn start(
    what: u64,
    alone: OneThread,
    control: &UnixStream,
    stream: OwnedFd,
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
    fork_child(alone, || {
        // The child keeps nothing of its server: else its parent would not see when the server ends.
        for file in workers
            .values()
            .map(|worker| &worker.news)
            .map(AsRawFd::as_raw_fd)
        {
            let _ = nix::unistd::close(file);
        }
        let _ = nix::unistd::close(control.as_raw_fd());
        die_with_parent(server);
        let _ = SigSet::empty().thread_set_mask();
        worker::work(&UnixStream::from(stream))
    })
}

/// Says what has happened to children, and forgets those that have ended.
fn reap(workers: &mut HashMap<Pid, Worker>) {
    let flags = libc::WNOHANG | libc::WUNTRACED | libc::WCONTINUED;
    while let Ok(Some((pid, status))) = wait_for(None, flags) {
        use std::os::unix::process::ExitStatusExt;
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
