use std::io::Read;
use std::net::Ipv6Addr;
use std::thread::{self, JoinHandle};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::*;

const LIMIT: Duration = Duration::from_secs(20);

fn listener() -> (Listener, Token, SocketAddr) {
    let token = Token::random().unwrap();
    let listener = Listener::bind("127.0.0.1:0", token.clone()).unwrap();
    let address = listener.address().unwrap();
    (listener, token, address)
}

/// Attends, as a program does, until `is_done` of what was let in.
fn serve(
    listener: &mut Listener,
    is_done: impl Fn(&Listener, &[TcpStream]) -> bool,
) -> Vec<TcpStream> {
    let start = Instant::now();
    let mut let_in = Vec::new();
    while !is_done(listener, &let_in) {
        assert!(start.elapsed() < LIMIT, "{:?}", listener.turned_away());
        let interest = listener.interest();
        let of_one = |it| PollFd::new(it, PollFlags::POLLIN);
        let mut interest: Vec<_> = interest.into_iter().map(of_one).collect();
        let at_most = listener.time_limit().unwrap_or(LIMIT).min(LIMIT);
        // Rounded up, so that the time is over when `poll` returns.
        let at_most = PollTimeout::try_from(at_most + Duration::from_millis(1)).unwrap();
        poll(&mut interest, at_most).unwrap();
        let_in.extend(listener.attend().unwrap());
    }
    let_in
}

fn connecting(address: SocketAddr, token: &Token) -> JoinHandle<io::Result<TcpStream>> {
    let token = token.clone();
    thread::spawn(move || connect(address, &token, LIMIT))
}

/// A process with the right token is let in, and both sides can use the connection.
fn let_one_in(listener: &mut Listener, token: &Token) {
    let theirs = connecting(listener.address().unwrap(), token);
    let mut ours = serve(listener, |_, let_in| let_in.len() == 1).remove(0);
    let mut theirs = theirs.join().unwrap().unwrap();
    assert!(ours.nodelay().unwrap() && theirs.nodelay().unwrap());
    ours.write_all(b"ping").unwrap();
    let mut bytes = [0; 4];
    theirs.read_exact(&mut bytes).unwrap();
    theirs.write_all(&bytes).unwrap();
    ours.read_exact(&mut bytes).unwrap(); // it waits, so the connection blocks
    assert_eq!(&bytes, b"ping");
}

fn greeting(token: &Token, fingerprint: [u8; FINGERPRINT]) -> Vec<u8> {
    [&MAGIC[..], token.bytes(), &fingerprint].concat()
}

/// What the listener sends until it closes the connection; `None` if it breaks it.
fn answer(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn the_right_token_is_let_in_again_and_again() {
    let (mut listener, token, _) = listener();
    assert_eq!(listener.time_limit(), None);
    for _ in 0..3 {
        let_one_in(&mut listener, &token);
    }
    assert_eq!(listener.turned_away(), TurnedAway::default());
}

#[test]
fn an_address_may_be_of_version_6() {
    let token = Token::random().unwrap();
    let Ok(mut listener) = Listener::bind((Ipv6Addr::LOCALHOST, 0), token.clone()) else {
        return; // this system has none
    };
    let_one_in(&mut listener, &token);
}

#[test]
fn another_token_is_turned_away() {
    let (mut listener, token, address) = listener();
    let other = connecting(address, &Token::random().unwrap());
    let let_in = serve(&mut listener, |it, _| it.turned_away().wrong_token == 1);
    assert!(let_in.is_empty());
    let error = other.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let expected = format!("{address} has turned this process away: it has another token");
    assert_eq!(error.to_string(), expected);
    let_one_in(&mut listener, &token);
    assert_eq!(listener.turned_away().total(), 1);
}

#[test]
fn every_byte_of_a_token_counts() {
    let (listener, token, _) = listener();
    let right = greeting(&token, listener.fingerprint);
    for k in MAGIC.len()..GREETING {
        let mut wrong: [u8; GREETING] = right.clone().try_into().unwrap();
        wrong[k] ^= 1;
        let is_token = k < MAGIC.len() + token::BYTES;
        let expected = if is_token {
            Refusal::WrongToken
        } else {
            Refusal::AnotherProgram
        };
        assert_eq!(listener.judge(&wrong), Err(expected), "byte {k}");
    }
}

#[test]
fn another_program_is_turned_away_only_if_it_has_the_token() {
    let (mut listener, token, address) = listener();
    let cases = [
        (&token, Refusal::AnotherProgram),
        (&Token::random().unwrap(), Refusal::WrongToken),
    ];
    for (number, (token, expected)) in cases.into_iter().enumerate() {
        let mut other = TcpStream::connect(address).unwrap();
        other.write_all(&greeting(token, [7; FINGERPRINT])).unwrap();
        let all = number as u64 + 1;
        serve(&mut listener, |it, _| it.turned_away().total() == all);
        assert_eq!(answer(&mut other), Some(vec![expected as u8]));
    }
    assert_eq!(listener.turned_away().another_program, 1);
    let_one_in(&mut listener, &token);
}

#[test]
fn what_is_no_greeting_is_turned_away_at_its_first_wrong_byte() {
    let (mut listener, token, address) = listener();
    for (number, bytes) in [&b"GET / HTTP/1.1\r\n"[..], b"crossov2", &[0; 10_000]]
        .iter()
        .enumerate()
    {
        let mut other = TcpStream::connect(address).unwrap();
        other.write_all(bytes).unwrap();
        let all = number as u64 + 1;
        serve(&mut listener, |it, _| it.turned_away().no_greeting == all);
        assert!(answer(&mut other).is_none_or(|answer| answer.is_empty()));
    }
    let_one_in(&mut listener, &token);
}

#[test]
fn a_greeting_may_arrive_byte_by_byte() {
    let (mut listener, token, address) = listener();
    let bytes = greeting(&token, listener.fingerprint);
    let mut slow = TcpStream::connect(address).unwrap();
    slow.set_nodelay(true).unwrap();
    for byte in bytes {
        assert!(listener.attend().unwrap().is_empty());
        slow.write_all(&[byte]).unwrap();
    }
    serve(&mut listener, |_, let_in| let_in.len() == 1);
}

#[test]
fn a_slow_peer_is_turned_away_when_its_time_is_over_and_work_goes_on_meanwhile() {
    let (mut listener, token, address) = listener();
    let mut slow = TcpStream::connect(address).unwrap();
    let bytes = greeting(&token, listener.fingerprint);
    let start = Instant::now();
    let sender = thread::spawn(move || {
        // It would take more than five seconds.
        for byte in bytes {
            if slow.write_all(&[byte]).is_err() {
                break; // it was turned away
            }
            thread::sleep(Duration::from_millis(100));
        }
        answer(&mut slow)
    });
    let_one_in(&mut listener, &token);
    let_one_in(&mut listener, &token);
    assert_eq!(listener.turned_away().total(), 0);
    serve(&mut listener, |it, _| it.turned_away().too_slow == 1);
    assert!(start.elapsed() >= GREETING_TIME);
    assert!(listener.newcomers.is_empty());
    sender.join().unwrap();
    let_one_in(&mut listener, &token);
}

#[test]
fn a_silent_peer_is_told_that_it_is_too_slow() {
    let (mut listener, _, address) = listener();
    let mut silent = TcpStream::connect(address).unwrap();
    serve(&mut listener, |it, _| it.turned_away().too_slow == 1);
    assert_eq!(answer(&mut silent), Some(vec![Refusal::TooSlow as u8]));
}

#[test]
fn a_flood_of_half_open_connections_keeps_no_peer_with_the_token_out() {
    let (mut listener, token, address) = listener();
    let flood = thread::spawn(move || {
        let connections = (0..500).map(|_| TcpStream::connect(address).unwrap());
        connections.collect::<Vec<_>>()
    });
    let_one_in(&mut listener, &token); // while they connect, or before, or after
    let too_many = 500 - NEWCOMERS as u64;
    serve(&mut listener, |it, _| it.turned_away().too_many == too_many);
    let flood = flood.join().unwrap();
    assert_eq!(listener.newcomers.len(), NEWCOMERS);
    assert_eq!(listener.interest().len(), NEWCOMERS + 1);
    let_one_in(&mut listener, &token); // while the list is full
    drop(flood);
    serve(&mut listener, |it, _| it.newcomers.is_empty());
    let counts = listener.turned_away();
    assert_eq!(counts.total(), 500, "{counts:?}");
    let_one_in(&mut listener, &token);
}

#[test]
fn a_peer_that_closes_in_the_middle_is_forgotten() {
    let (mut listener, token, address) = listener();
    let bytes = greeting(&token, listener.fingerprint);
    for (number, length) in [0, 1, MAGIC.len(), GREETING - 1].into_iter().enumerate() {
        let mut other = TcpStream::connect(address).unwrap();
        other.write_all(&bytes[..length]).unwrap();
        drop(other);
        let all = number as u64 + 1;
        serve(&mut listener, |it, _| it.turned_away().closed == all);
    }
    let_one_in(&mut listener, &token);
}

#[test]
fn no_call_waits_for_a_listener_that_does_not_attend() {
    let (listener, token, address) = listener();
    let error = connect(address, &token, Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(
        error.to_string(),
        format!("{address} has not answered within 50ms")
    );
    drop(listener);
    let error = connect(address, &token, LIMIT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(
        error.to_string(),
        format!("no process listens on {address}")
    );
}

#[test]
fn another_kind_of_listener_is_an_error() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = connecting(other.local_addr().unwrap(), &Token::random().unwrap());
    let (mut ours, _) = other.accept().unwrap();
    ours.read_exact(&mut [0; GREETING]).unwrap();
    ours.write_all(b"220 hello\r\n").unwrap();
    let error = theirs.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
}

#[test]
fn one_of_too_many_tries_again() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = connecting(other.local_addr().unwrap(), &Token::random().unwrap());
    for answer in [Refusal::TooMany as u8, WELCOME] {
        let (mut ours, _) = other.accept().unwrap();
        ours.read_exact(&mut [0; GREETING]).unwrap();
        ours.write_all(&[answer]).unwrap();
    }
    assert!(theirs.join().unwrap().is_ok());
}
