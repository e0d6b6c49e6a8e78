//! What the commands write, and where: each part whatever becomes of the others, each file whole, and nothing besides.

use std::fs::{self, File, Permissions};
use std::io::{PipeWriter, pipe};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{
    assert_end, assert_fails, by_shell, command, command_in_target_directory, files, text,
};
use laboratory::survey::Survey;
use tempfile::TempDir;

/// It takes a second.
const SHORT: &str =
    "crossover --workload squares --max-n 100 --budget 0.3 --paradigm threads/scoped";

fn short(files: &str) -> (TempDir, Command) {
    command(&format!("{SHORT} {files}"))
}

fn survey(path: &Path) -> Survey {
    let json = fs::read(path).expect("it was written");
    serde_json::from_slice(&json).expect("it is a survey, and whole")
}

/// Asserts that a command said that it could not write this, and that all else was done.
fn assert_else_whole(command: &mut Command, part: &str) {
    let output = command.output().expect("it runs");
    let said = assert_end(&output, Some(1), part);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(text(&output.stdout).contains("threads/scoped"));
}

#[test]
fn what_cannot_be_written_is_named_and_the_rest_is_done() {
    let (directory, mut crossover) = short("--json /dev/full --html page.html");
    assert_else_whole(&mut crossover, "cannot write /dev/full: No space left");
    assert_eq!(files(&directory), ["page-squares.svg", "page.html"]);

    // A folder is made of it while the command measures.
    let (directory, mut crossover) = short("--json rounds.json --html page.html");
    let run = crossover.spawn().expect("it starts");
    fs::create_dir(directory.path().join("page.html")).expect("there is none");
    let output = run.wait_with_output().expect("it ends");
    let status = output.status.code();
    assert!(text(&output.stderr).contains("directory"), "{status:?}");
    if status == Some(1) {
        survey(&directory.path().join("rounds.json")); // else it was seen before the measurement
    }

    // The default path, which was not tried before: it has a folder in a file's place.
    let (directory, mut mandelbrot) = command_in_target_directory("mandelbrot --pixels 1k");
    fs::create_dir(directory.path().join("target/mandelbrot.png")).expect("there is none");
    let output = mandelbrot.output().expect("it runs");
    assert_end(&output, Some(1), "target/mandelbrot.png: Is a directory");
    assert!(text(&output.stdout).contains("threads/rayon"));

    let (_directory, mut mandelbrot) = command("mandelbrot --pixels 1k --png /dev/full");
    let output = mandelbrot.output().expect("it runs");
    assert_end(&output, Some(1), "cannot write /dev/full: No space left");
}

#[test]
fn links_are_followed_and_rights_are_kept() {
    let (directory, mut crossover) = short("--json link --html deep/dangling");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("old.json"), "old").expect("there is none");
    fs::set_permissions(path("old.json"), Permissions::from_mode(0o604)).expect("it is ours");
    fs::create_dir(path("deep")).expect("there is none");
    symlink("old.json", path("link")).expect("there is none");
    symlink("../page.html", path("deep/dangling")).expect("there is none");
    fs::write(path("old.json.partial"), "of another program").expect("there is none");
    assert!(crossover.status().expect("it runs").success());
    survey(&path("old.json"));
    assert_eq!(
        path("old.json").metadata().expect("it is there").mode() & 0o777,
        0o604
    );
    assert!(path("link").is_symlink() && path("deep/dangling").is_symlink());
    assert_eq!(
        fs::read(path("old.json.partial")).expect("it is there"),
        b"of another program"
    );
    let all = "deep link old.json old.json.partial page-squares.svg page.html";
    assert_eq!(files(&directory).join(" "), all);
    let umask = 0o666 & !path("page.html").metadata().expect("it is there").mode();
    assert_eq!(umask & !0o077, 0, "the owner may read and write it");
}

#[test]
fn what_must_not_be_replaced_is_refused_before() {
    let (directory, mut crossover) = short("--json kept.json");
    let kept = directory.path().join("kept.json");
    fs::write(&kept, "mine").expect("there is none");
    fs::set_permissions(&kept, Permissions::from_mode(0o444)).expect("it is ours");
    assert_fails(
        &mut crossover,
        2,
        "'--json <FILE>': cannot write it: it is read-only",
    );
    assert_eq!(fs::read(&kept).expect("it is there"), b"mine");

    let (here, crossover) = short("--json /dev/fd/3 --html page.html");
    let mut shell = by_shell("exec 3>page.html", &here, &crossover);
    assert_fails(&mut shell, 2, "--json and --html name the same file");

    let (directory, mut crossover) = short("--json page --html ./other/../page");
    fs::create_dir(directory.path().join("other")).expect("there is none");
    assert_fails(&mut crossover, 2, "--json and --html name the same file");
}

#[test]
fn standard_output_may_be_one_of_the_files() {
    for path in ["-", "/dev/stdout"] {
        let (directory, mut crossover) = short(&format!("--html page.html --json {path}"));
        let output = crossover.output().expect("it runs");
        assert!(output.status.success());
        let json: Survey = serde_json::from_slice(&output.stdout).expect("it is JSON, and no more");
        assert_eq!(json.workloads.len(), 1);
        assert!(
            text(&output.stderr).contains("threads/scoped"),
            "the table goes there"
        );
        assert_eq!(files(&directory), ["page-squares.svg", "page.html"]);
    }
    assert!(Path::new("/dev/stdout").is_symlink());
    // A file that standard output is redirected to, by its own name.
    let (directory, mut crossover) = short("--html page.html --json out");
    let path = directory.path().join("out");
    crossover.stdout(File::create(&path).expect("there is none"));
    assert!(crossover.status().expect("it runs").success());
    survey(&path);
}

#[test]
fn two_runs_at_once_leave_whole_files() {
    let (directory, mut first) = short("--json rounds.json --html page.html");
    let (_, second) = short("");
    let mut second = Command::new(second.get_program());
    second
        .args(first.get_args())
        .current_dir(&directory)
        .stdout(Stdio::null());
    let runs = [first.stdout(Stdio::null()), &mut second];
    let runs: Vec<Child> = runs.map(|it| it.spawn().expect("it starts")).into();
    for mut run in runs {
        assert!(run.wait().expect("it ends").success());
    }
    survey(&directory.path().join("rounds.json"));
    let page = fs::read_to_string(directory.path().join("page.html")).expect("it was written");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    let all = ["page-squares.svg", "page.html", "rounds.json"];
    assert_eq!(files(&directory), all);
}

#[test]
fn a_file_that_becomes_too_large_is_named() {
    let (directory, mandelbrot) = command("mandelbrot --pixels 1k --png picture.png");
    let mut shell = by_shell("ulimit -f 0", &directory, &mandelbrot);
    let output = shell.output().expect("it runs");
    assert_end(&output, Some(1), "cannot write picture.png: File too large");
    assert_eq!(files(&directory), [""; 0]);
}

/// A pipe whose reader has ended.
fn unread() -> PipeWriter {
    pipe().expect("there are pipes").1
}

fn full() -> File {
    File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it")
}

#[test]
fn standard_output_and_error_may_be_full_or_unread() {
    for line in [
        &format!("{SHORT} --html page.html"),
        "crossover --list",
        "crossover --help",
        "floors --budget 0.1",
        "random_squares --n 1k",
        "mandelbrot --pixels 1k --png picture.png",
    ] {
        for (stdout, status) in [(Stdio::from(full()), 1), (Stdio::from(unread()), 0)] {
            let (_directory, mut command) = command(line);
            let output = command.stdout(stdout).output().expect("it runs");
            let part = if status == 1 {
                "No space left on device"
            } else {
                ""
            };
            let said = assert_end(&output, Some(status), part);
            assert!(!said.contains("panicked"), "{line}: {said}");
        }
    }
    for line in [
        "crossover --workers 0",
        "floors --json /",
        "random_squares --n 0",
    ] {
        for stderr in [Stdio::from(full()), Stdio::from(unread())] {
            let (_directory, mut command) = command(line);
            let status = command.stderr(stderr).status().expect("it runs");
            assert_eq!(status.code(), Some(2), "{line}");
        }
    }
}
