//! The other side of a listener.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::{Duration, Instant};

use super::fingerprint::fingerprint;
use super::silence::end_if_unreachable;
use super::{MAGIC, Refusal, Token, WELCOME};

/// After a connection that was turned away because there were too many, the next attempt comes so much later.
const PAUSE: Duration = Duration::from_millis(10);

/// Connects to a [`Listener`](super::Listener) of this program that has the same token. The connection blocks when it is
/// read, and sends what is written at once (`TCP_NODELAY`).
///
/// It waits for `time_limit` at most for each address that the name `address` stands for. If too many connect at the same
/// time, it tries again within this time.
///
/// # Errors
///
/// A sentence that says what is wrong, with the kind
///
/// - [`PermissionDenied`](ErrorKind::PermissionDenied): the listener has another token, or is of another program;
/// - [`TimedOut`](ErrorKind::TimedOut): no answer within the time limit, or the greeting arrived too slowly;
/// - [`ResourceBusy`](ErrorKind::ResourceBusy): there were too many newcomers, again and again;
/// - [`InvalidData`](ErrorKind::InvalidData): what listens there is no [`Listener`](super::Listener);
/// - others: those of the system, such as [`ConnectionRefused`](ErrorKind::ConnectionRefused) if no process listens there.
pub fn connect(
    address: impl ToSocketAddrs,
    token: &Token,
    time_limit: Duration,
) -> io::Result<TcpStream> {
    let mut greeting = MAGIC.to_vec();
    greeting.extend(token.bytes());
    greeting.extend(fingerprint()?);
    let mut outcome = Err(refused(ErrorKind::InvalidInput, "the name has no address"));
    for address in address.to_socket_addrs()? {
        let until = Instant::now() + time_limit;
        loop {
            outcome = connect_to(address, &greeting, time_limit, until);
            match &outcome {
                Ok(_) => return outcome,
                Err(error) if is_passing(error) && Instant::now() + PAUSE < until => {
                    thread::sleep(PAUSE);
                }
                Err(_) => break,
            }
        }
    }
    outcome
}

/// Whether another attempt may succeed: too many connected at the same time. (If the listener closes a connection before
/// it has read all, its answer may be lost: then the connection was reset.)
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ResourceBusy | ErrorKind::ConnectionReset
    )
}

fn connect_to(
    address: SocketAddr,
    greeting: &[u8],
    time_limit: Duration,
    until: Instant,
) -> io::Result<TcpStream> {
    // A limit of zero is an error of the standard library, and would mean no limit to the system.
    let left = || {
        until
            .saturating_duration_since(Instant::now())
            .max(Duration::from_millis(1))
    };
    let explained = |error| explained(address, time_limit, &error);
    let mut stream = TcpStream::connect_timeout(&address, left()).map_err(explained)?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(left()))?;
    // If the listener closes the connection at once, it may have said why: so read in any case.
    let sent = stream.write_all(greeting);
    stream.set_read_timeout(Some(left()))?;
    let answer = read_byte(&mut stream).map_err(|error| sent.err().unwrap_or(error));
    let answer = answer.map_err(explained)?;
    let is = |refusal: Refusal| answer == Some(refusal as u8);
    let (kind, why) = if answer == Some(WELCOME) {
        stream.set_write_timeout(None)?;
        stream.set_read_timeout(None)?;
        end_if_unreachable(&stream);
        return Ok(stream);
    } else if is(Refusal::WrongToken) {
        (ErrorKind::PermissionDenied, "it has another token")
    } else if is(Refusal::AnotherProgram) {
        let why =
            "it runs another program: both sides must be started from the same executable file";
        (ErrorKind::PermissionDenied, why)
    } else if is(Refusal::TooSlow) {
        (ErrorKind::TimedOut, "the greeting arrived too slowly")
    } else if is(Refusal::TooMany) {
        (ErrorKind::ResourceBusy, "too many connect at the same time")
    } else {
        (
            ErrorKind::InvalidData,
            "what listens there is no listener of this program",
        )
    };
    Err(refused(
        kind,
        &format!("{address} has turned this process away: {why}"),
    ))
}

/// The answer; `None` at the end of the file.
fn read_byte(from: &mut TcpStream) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match from.read(&mut byte) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return Ok((read? == 1).then_some(byte[0])),
        }
    }
}

/// The error, with the address in its sentence.
fn explained(address: SocketAddr, time_limit: Duration, error: &io::Error) -> io::Error {
    match error.kind() {
        // A read that takes too long is one that would block.
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            let why = format!("{address} has not answered within {time_limit:?}");
            refused(ErrorKind::TimedOut, &why)
        }
        ErrorKind::ConnectionRefused => {
            refused(error.kind(), &format!("no process listens on {address}"))
        }
        kind => refused(kind, &format!("{address}: {error}")),
    }
}

fn refused(kind: ErrorKind, why: &str) -> io::Error {
    io::Error::new(kind, why)
}
