//! Runs each test in a process of its own, one after the other: all of them see the same `/dev/shm`.

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use examples_processes::{Audit, OneThread};
use libtest_mimic::{Arguments, Trial};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

pub(crate) type Test = (&'static str, fn());

/// Set in the environment of a test's process: its name. Then it is what runs in a process that a test starts.
const NAME: &str = "NAME_OF_TEST";
const PART: &str = "PART_OF_TEST";

/// No test may take longer.
const LIMIT: Duration = Duration::from_mins(5);

/// How long something that ends may still be seen, and how long a wait may take that is not expected to end by its limit.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// Runs the tests that the command line names. In the process of a test: runs this test.
pub(crate) fn run(tests: &[Test]) -> ExitCode {
    if let Ok(name) = env::var(NAME) {
        let (_, test) = tests
            .iter()
            .find(|(it, _)| *it == name)
            .expect("there is such a test");
        let before = Audit::now();
        test();
        assert_nothing_is_left(&before);
        return ExitCode::SUCCESS;
    }
    let trials = tests.iter().map(|&(name, _)| {
        Trial::test(name, move || {
            let mut process = Command::new(env::current_exe()?);
            let process = process
                .env(NAME, name)
                .process_group(0)
                .stdin(Stdio::null());
            let mut process = process.spawn()?;
            let begin = Instant::now();
            loop {
                if let Some(status) = process.try_wait()? {
                    let ended = status.success().then_some(());
                    return ended.ok_or_else(|| format!("it ended by {status}").into());
                }
                if begin.elapsed() > LIMIT {
                    killpg(Pid::from_raw(process.id().cast_signed()), Signal::SIGKILL)?;
                    process.wait()?;
                    return Err("it hangs".into());
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        })
    });
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Waits for a moment until nothing is left that was not there before. What other programs have in `/dev/shm` is theirs.
pub(crate) fn assert_nothing_is_left(before: &Audit) {
    let begin = Instant::now();
    loop {
        let mut left = before.left_behind();
        left.retain(|it| !it.contains("/dev/shm") || it.contains("between-"));
        if left.is_empty() {
            return;
        }
        assert!(begin.elapsed() < SOON, "{}", left.join("; "));
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A name for a segment that no other process has.
pub(crate) fn name(of: &str) -> String {
    format!("/between-{}-{of}", std::process::id())
}

/// Forks a child that does `work`. A panic in it is its end with status 101.
#[expect(unsafe_code, reason = "fork and _exit")]
pub(crate) fn child(work: impl FnOnce()) -> Pid {
    OneThread::check().expect("a test has one thread");
    // SAFETY: this process has one thread, so the child's copy of it is whole.
    match unsafe { fork() }.expect("there may be one more process") {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            let end = catch_unwind(AssertUnwindSafe(work));
            // SAFETY: `_exit` may be called at any time.
            unsafe { nix::libc::_exit(if end.is_ok() { 0 } else { 101 }) }
        }
    }
}

pub(crate) fn assert_ends_well(child: Pid) {
    assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
}

pub(crate) fn kill_and_wait(child: Pid) {
    kill(child, Signal::SIGKILL).expect("it was not waited for");
    let end = waitpid(child, None).expect("it is ours");
    assert_eq!(end, WaitStatus::Signaled(child, Signal::SIGKILL, false));
}

/// Which part this process has, if a test has started it by [`start_part`].
pub(crate) fn part() -> Option<String> {
    env::var(PART).ok()
}

/// Starts this test once more, as a program of its own, with another part to play and with this file as its standard input.
/// Its lines can be read.
pub(crate) fn start_part(
    part: &str,
    input: Stdio,
) -> (Child, impl Iterator<Item = String> + use<>) {
    let program = env::current_exe().expect("it has a path");
    let mut process = Command::new(program);
    let process = process.env(PART, part).stdin(input).stdout(Stdio::piped());
    let mut process = process.spawn().expect("it can be started");
    let output = process.stdout.take().expect("it is piped");
    let lines = BufReader::new(output).lines();
    (process, lines.map(|line| line.expect("it is text")))
}
