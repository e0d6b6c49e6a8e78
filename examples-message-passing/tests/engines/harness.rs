//! Runs the tests, with engines that are given a stream as they are started, and with engines that register over TCP.

use std::cell::Cell;

use examples_message_passing::engines::{Builder, Cluster};
use libtest_mimic::{Arguments, Trial};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A test, and its name.
pub(crate) type Test = (&'static str, fn());

thread_local! {
    /// Whether the engines of this test register over TCP.
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

/// Runs some tests in both ways, and others with engines that register.
pub(crate) fn run(both: &[Test], listening: &[Test]) -> ! {
    let connected = both.iter().map(|&test| trial(test, false));
    let all = both.iter().chain(listening);
    let registered = all.map(|&test| trial(test, true));
    let trials = connected.chain(registered).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn trial((name, test): Test, listens: bool) -> Trial {
    let way = if listens { " over TCP" } else { "" };
    Trial::test(format!("{name}{way}"), move || {
        LISTENS.set(listens);
        test();
        Ok(())
    })
}

/// What a cluster of this test is to be like.
pub(crate) fn builder() -> Builder {
    if LISTENS.get() {
        Cluster::builder().listen("127.0.0.1:0")
    } else {
        Cluster::builder()
    }
}

/// A cluster with this many engines.
pub(crate) fn cluster(engines: usize) -> Cluster {
    builder().start(engines).unwrap()
}

/// Ends the process that runs this, by SIGKILL.
pub(crate) fn die() -> ! {
    kill(Pid::this(), Signal::SIGKILL).unwrap();
    unreachable!("no process survives this signal")
}
