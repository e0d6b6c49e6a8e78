//! Controllers and engines. The engines are processes of this executable: so it has a `main` of its own.

#[cfg(unix)]
mod balanced;
#[cfg(unix)]
mod deaths;
#[cfg(unix)]
mod direct;
#[cfg(unix)]
mod joining;
#[cfg(unix)]
mod journal;

#[cfg(unix)]
fn main() {
    examples_message_passing::engines::become_engine_if_asked();
    let tests = [
        direct::TESTS,
        balanced::TESTS,
        deaths::TESTS,
        journal::TESTS,
        joining::TESTS,
    ];
    let tests = tests.concat().into_iter().map(|(name, test)| {
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, tests.collect()).exit();
}

#[cfg(not(unix))]
fn main() {}

/// A test, and its name.
#[cfg(unix)]
type Test = (&'static str, fn());

/// A cluster with this many engines.
#[cfg(unix)]
fn cluster(engines: usize) -> examples_message_passing::engines::Cluster {
    let cluster = examples_message_passing::engines::Cluster::builder();
    cluster.start(engines).unwrap()
}

/// Ends the process that runs this, by SIGKILL.
#[cfg(unix)]
fn die() -> ! {
    let me = nix::unistd::Pid::this();
    nix::sys::signal::kill(me, nix::sys::signal::Signal::SIGKILL).unwrap();
    unreachable!("no process survives this signal")
}
