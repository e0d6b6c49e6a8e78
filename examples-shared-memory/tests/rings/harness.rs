//! Runs each test in a process of its own, which has one thread: so it may fork.

use std::env;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use examples_processes::Audit;
use libtest_mimic::{Arguments, Trial};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

pub(crate) type Test = (&'static str, fn());

/// Set in the environment of a test's process: its name.
const NAME: &str = "NAME_OF_TEST";

/// No test may take longer.
const LIMIT: Duration = Duration::from_mins(2);

/// Runs the tests that the command line names. In the process of a test: runs this test.
pub(crate) fn run(tests: &[Test]) -> ExitCode {
    if let Ok(name) = env::var(NAME) {
        let named = tests.iter().find(|(it, _)| *it == name);
        let (_, test) = named.expect("there is such a test");
        let before = Audit::now();
        test();
        assert_eq!(before.left_behind(), [""; 0]);
        return ExitCode::SUCCESS;
    }
    let trials = tests.iter().map(|&(name, _)| {
        Trial::test(name, move || {
            let mut process = Command::new(env::current_exe()?);
            process.env(NAME, name).stdin(Stdio::null());
            std::os::unix::process::CommandExt::process_group(&mut process, 0);
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
