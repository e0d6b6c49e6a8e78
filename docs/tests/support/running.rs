//! Running an example, and comparing what it prints.

use std::env::{self, consts::EXE_SUFFIX};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use snapbox::report::Palette;
use snapbox::{Assert, IntoData};

use super::root;

/// How long a program may run before it is killed. A lesson ends within two seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// How often to look whether a program has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs an example in the root, with nothing on its standard input. Returns what it printed.
///
/// # Errors
///
/// A sentence, if it cannot be started, fails, or takes longer than [`LIMIT`].
pub(crate) fn run(name: &str, arguments: &[&str]) -> Result<String, String> {
    succeeded(run_to(name, arguments, Stdio::piped())?)
}

/// What a program printed, if it did not fail.
fn succeeded(end: End) -> Result<String, String> {
    let End {
        status,
        stdout,
        stderr,
    } = end;
    if status.success() {
        Ok(stdout)
    } else {
        Err(format!("{status}\n{stderr}"))
    }
}

/// How a program ended, and what it wrote.
pub(crate) struct End {
    pub(crate) status: ExitStatus,
    /// Empty if it went elsewhere.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The same with `output` as its standard output, and whether it fails or not.
pub(crate) fn run_to(name: &str, arguments: &[&str], output: Stdio) -> Result<End, String> {
    let executable = built_examples().join(format!("{name}{EXE_SUFFIX}"));
    run_command(Command::new(executable).args(arguments), output)
}

/// The same for a lesson that needs MPI, on so many ranks. The first call builds all of them.
pub(crate) fn run_ranks(ranks: u32, name: &str) -> Result<String, String> {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let lessons = ["--features", "mpi", "--example", "mpi_*"];
    let directory = DIRECTORY.get_or_init(|| build(&lessons));
    let mut command = Command::new("mpirun");
    command.args(["-n", &ranks.to_string()]);
    command.arg(directory.join(name));
    // Tests may be run by root, and on fewer cores than ranks. A rank that waits lets others run.
    for (variable, value) in [
        ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
        ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
        ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
        ("OMPI_MCA_mpi_yield_when_idle", "1"),
    ] {
        command.env(variable, value);
    }
    succeeded(run_command(&mut command, Stdio::piped())?)
}

fn run_command(command: &mut Command, output: Stdio) -> Result<End, String> {
    let mut program = command
        .current_dir(root())
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            format!(
                "{} cannot be started: {error}",
                command.get_program().display()
            )
        })?;
    let stdout = program.stdout.take();
    let stderr = program.stderr.take().expect("it is piped");
    let stdout = thread::spawn(|| stdout.map_or(Ok(String::new()), io::read_to_string));
    let stderr = thread::spawn(|| io::read_to_string(stderr));

    let start = Instant::now();
    let status = loop {
        let ended = program.try_wait().map_err(|error| error.to_string())?;
        match ended {
            // A child that it left behind may still hold the pipes.
            Some(status) if stdout.is_finished() && stderr.is_finished() => break status,
            _ if start.elapsed() > LIMIT => {
                // It fails only if the program has ended by now, which is what is wanted.
                let _ = program.kill();
                let _ = program.wait();
                let what = if ended.is_none() {
                    "it"
                } else {
                    "a child of it"
                };
                return Err(format!("{what} was still running after {LIMIT:?}"));
            }
            _ => thread::sleep(PAUSE),
        }
    };

    let stdout = stdout.join().expect("reading does not panic");
    let stderr = stderr.join().expect("reading does not panic");
    Ok(End {
        status,
        stdout: stdout.map_err(|error| format!("what it printed is no text: {error}"))?,
        stderr: stderr.unwrap_or_default(),
    })
}

/// Compares what a program printed with what a page says: `[..]` is any text within a line, and a
/// line `...` is any lines.
///
/// # Errors
///
/// The difference.
pub(crate) fn compare(printed: &str, said: &str) -> Result<(), String> {
    Assert::new()
        .palette(Palette::plain())
        .normalize_paths(false)
        .try_eq(None, printed.into_data(), said.into_data())
        .map_err(|difference| difference.to_string())
}

/// Where the executables of the examples are. The first call builds them, in the directory and the
/// profile in which this test was built.
fn built_examples() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| build(&["--examples"]))
}

/// Builds some examples, and returns where all of them are.
fn build(selection: &[&str]) -> PathBuf {
    let this_test = env::current_exe().expect("the system knows what it runs");
    // TARGET/PROFILE/deps/THIS_TEST
    let profile = this_test.ancestors().nth(2).expect("cargo built it");
    let target = profile.parent().expect("cargo built it");
    let name = profile.file_name().and_then(|name| name.to_str());
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace"])
        .args(selection)
        .arg("--profile")
        .arg(match name.expect("profiles have names in UTF-8") {
            "debug" => "dev",
            other => other,
        })
        .arg("--target-dir")
        .arg(target)
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    let stderr = String::from_utf8_lossy(&build.stderr);
    assert!(
        build.status.success(),
        "the examples do not build:\n{stderr}"
    );
    profile.join("examples")
}
