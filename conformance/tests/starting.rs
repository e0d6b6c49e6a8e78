//! Processes that start others in adverse conditions, and processes that are started with a role by hand. They are
//! this executable, so it has a `main` that takes on the role.

#![cfg_attr(
    unix,
    expect(unsafe_code, reason = "ignoring a signal between fork and exec")
)]

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    unix::main()
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::io::{self, Write};
    use std::num::NonZero;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, ExitCode, Output, Stdio};
    use std::{env, process};

    use examples_processes::{Fork, Spawn, become_worker_if_asked};
    use libtest_mimic::{Arguments, Trial};
    use nix::sys::signal::{SigHandler, Signal, signal};
    use workloads::monte_carlo_pi::MonteCarloPi;
    use workloads::{Paradigm, Serial, Workload};

    /// Set in the environment of a process that a test starts: what it has to do.
    const PART: &str = "PART_IN_TEST";
    /// Set in the environment of a worker.
    const ROLE: &str = "CROSSOVER_WORKER_OF";

    pub(crate) fn main() -> ExitCode {
        let part = env::var(PART).unwrap_or_default();
        // Before `become_worker_if_asked`, which sees to `SIGCHLD`: `Fork` has to do that by itself.
        if part == "fork" {
            reduces_by::<Fork>();
            return ExitCode::SUCCESS;
        }
        become_worker_if_asked();
        match part.as_str() {
            "spawn" => reduces_by::<Spawn>(),
            "remove and spawn" => {
                let file = env::current_exe().expect("it has a path");
                fs::remove_file(&file).expect("it is in a directory of its own");
                reduces_by::<Spawn>();
                fs::write(&file, "no program").expect("the place is free");
                reduces_by::<Spawn>();
            }
            _ => {
                let tests: [(&str, fn()); 4] = [
                    (
                        "workers_start_although_their_file_is_gone",
                        workers_start_although_their_file_is_gone,
                    ),
                    (
                        "children_can_be_waited_for_although_their_signal_is_ignored",
                        children_can_be_waited_for_although_their_signal_is_ignored,
                    ),
                    (
                        "a_role_that_is_set_by_hand_is_refused",
                        a_role_that_is_set_by_hand_is_refused,
                    ),
                    (
                        "a_worker_that_is_told_nonsense_ends",
                        a_worker_that_is_told_nonsense_ends,
                    ),
                ];
                let trials = tests.map(|(name, test)| {
                    Trial::test(name, move || {
                        test();
                        Ok(())
                    })
                });
                return libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code();
            }
        }
        ExitCode::SUCCESS
    }

    fn reduces_by<P: Paradigm>() {
        let workload = MonteCarloPi::with_input(100_000, &[]).expect("it takes no input");
        let two = NonZero::new(2).expect("2 is not 0");
        let mut paradigm = P::start(two).expect("it can start");
        let hits = paradigm.reduce(&workload).expect("its workers can start");
        assert_eq!(hits, Serial.reduce(&workload).expect("it cannot fail"));
    }

    fn this_test() -> Command {
        Command::new(env::current_exe().expect("it has a path"))
    }

    fn assert_success(mut command: Command) {
        let output = loop {
            match command.output() {
                // Another test forks just now, and holds a copy of the file for a moment that is still written to.
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
                output => break output.expect("it can be started"),
            }
        };
        assert!(output.status.success(), "{output:?}");
    }

    fn workers_start_although_their_file_is_gone() {
        if !cfg!(target_os = "linux") {
            return; // Only there a process has a path to its file that outlives the file's name.
        }
        let directory = tempfile::tempdir().expect("a new directory");
        let copy = directory.path().join("copy");
        fs::copy(env::current_exe().expect("it has a path"), &copy).expect("room for a copy");
        let mut command = Command::new(&copy);
        command.env(PART, "remove and spawn");
        assert_success(command);
    }

    fn children_can_be_waited_for_although_their_signal_is_ignored() {
        for part in ["fork", "spawn"] {
            let mut command = this_test();
            command.env(PART, part);
            let ignore = || {
                // SAFETY: no handler is set.
                unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn) }?;
                Ok(())
            };
            // SAFETY: `ignore` makes one system call and allocates nothing.
            unsafe { command.pre_exec(ignore) };
            assert_success(command);
        }
    }

    fn a_role_that_is_set_by_hand_is_refused() {
        let null = || Stdio::null();
        let mut cases = vec![("1".to_owned(), null()), ("7 dwarfs".to_owned(), null())];
        cases.push((String::new(), null()));
        // On Linux, `/dev/ptmx` counts as a terminal.
        if cfg!(target_os = "linux") {
            let terminal = File::open("/dev/ptmx").expect("every process may have one");
            cases.push((process::id().to_string(), terminal.into()));
        }
        for (value, stdin) in cases {
            let mut command = this_test();
            let Output { status, stderr, .. } = command
                .env(ROLE, &value)
                .stdin(stdin)
                .output()
                .expect("it can be started");
            assert_eq!(status.code(), Some(2), "{value:?}");
            assert_eq!(
                String::from_utf8_lossy(&stderr),
                "CROSSOVER_WORKER_OF is set, but this process was not started as a worker: only a \
                 program that starts workers sets it, so unset it\n"
            );
        }
        // If the other end of its input is closed, its parent may have ended: that is no mistake of the user.
        let (input, parent) = io::pipe().expect("there are pipes left");
        drop(parent);
        let mut command = this_test();
        let output = command.env(ROLE, "1").stdin(input).output();
        let Output { status, stderr, .. } = output.expect("it can be started");
        assert_eq!((status.code(), &stderr[..]), (Some(1), &b""[..]));
        // The status is the same if nothing can be said.
        if let Ok(full) = File::create("/dev/full") {
            let mut command = this_test();
            let command = command.env(ROLE, "1").stdin(null()).stderr(full);
            let status = command.status().expect("it can be started");
            assert_eq!(status.code(), Some(2));
        }
    }

    fn a_worker_that_is_told_nonsense_ends() {
        for input in ["", "hello, world", &"0123456789".repeat(1_000)] {
            let (mut ours, theirs) = UnixStream::pair().expect("there are sockets left");
            let mut command = this_test();
            let command = command.env(ROLE, process::id().to_string());
            command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped());
            let worker = command.spawn().expect("it can be started");
            // It fails if the worker has ended already.
            let _ = ours.write_all(input.as_bytes());
            drop(ours);
            let output = worker.wait_with_output().expect("it is ours");
            let expected = Some(i32::from(!input.is_empty()));
            assert_eq!(
                (output.status.code(), &output.stdout[..]),
                (expected, &b""[..])
            );
        }
    }
}
