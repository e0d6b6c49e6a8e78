//! A listener without free descriptors goes on later. This is a test of its own process, because all threads of a
//! process share its descriptors.

#![cfg(unix)]

use std::fs::File;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use examples_message_passing::listener::{Listener, Token, connect};
use nix::sys::resource::{Resource, setrlimit};

#[test]
fn a_listener_that_has_no_descriptor_left_goes_on_when_there_is_one_again() {
    let token = Token::random().unwrap();
    let mut listener = Listener::bind("127.0.0.1:0", token.clone()).unwrap();
    let address = listener.address().unwrap();
    let half_open = TcpStream::connect(address).unwrap();
    let connecting = {
        let (limit, token) = (Duration::from_secs(20), token.clone());
        thread::spawn(move || connect(address, &token, limit))
    };
    // The thread needs a descriptor, too: so it has one before all others are taken.
    while listener.attend().unwrap().is_empty() {
        thread::yield_now();
    }
    let let_in = connecting.join().unwrap().unwrap();
    let newcomer = TcpStream::connect(address).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 64, 64).unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    let before = listener.interest().len();
    assert!(listener.attend().unwrap().is_empty());
    assert!(listener.interest().len() < before, "it does not spin");
    assert!(listener.time_limit().unwrap() <= Duration::from_millis(100));

    drop(taken);
    let start = Instant::now();
    while listener.interest().len() < before + 1 {
        assert!(start.elapsed() < Duration::from_secs(20));
        thread::sleep(
            listener
                .time_limit()
                .unwrap()
                .min(Duration::from_millis(10)),
        );
        assert!(listener.attend().unwrap().is_empty());
    }
    drop((half_open, newcomer, let_in));
}
