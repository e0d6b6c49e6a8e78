//! A listener that lets in only processes of the same program that show a token, and never waits for any of them.
//!
//! [`Listener::bind`] opens a port, and [`connect`] is the other side. A newcomer first sends a *greeting* of fixed
//! size: eight bytes that name this protocol and its version, the token (32 bytes), and a digest of the executable file
//! (16 bytes). The listener answers with one byte: the newcomer is let in, or why not. The digest is there because
//! functions travel between processes as distances inside of the program, so both processes must run the same file.
//!
//! - **A slow peer** cannot stop the work: no call here waits for a newcomer, and a newcomer has [`GREETING_TIME`] for
//!   its whole greeting.
//! - **A flood** cannot use up the descriptors: at most [`NEWCOMERS`] connections wait. The oldest one is turned away
//!   when there is one more.
//! - **A peer without the token** learns only that its token is wrong. It does not learn which program listens, nor how
//!   many bytes of its token were right: a comparison takes the same time wherever two tokens differ.
//!
//! **The token travels without encryption**, and so does everything after it. So listen on the loopback, or in a
//! network that you trust, or let the connections go through an ssh tunnel (`ssh -L`). The digest finds mistakes, not
//! attacks.

mod connect;
mod fingerprint;
mod newcomer;
mod silence;
#[cfg(test)]
mod tests;
mod token;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::mem;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;

pub use connect::connect;
use fingerprint::FINGERPRINT;
pub(crate) use fingerprint::fingerprint;
use newcomer::Newcomer;
pub use token::Token;

/// A newcomer has this long, from when it was accepted, for its whole greeting.
pub const GREETING_TIME: Duration = Duration::from_secs(2);

/// At most this many newcomers wait to be let in or turned away.
pub const NEWCOMERS: usize = 64;

/// After an error of the system, such as no free descriptor, the listener accepts no connection for this time.
const PAUSE: Duration = Duration::from_millis(100);

/// The protocol and its version: a greeting begins with it.
const MAGIC: &[u8; 8] = b"crossov1";

/// The size of a greeting, in bytes.
const GREETING: usize = MAGIC.len() + token::BYTES + FINGERPRINT;

/// What a listener answers, in one byte, to a newcomer that is let in.
const WELCOME: u8 = 1;

/// What it answers to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    WrongToken = 2,
    AnotherProgram,
    TooSlow,
    TooMany,
}

/// How many newcomers a [`Listener`] has turned away, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TurnedAway {
    /// Their token was another one.
    pub wrong_token: u64,
    /// Their token was right, but they run another executable file.
    pub another_program: u64,
    /// Their greeting did not arrive within [`GREETING_TIME`].
    pub too_slow: u64,
    /// They were the oldest when there were more than [`NEWCOMERS`].
    pub too_many: u64,
    /// What they sent does not begin as a greeting does.
    pub no_greeting: u64,
    /// They closed the connection before their greeting was complete.
    pub closed: u64,
}

impl TurnedAway {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.wrong_token
            + self.another_program
            + self.too_slow
            + self.too_many
            + self.no_greeting
            + self.closed
    }
}

/// A port that processes with the right token may connect to.
///
/// It has no thread. The program waits for [`interest`](Self::interest), by `poll`, together with all that it waits for
/// anyway, and for [`time_limit`](Self::time_limit) at most; and then it calls [`attend`](Self::attend).
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    token: Token,
    fingerprint: [u8; FINGERPRINT],
    /// Those whose greeting is not complete, the oldest one first.
    newcomers: VecDeque<Newcomer>,
    turned_away: TurnedAway,
    /// Until then, no connection is accepted, because the system could not give one.
    pause: Option<Instant>,
}

impl Listener {
    /// Listens on `address`, such as `"127.0.0.1:0"` or `"[::1]:0"`; with port 0, the system chooses a free port.
    ///
    /// # Errors
    ///
    /// Those of the system, if it cannot listen there, or if this program's file cannot be read for its digest.
    pub fn bind(address: impl ToSocketAddrs, token: Token) -> io::Result<Self> {
        let socket = TcpListener::bind(address)?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            token,
            fingerprint: fingerprint()?,
            newcomers: VecDeque::new(),
            turned_away: TurnedAway::default(),
            pause: None,
        })
    }

    /// The address to connect to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// What to wait for: [`attend`](Self::attend) has something to do when one of these can be read.
    pub fn interest(&self) -> Vec<BorrowedFd<'_>> {
        let newcomers = self.newcomers.iter().map(|it| it.stream.as_fd());
        let socket = self.pause.is_none().then(|| self.socket.as_fd());
        socket.into_iter().chain(newcomers).collect()
    }

    /// How long to wait for them at most; `None` if there is no limit.
    pub fn time_limit(&self) -> Option<Duration> {
        let oldest = self.newcomers.front().map(|it| it.until);
        let next = oldest.into_iter().chain(self.pause).min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    /// How many newcomers were turned away so far, and why.
    pub fn turned_away(&self) -> TurnedAway {
        self.turned_away
    }

    /// Reads what newcomers have sent, accepts new ones, and returns the connections of those that it has let in. They
    /// block when they are read, and send what is written at once (`TCP_NODELAY`). This call never waits.
    ///
    /// # Errors
    ///
    /// Only if the listening socket itself can no longer be used. If the system has no descriptor or no memory left,
    /// connections wait in the system, and are accepted later.
    pub fn attend(&mut self) -> io::Result<Vec<TcpStream>> {
        let mut let_in = Vec::new();
        for newcomer in mem::take(&mut self.newcomers) {
            let_in.extend(self.hear(newcomer));
        }
        if self.pause.is_some_and(|until| until <= Instant::now()) {
            self.pause = None;
        }
        if self.pause.is_some() {
            return Ok(let_in);
        }
        for _ in 0..NEWCOMERS {
            match self.socket.accept() {
                Ok((stream, _)) => let_in.extend(self.greet(stream)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // This one has gone already; there may be others.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) if is_unusable(&error) => return Err(error),
                Err(_) => {
                    // No descriptor, no memory, or a network that is down. The connection still waits in the system, so
                    // the socket stays readable: without a pause, the program would try again and again.
                    self.pause = Some(Instant::now() + PAUSE);
                    break;
                }
            }
        }
        Ok(let_in)
    }

    /// Begins to hear a connection that was just accepted.
    fn greet(&mut self, stream: TcpStream) -> Option<TcpStream> {
        let Ok(newcomer) = Newcomer::new(stream) else {
            self.turned_away.closed += 1;
            return None;
        };
        let let_in = self.hear(newcomer);
        if self.newcomers.len() > NEWCOMERS
            && let Some(oldest) = self.newcomers.pop_front()
        {
            self.turn_away(oldest, Refusal::TooMany);
        }
        let_in
    }

    /// Reads what a newcomer has sent. It is let in, turned away, or kept.
    fn hear(&mut self, mut newcomer: Newcomer) -> Option<TcpStream> {
        if newcomer.read().is_err() {
            self.turned_away.closed += 1;
        } else if !newcomer.begins_as_a_greeting() {
            self.turned_away.no_greeting += 1;
        } else if newcomer.arrived == GREETING {
            match self.judge(&newcomer.greeting) {
                Ok(()) => {
                    silence::end_if_unreachable(&newcomer.stream);
                    let welcome = newcomer.welcome();
                    self.turned_away.closed += u64::from(welcome.is_err());
                    return welcome.ok();
                }
                Err(refusal) => self.turn_away(newcomer, refusal),
            }
        } else if newcomer.until <= Instant::now() {
            self.turn_away(newcomer, Refusal::TooSlow);
        } else {
            self.newcomers.push_back(newcomer);
        }
        None
    }

    /// Whether the sender of this greeting is let in. The token comes first: without it, nothing else is said.
    fn judge(&self, greeting: &[u8; GREETING]) -> Result<(), Refusal> {
        let (token, fingerprint) = greeting[MAGIC.len()..].split_at(token::BYTES);
        if !self.token.is(token) {
            Err(Refusal::WrongToken)
        } else if *fingerprint != self.fingerprint {
            Err(Refusal::AnotherProgram)
        } else {
            Ok(())
        }
    }

    /// Counts a newcomer, answers it, and closes its connection.
    fn turn_away(&mut self, newcomer: Newcomer, refusal: Refusal) {
        *match refusal {
            Refusal::WrongToken => &mut self.turned_away.wrong_token,
            Refusal::AnotherProgram => &mut self.turned_away.another_program,
            Refusal::TooSlow => &mut self.turned_away.too_slow,
            Refusal::TooMany => &mut self.turned_away.too_many,
        } += 1;
        let mut stream = newcomer.stream;
        // Nothing else was written, so there is room for the byte. If the peer has gone, it needs no answer.
        let _ = stream.write(&[refusal as u8]);
        // A forked child may have a copy of the descriptor: so the connection is ended for all of them.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// Whether an error of `accept` says that no later call can succeed.
fn is_unusable(error: &io::Error) -> bool {
    let numbers = [Errno::EBADF, Errno::EINVAL, Errno::ENOTSOCK];
    numbers
        .iter()
        .any(|&it| error.raw_os_error() == Some(it as i32))
}
