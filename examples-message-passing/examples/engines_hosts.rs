//! Engines that are started by hand, as on another host, join while work goes on.
//!
//! An engine on another host is the same executable, with two variables in its environment: where
//! the controller listens, and a secret number, the *token*. A process without the right token is
//! turned away. Here the program starts itself three times, as a user would do on three hosts: as
//! two engines with the token, and as one with another token. In IPython Parallel: `ipcontroller`
//! writes the address and a key to a file, and `ipengine --file=...` reads them.
//!
//! Run: `cargo run --example engines_hosts`
//!
//! Expected output:
//!
//! ```text
//! the controller listens on 127.0.0.1:[..], 100 tasks wait for an engine
//! engine 0 has joined: 10 of 100 tasks are done
//! another token, exit status: 2: [..] has turned this process away: it has another token
//! engine 1 has joined: 100 tasks more
//! all 200 tasks are done, by 2 engines: 17984 primes, as in serial
//! the controller has ended, and so have its engines, with status [Some(0), Some(0)]
//! ```
//!
//! Try: delete the loop with `try_wait`. After 10 seconds, the process with the other token says
//! that the controller has not answered: it answers only while this program waits for something.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, error::Error, io, process};

#[cfg(unix)]
use examples_message_passing::engines::{CONTROLLER, Cluster, TOKEN, become_engine_if_asked};
#[cfg(unix)]
use examples_message_passing::listener::Token;
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    become_engine_if_asked();
    let token = Token::random()?;
    let cluster = Cluster::builder().token(token.clone()).start(0)?;
    let address = cluster.address().expect("it listens").to_string();
    let task = |(): &(), k| (process::id(), primes(k));
    let mut first = cluster.balanced().as_completed(task, 0..100)?;
    println!("the controller listens on {address}, 100 tasks wait for an engine");

    let mut engine_0 = start_engine(&address, &token)?;
    let mut results: Vec<_> = first.by_ref().take(10).collect();
    println!("engine 0 has joined: 10 of 100 tasks are done");

    let mut stranger = start_engine(&address, &Token::random()?)?;
    // The controller works while this program waits for something.
    while stranger.try_wait()?.is_none() {
        let _ = cluster.wait_for_engines(2, Duration::from_millis(5));
    }
    let end = stranger.wait_with_output()?;
    let said = String::from_utf8(end.stderr)?;
    println!("another token, {}: {}", end.status, said.trim());

    let mut engine_1 = start_engine(&address, &token)?;
    cluster.wait_for_engines(2, Duration::from_secs(5))?;
    let second = cluster.balanced().as_completed(task, 100..200)?;
    println!("engine 1 has joined: 100 tasks more");

    results.extend(first.chain(second));
    let (mut engines, mut count) = (BTreeSet::new(), 0);
    for (_, result) in results {
        let (engine, primes) = result?;
        engines.insert(engine);
        count += primes;
    }
    let serial: usize = (0..200).map(primes).sum();
    assert_eq!((count, engines.len()), (serial, 2));
    println!("all 200 tasks are done, by 2 engines: {count} primes, as in serial");
    drop(cluster);
    let ends = [engine_0.wait()?.code(), engine_1.wait()?.code()];
    println!("the controller has ended, and so have its engines, with status {ends:?}");
    Ok(())
}

/// Starts this program as an engine, as a user would do in a shell on another host.
#[cfg(unix)]
fn start_engine(controller: &str, token: &Token) -> io::Result<Child> {
    let mut engine = Command::new(env::current_exe()?);
    engine.env(CONTROLLER, controller);
    engine.env(TOKEN, token.to_string());
    engine.stderr(Stdio::piped()).spawn()
}

/// How many primes there are from `1000 * k` to `1000 * k + 999`.
fn primes(k: u32) -> usize {
    let is_prime = |n: &u32| *n > 1 && (2..=n.isqrt()).all(|divisor| !n.is_multiple_of(divisor));
    (1000 * k..1000 * (k + 1)).filter(is_prime).count()
}
