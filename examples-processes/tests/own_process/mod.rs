//! Runs each test in a process of its own, which has one thread: so it may fork. Tests of several crates include this file.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use examples_processes::Audit;
use libtest_mimic::{Arguments, Trial};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

pub(crate) type Test = (&'static str, fn());

/// Set in the environment of a test's process: its name. Then it is what runs in a process that a test starts.
const NAME: &str = "NAME_OF_TEST";
const PART: &str = "PART_OF_TEST";

/// No test may take longer; the storms have a limit for each run.
const LIMIT: Duration = Duration::from_mins(5);

/// How long something that ends may still be seen.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// Runs the tests that the command line names, as many at a time as `arguments` say. In the process of a test: runs this
/// test by `run_one`.
pub(crate) fn run(arguments: &Arguments, tests: &[Test], run_one: fn(fn())) -> ExitCode {
    if let Ok(name) = env::var(NAME) {
        let named = tests.iter().find(|(it, _)| *it == name);
        run_one(named.expect("there is such a test").1);
        return ExitCode::SUCCESS;
    }
    let trials = tests.iter().map(|&(name, _)| {
        Trial::test(name, move || {
            let mut process = Command::new(env::current_exe()?);
            let process = process.env(NAME, name).process_group(0);
            let mut process = process.stdin(Stdio::null()).spawn()?;
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
    libtest_mimic::run(arguments, trials.collect()).exit_code()
}

/// Waits for a moment until nothing is left that was not there before, among the sentences of the audit that `count`.
pub(crate) fn assert_nothing_is_left(before: &Audit, count: fn(&String) -> bool) {
    let begin = Instant::now();
    loop {
        let mut left = before.left_behind();
        left.retain(count);
        if left.is_empty() {
            return;
        }
        assert!(begin.elapsed() < SOON, "{}", left.join("; "));
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Which part this process has, if a test has started it by [`part_command`].
pub(crate) fn part() -> Option<String> {
    env::var(PART).ok()
}

/// This test once more, as a program of its own, with another part to play and without input.
pub(crate) fn part_command(part: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("it has a path"));
    command.env(PART, part).stdin(Stdio::null());
    command
}

/// Starts a program whose lines can be read.
pub(crate) fn lines_of(command: &mut Command) -> (Child, impl Iterator<Item = String> + use<>) {
    let process = command.stdout(Stdio::piped()).spawn();
    let mut process = process.expect("it can be started");
    let output = process.stdout.take().expect("it is piped");
    let lines = BufReader::new(output).lines();
    (process, lines.map(|line| line.expect("it is text")))
}
