//! A port that lets in only peers that show a token, and never waits for them: so strangers
//! cannot stop the work.
//!
//! Every process that can reach a port can connect to it. So a peer first sends a secret number,
//! the *token*. The work must wait neither for a peer that sends the token slowly, nor for many
//! peers that never send it. The listener here gives each newcomer two seconds. At most 64
//! newcomers wait; if there is one more, the oldest is turned away.
//!
//! Run: `cargo run --example socket_token`
//!
//! Expected output:
//!
//! ```text
//! the worker was let in, and has done 100 tasks: 785213 hits, as in serial
//! meanwhile, 100 silent peers connected: 64 may wait, [..] were turned away
//! the stranger: 127.0.0.1:[..] has turned this process away: it has another token
//! ```
//!
//! Try: let the last loop go on while `listener.interest().len() > 1`, and print `turned_away()`
//! after it. How long does the loop take, and why?

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::{thread, time::Duration};

#[cfg(unix)]
use examples_message_passing::listener::{Listener, Token, connect};
#[cfg(unix)]
use nix::poll::{PollFd, PollFlags, poll};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

examples_processes::needs_unix!();

const LIMIT: Duration = Duration::from_secs(10);

#[cfg(unix)]
fn main() -> io::Result<()> {
    let token = Token::random()?;
    let mut listener = Listener::bind("127.0.0.1:0", token.clone())?;
    let address = listener.address()?;
    let workload = MonteCarloPi::new(1_000_000);

    // A thread here. A process of this program, on any computer, does the same.
    let thread = thread::spawn(move || -> io::Result<()> {
        let (mut parent, mut task) = (connect(address, &token, LIMIT)?, [0]);
        while parent.read(&mut task)? > 0 {
            let first = usize::from(task[0]) * 10_000;
            let hits = workload.fold(first..first + 10_000);
            parent.write_all(&hits.to_le_bytes())?;
        }
        Ok(())
    });
    let mut let_in = Vec::new();
    while let_in.is_empty() {
        let_in = wait_and_attend(&mut listener)?;
    }
    let (mut flood, mut hits) = (Vec::new(), 0);
    for task in 0..100 {
        flood.push(TcpStream::connect(address)?); // It sends nothing.
        assert!(listener.attend()?.is_empty()); // This never waits.
        let_in[0].write_all(&[task])?;
        let mut answer = [0; 8];
        let_in[0].read_exact(&mut answer)?;
        hits += u64::from_le_bytes(answer);
    }
    assert_eq!(hits, MonteCarloPi::new(1_000_000).fold(0..1_000_000));
    println!("the worker was let in, and has done 100 tasks: {hits} hits, as in serial");
    let many = listener.turned_away().total();
    println!("meanwhile, 100 silent peers connected: 64 may wait, {many} were turned away");

    let stranger = thread::spawn(move || connect(address, &Token::random()?, LIMIT));
    while listener.turned_away().wrong_token == 0 {
        wait_and_attend(&mut listener)?;
    }
    let answer = stranger.join().expect("it does not panic");
    println!("the stranger: {}", answer.expect_err("its token is wrong"));
    drop(let_in); // The worker reads the end of the stream, and ends.
    thread.join().expect("it does not panic")
}

/// Waits until a newcomer has sent something, or its time is over, and returns those who are let in.
#[cfg(unix)]
fn wait_and_attend(listener: &mut Listener) -> io::Result<Vec<TcpStream>> {
    let to_poll = |it| PollFd::new(it, PollFlags::POLLIN);
    let mut sockets: Vec<_> = listener.interest().into_iter().map(to_poll).collect();
    let at_most = listener.time_limit().unwrap_or(LIMIT).as_millis() as u16 + 1;
    poll(&mut sockets, at_most)?;
    listener.attend()
}
