//! A job: the ranks that one `mpirun` starts.

use std::env;
use std::fs;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

/// In the environment of all processes of a job: which one.
const MARK: &str = "JOB_OF_THE_TEST_OF_MPI";

/// Within this time no process of an ended job is left.
const SOON: Duration = Duration::from_secs(2);

/// How often to look whether a process has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// A command that has not been started yet.
pub(crate) struct Job {
    command: Command,
    mark: String,
    /// Where MPI has its files, also the memory that ranks share: removed with the job, even if it was killed.
    _files: TempDir,
}

/// How a job ended.
pub(crate) struct End {
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Job {
    /// This executable, as so many ranks that play this part.
    pub(crate) fn on_ranks(ranks: usize, part: &str) -> Self {
        let mut command = Command::new("mpirun");
        command.args(["-n", &ranks.to_string()]);
        command.arg(this_executable()).args(["play", part]);
        Self::new(command)
    }

    /// This executable, as a process that `mpirun` has not started.
    pub(crate) fn without_mpirun(part: &str) -> Self {
        let mut command = Command::new(this_executable());
        command.args(["play", part]);
        Self::new(command)
    }

    fn new(mut command: Command) -> Self {
        static JOBS: AtomicU32 = AtomicU32::new(0);
        let number = JOBS.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}", std::process::id());
        let files = tempfile::tempdir().expect("there is a place for files");
        command.env("TMPDIR", files.path());
        command.env("OMPI_MCA_btl_vader_backing_directory", files.path());
        // Open MPI: tests may be run by root and on fewer cores than ranks, and a rank that waits lets others run. MPICH
        // needs none of that.
        for (variable, value) in [
            ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
            ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
            ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
            ("OMPI_MCA_mpi_yield_when_idle", "1"),
            ("RUST_BACKTRACE", "0"),
            (MARK, &mark),
        ] {
            command.env(variable, value);
        }
        command.process_group(0);
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self {
            command,
            mark,
            _files: files,
        }
    }

    /// Sets a variable of the environment.
    pub(crate) fn variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end. Afterwards none of its processes is left.
    ///
    /// # Errors
    ///
    /// A sentence, if it cannot be started, has not ended within `limit`, or has left a process behind.
    pub(crate) fn run(&mut self, limit: Duration) -> Result<End, String> {
        let mut process = self
            .command
            .spawn()
            .map_err(|error| format!("mpirun cannot be started: {error}"))?;
        let stdout = read_all(process.stdout.take());
        let stderr = read_all(process.stderr.take());
        let begin = Instant::now();
        let status = loop {
            match process.try_wait().map_err(|error| error.to_string())? {
                Some(status) => break status,
                None if begin.elapsed() > limit => {
                    self.end(process.id());
                    let _ = process.wait();
                    return Err(format!("the job has not ended after {limit:?}"));
                }
                None => thread::sleep(PAUSE),
            }
        };
        let left = self.left_behind();
        self.end(process.id());
        if !left.is_empty() {
            return Err(format!("processes are left behind: {left:?}"));
        }
        Ok(End {
            code: status.code(),
            stdout: stdout.join().expect("reading does not panic"),
            stderr: stderr.join().expect("reading does not panic"),
        })
    }

    /// Ends all processes of the job: those of mpirun's group, and the ranks, which have groups of their own.
    fn end(&self, mpirun: u32) {
        // Each fails only if the process has ended by now.
        let _ = killpg(Pid::from_raw(mpirun.cast_signed()), Signal::SIGKILL);
        for process in self.processes() {
            let _ = kill(process, Signal::SIGKILL);
        }
    }

    /// Waits for a moment until no process of the job is left. Returns those that are.
    fn left_behind(&self) -> Vec<Pid> {
        let begin = Instant::now();
        loop {
            let processes = self.processes();
            if processes.is_empty() || begin.elapsed() > SOON {
                return processes;
            }
            thread::sleep(PAUSE);
        }
    }

    /// The processes of the job that have not ended, found by their environment. (Without `/proc`: none.)
    fn processes(&self) -> Vec<Pid> {
        let mark = format!("{MARK}={}\0", self.mark);
        let mut processes = Vec::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(process) = entry.file_name().to_str().and_then(|it| it.parse().ok()) else {
                continue;
            };
            // That of a process that has ended is empty.
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let marked = environment
                .windows(mark.len())
                .any(|it| it == mark.as_bytes());
            if marked {
                processes.push(Pid::from_raw(process));
            }
        }
        processes
    }
}

impl End {
    pub(crate) fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// # Errors
    ///
    /// How it ended, if that is not `right`.
    pub(crate) fn check(&self, right: bool) -> Result<(), Failed> {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        let end = format!("exit status {code:?}\nstdout:\n{stdout}\nstderr:\n{stderr}");
        right.then_some(()).ok_or_else(|| end.into())
    }
}

fn this_executable() -> std::path::PathBuf {
    env::current_exe().expect("the system knows what it runs")
}

fn read_all(from: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    let from = from.expect("it is piped");
    thread::spawn(|| io::read_to_string(from).unwrap_or_default())
}
