//! A case, and the process in which it runs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio, exit, id};
use std::time::{Duration, Instant};
use std::{env, thread};

#[cfg(target_os = "linux")]
use examples_processes::Audit;
use examples_processes::this_executable;
use workloads::panic_message;

use crate::live::Live;

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

/// A case that prints more bytes than this is ended.
const MOST_PRINTED: u64 = 16 << 20;
/// So many bytes of it are shown, the last ones.
const SHOWN: usize = 32 << 10;

/// The exit status of a case that cannot say how it went, because its directory is full.
const NO_SPACE: i32 = 74;

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
            // The kit's own panics would be shown with long backtraces, which take long to make.
            command.env("RUST_BACKTRACE", "0");
            let printed = File::create(directory.path().join(PRINTED))?;
            command.stdout(printed.try_clone()?).stderr(printed);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = command.spawn()?;
        Ok(Live::new(process, directory))
    };
    let mut live = start().map_err(|error| format!("its process cannot be started: {error}"))?;
    let end = wait(&mut live, limit);
    live.kill();

    let read = |name| {
        let bytes = fs::read(live.directory().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };

    let verdicts = read(VERDICT);
    let verdicts: Vec<&str> = verdicts.split_terminator(END).collect();
    let ends_well = matches!(&end, Ok(Ended::By(status)) if status.success());
    if verdicts == [PASSED] && ends_well {
        return Ok(());
    }
    let why = verdicts.into_iter().find(|&verdict| verdict != PASSED);
    let mut sentence = match (end, why) {
        (Err(error), _) => format!("its process cannot be watched: {error}"),
        (_, Some(why)) => why.to_owned(),
        (Ok(end), None) => {
            let calls = read(CALLS);
            let call = calls.lines().last().unwrap_or("before the first call");
            format!("{call}: {}", end.in_words(limit))
        }
    };
    let printed = read(PRINTED);
    let last = printed.floor_char_boundary(printed.len().saturating_sub(SHOWN));
    if !printed.trim().is_empty() {
        sentence.push_str("\n\nit printed:\n");
        sentence.push_str(if last > 0 { "…" } else { "" });
        sentence.push_str(printed[last..].trim_end());
    }
    Err(sentence)
}

/// How a case ended.
enum Ended {
    By(ExitStatus),
    /// It was within one call for longer than the limit.
    AtLimit,
    /// It printed too much.
    Printing,
}

impl Ended {
    fn in_words(&self, limit: Duration) -> String {
        match self {
            Self::By(status) if status.code() == Some(NO_SPACE) => {
                let place = env::temp_dir();
                format!("its verdict cannot be written to {}", place.display())
            }
            Self::By(status) => format!("its process ended early ({status})"),
            Self::AtLimit => format!(
                "no answer within {limit:?}: it is in an endless loop, or waits for something that does not happen (a \
                 deadlock)"
            ),
            Self::Printing => format!("it has printed more than {} MiB", MOST_PRINTED >> 20),
        }
    }
}

/// Waits for the end of a case.
fn wait(live: &mut Live, limit: Duration) -> io::Result<Ended> {
    let (calls, printed) = (live.directory().join(CALLS), live.directory().join(PRINTED));
    let length = |path: &Path| path.metadata().map_or(0, |file| file.len());
    let (mut seen, mut since) = (length(&calls), Instant::now());
    loop {
        if let Some(end) = live.process.try_wait()? {
            return Ok(Ended::By(end));
        }
        let now = length(&calls);
        if now != seen {
            (seen, since) = (now, Instant::now());
        } else if since.elapsed() > limit {
            return Ok(Ended::AtLimit);
        }
        if length(&printed) > MOST_PRINTED {
            return Ok(Ended::Printing);
        }
        thread::sleep(PAUSE);
    }
}

/// In the process of a case: runs the case that the command line names, and says how it went.
pub(crate) fn run_here(cases: Vec<Case>) -> ExitCode {
    let name = env::args().nth(1).unwrap_or_default();
    let mut cases = cases.into_iter().filter(|case| case.name == name);
    let verdict = match (cases.next(), cases.next()) {
        (Some(case), None) => catch_unwind(AssertUnwindSafe(case.check))
            .unwrap_or_else(|panic| Err(format!("it panicked: {}", panic_message(&*panic)))),
        (None, _) => Err(format!("there is no case called {name}")),
        (Some(_), Some(_)) => Err(format!(
            "there are two cases called {name}: see `names_are_unique`"
        )),
    };
    judge(&verdict);
    kill_children();
    ExitCode::SUCCESS
}

/// Kills the children of this process, until there are none. The children of a killed child become its own, because of
/// `Audit::now`.
fn kill_children() {
    #[cfg(target_os = "linux")]
    loop {
        use nix::sys::signal::{Signal, kill};
        use nix::sys::wait::waitpid;
        use nix::unistd::Pid;

        let children = Audit::now().children();
        if children.is_empty() {
            break;
        }
        for pid in children.into_iter().map(Pid::from_raw) {
            // It fails only if the child has been reaped by another thread.
            let _ = kill(pid, Signal::SIGKILL);
            let _ = waitpid(pid, None);
        }
    }
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
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(directory().join(name));
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    if written.is_err() {
        exit(NO_SPACE);
    }
}

/// In the process of a case: its directory, which its parent removes.
pub(crate) fn directory() -> PathBuf {
    env::var_os(DIRECTORY)
        .expect("the parent has set it")
        .into()
}
