//! What the tests of commands share: how a command is built and run, and which processes it has.
#[cfg(target_os = "linux")]
pub(crate) mod processes;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::{env, fs};

use tempfile::{TempDir, tempdir};

/// Built once. `cargo test` builds them too, but not if only one test is asked for.
static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = env::current_exe().expect("a running test has a path");
    let profile = test.ancestors().nth(2).expect("profile / deps / test");
    let mut build = Command::new(env!("CARGO"));
    // All packages, as `cargo test --workspace` chose features for: so nothing is built twice.
    build.args(["build", "--workspace", "--target-dir"]);
    build.arg(profile.parent().expect("target / profile"));
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    for source in fs::read_dir(sources).expect("it is there").flatten() {
        build.arg("--example");
        build.arg(source.path().file_stem().expect("a source file"));
    }
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo runs").success());
    profile.join("examples")
});

/// A command with its arguments, and the directory of its own in which it runs. Its processes know it by their
/// environment.
pub(crate) fn command(line: &str) -> (TempDir, Command) {
    let directory = tempdir().expect("temporary files can be made");
    let mut words = line.split_whitespace();
    let mut command = Command::new(BUILT.join(words.next().expect("a command")));
    command
        .args(words)
        .current_dir(&directory)
        .env("DIRECTORY_OF_TEST", directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    (directory, command)
}

/// The same command, copied to a target directory in its own directory, where it finds nothing that was kept.
#[cfg(target_os = "linux")]
pub(crate) fn command_in_target_directory(line: &str) -> (TempDir, Command) {
    let (directory, original) = command(line);
    let examples = directory.path().join("target/release/examples");
    fs::create_dir_all(&examples).expect("there are none");
    let program = PathBuf::from(original.get_program());
    let copy = examples.join(program.file_name().expect("it has a name"));
    fs::copy(program, &copy).expect("it can be copied");
    let mut command = Command::new(copy);
    command
        .args(original.get_args())
        .current_dir(&directory)
        .env("DIRECTORY_OF_TEST", directory.path())
        .env("PYTHON", python())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    (directory, command)
}

/// The same command, started by a shell that first does what `setting` says.
#[cfg(target_os = "linux")]
pub(crate) fn by_shell(setting: &str, directory: &TempDir, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{setting}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(directory)
        .env("DIRECTORY_OF_TEST", directory.path());
    shell
}

/// Runs a command that succeeds, and returns what it says.
pub(crate) fn said(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Asserts that a command ends with this status and one sentence that contains `part`.
pub(crate) fn assert_fails(command: &mut Command, status: i32, part: &str) {
    let output = command.output().expect("it runs");
    let said = assert_end(&output, Some(status), part);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
}

/// Asserts that a command has ended with this status (none if by a signal), and said `part`. Returns all that it said.
pub(crate) fn assert_end(output: &Output, status: Option<i32>, part: &str) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), status, "{said}");
    assert!(said.contains(part), "{part} is missing in: {said}");
    said
}

/// The names of the files in a directory.
pub(crate) fn files(directory: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it is there").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether Python can do this. If not, the test says that it did not take place.
pub(crate) fn python_can(code: &str) -> bool {
    let run = Command::new(python()).args(["-c", code]).output();
    let can = run.is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("this test did not take place: python3 cannot {code}");
    }
    can
}

/// The interpreter itself, and not a script that starts it.
pub(crate) fn python() -> String {
    static FOUND: LazyLock<String> = LazyLock::new(|| {
        let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut asked = Command::new(&python);
        let said = asked
            .args(["-c", "import sys; print(sys.executable)"])
            .output();
        let said = said.map_or(String::new(), |output| {
            text(&output.stdout).trim().to_owned()
        });
        if said.is_empty() { python } else { said }
    });
    FOUND.clone()
}
