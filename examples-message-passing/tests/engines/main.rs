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
    ];
    let connected = trials(&tests.concat(), false);
    let registered = trials(&[&tests[..], &[joining::TESTS]].concat().concat(), true);
    let arguments = libtest_mimic::Arguments::from_args();
    let all = connected.into_iter().chain(registered);
    libtest_mimic::run(&arguments, all.collect()).exit();
}

#[cfg(unix)]
fn trials(tests: &[Test], listens: bool) -> Vec<libtest_mimic::Trial> {
    let way = if listens { " over TCP" } else { "" };
    let trials = tests.iter().map(|&(name, test)| {
        libtest_mimic::Trial::test(format!("{name}{way}"), move || {
            LISTENS.set(listens);
            test();
            Ok(())
        })
    });
    trials.collect()
}

#[cfg(not(unix))]
fn main() {}

/// A test, and its name.
#[cfg(unix)]
type Test = (&'static str, fn());

#[cfg(unix)]
thread_local! {
    /// Whether the engines of this test register over TCP, or are given a stream as they are started.
    static LISTENS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// What a cluster of this test is to be like.
#[cfg(unix)]
fn builder() -> examples_message_passing::engines::Builder {
    let builder = examples_message_passing::engines::Cluster::builder();
    if LISTENS.get() {
        builder.listen("127.0.0.1:0")
    } else {
        builder
    }
}

/// A cluster with this many engines.
#[cfg(unix)]
fn cluster(engines: usize) -> examples_message_passing::engines::Cluster {
    builder().start(engines).unwrap()
}

/// Ends the process that runs this, by SIGKILL.
#[cfg(unix)]
fn die() -> ! {
    let me = nix::unistd::Pid::this();
    nix::sys::signal::kill(me, nix::sys::signal::Signal::SIGKILL).unwrap();
    unreachable!("no process survives this signal")
}
