//! A case, and the process in which it runs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio, id};
use std::time::{Duration, Instant};
use std::{env, thread};

use examples_processes::this_executable;
use workloads::panic_message;

/// Whether something is as it should be; if not, a sentence.
pub(crate) type Verdict = Result<(), String>;

/// One check, with its name.
pub(crate) struct Case {
    pub(crate) name: String,
    check: Box<dyn FnOnce() -> Verdict>,
}

impl Case {
    pub(crate) fn new(name: &str, check: impl FnOnce() -> Verdict + 'static) -> Self {
        Self {
            name: name.to_owned(),
            check: Box::new(check),
        }
    }
}

/// Set in the environment of a case's process: its parent's process id.
pub(crate) const ROLE: &str = "CONFORMANCE_CASE_OF";

/// Set there as well: the directory of the case, which has the three files that follow.
const DIRECTORY: &str = "CONFORMANCE_CASE_IN";

/// A line for each call that has begun.
const CALLS: &str = "calls";
/// [`PASSED`], or why the case has failed. A forked child that returns to the kit's code adds a verdict of its own.
const VERDICT: &str = "verdict";
/// What its processes wrote to standard output and standard error.
const PRINTED: &str = "printed";

const PASSED: &str = "passed";
/// Stands after each verdict.
const END: char = '\0';

/// How often to look whether a case has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// Runs the case called `name` in a process of its own, and ends all processes that it has started.
///
/// # Errors
///
/// A sentence that says why it failed, and what it printed, if that was captured.
pub(crate) fn run(name: &str, limit: Duration, captures: bool) -> Verdict {
    let start = || -> io::Result<_> {
        let directory = tempfile::tempdir()?;
        let mut command = Command::new(this_executable()?);
        command
            .arg(name)
            .env(ROLE, id().to_string())
            .env(DIRECTORY, directory.path())
            .stdin(Stdio::null());
        if captures {
            let printed = File::create(directory.path().join(PRINTED))?;
            command.stdout(printed.try_clone()?).stderr(printed);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok((command.spawn()?, directory))
    };
    let (mut process, directory) =
        start().map_err(|error| format!("its process cannot be started: {error}"))?;
    let read = |name| fs::read_to_string(directory.path().join(name)).unwrap_or_default();
    let end = wait(&mut process, &directory.path().join(CALLS), limit);
    kill_group(&mut process);

    let verdicts = read(VERDICT);
    let verdicts: Vec<&str> = verdicts.split_terminator(END).collect();
    if verdicts == [PASSED] {
        return Ok(());
    }
    let why = verdicts.into_iter().find(|&verdict| verdict != PASSED);
    let mut sentence = match (end, why) {
        (Err(error), _) => format!("its process cannot be watched: {error}"),
        (_, Some(why)) => why.to_owned(),
        (Ok(end), None) => {
            let calls = read(CALLS);
            let call = calls.lines().last().unwrap_or("before the first call");
            match end {
                Some(end) => format!("{call}: its process ended early ({end})"),
                None => format!(
                    "{call}: no answer within {limit:?}: it is in an endless loop, or waits for something that does not \
                     happen (a deadlock)"
                ),
            }
        }
    };
    let printed = read(PRINTED);
    if !printed.trim().is_empty() {
        sentence.push_str("\n\nit printed:\n");
        sentence.push_str(printed.trim_end());
    }
    Err(sentence)
}

/// Waits for the end of a case; `None` if it is within one call for longer than `limit`.
fn wait(process: &mut Child, calls: &Path, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let length = || calls.metadata().map_or(0, |file| file.len());
    let (mut seen, mut since) = (length(), Instant::now());
    loop {
        if let Some(end) = process.try_wait()? {
            return Ok(Some(end));
        }
        let now = length();
        if now != seen {
            (seen, since) = (now, Instant::now());
        } else if since.elapsed() > limit {
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}

/// Kills what is left of the process and of those that it has started, and reaps it.
fn kill_group(process: &mut Child) {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, killpg};
        let group = nix::unistd::Pid::from_raw(process.id().cast_signed());
        // It fails only if no process of the group is left.
        let _ = killpg(group, Signal::SIGKILL);
    }
    // An error says that it has been reaped already.
    let _ = process.kill();
    let _ = process.wait();
}

/// In the process of a case: runs the case that the command line names, and says how it went.
pub(crate) fn run_here(cases: Vec<Case>) -> ExitCode {
    let name = env::args().nth(1).unwrap_or_default();
    // A process whose parent ends becomes a child of this one, and is found among what is left behind.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(true);
    let verdict = match cases.into_iter().find(|case| case.name == name) {
        None => Err(format!("there is no case called {name}")),
        Some(case) => catch_unwind(AssertUnwindSafe(case.check))
            .unwrap_or_else(|panic| Err(format!("panicked: {}", panic_message(panic.as_ref())))),
    };
    judge(&verdict);
    ExitCode::SUCCESS
}

/// In the process of a case: adds a verdict.
pub(crate) fn judge(verdict: &Verdict) {
    let text = verdict.as_ref().map_or_else(String::as_str, |()| PASSED);
    append(VERDICT, &format!("{text}{END}"));
}

/// In the process of a case: says which call begins now.
pub(crate) fn begin(call: &str) {
    append(CALLS, &format!("{call}\n"));
}

fn append(name: &str, text: &str) {
    let directory = env::var_os(DIRECTORY).expect("the parent has set it");
    let path = Path::new(&directory).join(name);
    let file = OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.unwrap_or_else(|error| panic!("{name} cannot be written: {error}"));
}
