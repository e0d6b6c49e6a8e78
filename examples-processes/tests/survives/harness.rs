//! Runs each test in a process of its own.

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use examples_processes::Audit;
use libtest_mimic::{Arguments, Trial};
use nix::sys::signal::{SigHandler, Signal, killpg, signal};
use nix::unistd::Pid;

pub(crate) type Test = (&'static str, fn());

/// Set in the environment of a test's process: its name. Then it is what runs in a process that a test starts.
const NAME: &str = "NAME_OF_TEST";
const PART: &str = "PART_OF_TEST";

/// No test may take longer; the storms have a limit for each run.
const LIMIT: Duration = Duration::from_mins(5);

/// How long a process that has ended may still be seen, and how soon all must have ended after Ctrl-C.
pub(crate) const SOON: Duration = Duration::from_secs(1);

/// Runs the tests that the command line names. In the process of a test: runs this test.
pub(crate) fn run(tests: &[Test]) -> ExitCode {
    if let Ok(name) = env::var(NAME) {
        heed_interrupts();
        let (_, test) = tests
            .iter()
            .find(|(it, _)| *it == name)
            .expect("there is such a test");
        let before = Audit::now();
        test();
        examples_processes::end_fork_server();
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
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// Lets Ctrl-C end this process, and what it starts. A shell lets the programs that it runs in the background ignore it.
#[expect(unsafe_code, reason = "`signal` can also set a handler")]
fn heed_interrupts() {
    // SAFETY: no handler is set.
    let before = unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) };
    assert!(before.is_ok(), "{before:?}");
}

/// Waits for a moment until nothing is left that was not there before.
pub(crate) fn assert_nothing_is_left(before: &Audit) {
    let begin = Instant::now();
    while !before.left_behind().is_empty() {
        assert!(
            begin.elapsed() < SOON,
            "{}",
            before.left_behind().join("; ")
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Which part this process has, if a test has started it by [`start_part`].
pub(crate) fn part() -> Option<String> {
    env::var(PART).ok()
}

/// Starts this test once more, as a process group of its own, with another part to play. Its lines can be read.
pub(crate) fn start_part(part: &str) -> (Child, impl Iterator<Item = String> + use<>) {
    let program = env::current_exe().expect("it has a path");
    let mut process = Command::new(program);
    let process = process
        .env(PART, part)
        .process_group(0)
        .stdout(Stdio::piped());
    let mut process = process.spawn().expect("it can be started");
    let output: ChildStdout = process.stdout.take().expect("it is piped");
    let lines = BufReader::new(output).lines();
    (process, lines.map(|line| line.expect("it is text")))
}

/// Waits until all of these processes have ended. A zombie has: its new parent may take its time.
pub(crate) fn assert_ended(processes: &[u32]) {
    let begin = Instant::now();
    let lives = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let state = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.trim().chars().next());
        state.is_some_and(|state| state != 'Z')
    };
    while processes.iter().any(lives) {
        let left: Vec<_> = processes.iter().filter(|id| lives(id)).collect();
        assert!(begin.elapsed() < SOON, "processes {left:?} have not ended");
        std::thread::sleep(Duration::from_millis(1));
    }
}
