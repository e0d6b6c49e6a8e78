//! The crossover command as its users meet it: what it refuses, what it writes, and how it ends.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::{env, fs};

use support::text;

static CROSSOVER: LazyLock<PathBuf> = LazyLock::new(|| support::built("crossover"));

fn crossover() -> Command {
    let mut command = Command::new(&*CROSSOVER);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A directory for one test, removed with all that is in it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("crossover-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("temporary files can be made");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("it is there");
        entries
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .to_string_lossy()
                    .into()
            })
            .collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a few cells with a small budget, and both kinds of output.
fn small_run(scratch: &Scratch, workload: &str) -> Output {
    let mut command = crossover();
    command.args(["--workload", workload, "--max-n", "2000", "--budget", "0.5"]);
    command.args([
        "--paradigm",
        "threads/scoped",
        "--paradigm",
        "processes/fork",
    ]);
    command.arg("--html").arg(scratch.file("page.html"));
    command.arg("--json").arg(scratch.file("samples.json"));
    command.output().expect("it runs")
}

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    let scratch = Scratch::new("refusals");
    let html = scratch.file("page.html").display().to_string();
    let refusals: &[(&[&str], &str)] = &[
        (&["--workers", "0"], "--workers must be 1 to 512, not 0"),
        (
            &["--workers", "100000"],
            "--workers must be 1 to 512, not 100000",
        ),
        (
            &["--workload", "cubes"],
            "there is no workload called \"cubes\"; there are numbers, ",
        ),
        (
            &["--paradigm", "threads/none"],
            "there is no paradigm called \"threads/none\"; there are ",
        ),
        (
            &["--input", "/no/such/path"],
            "cannot read input \"/no/such/path\": No such file",
        ),
        (
            &["--workload", "squares", "--input", "7"],
            "--input is given, but no workload",
        ),
        (
            &["--workload", "spin", "--input", "fast"],
            "spin takes as input one number",
        ),
        (
            &["--workload", "random-squares", "--input", "fast"],
            "`lanes` or `plain`, not fast",
        ),
        (
            &["--json", "/no/such/directory/samples.json"],
            "cannot write /no/such/directory/samples.json",
        ),
        (&["--json", "/"], "cannot write /: "),
        (&["--json", &html], "--json and --html name the same file"),
        (&["--max-n", "0"], "--max-n must be 1 to "),
        (
            &["--budget", "-1"],
            "--budget must be 0.1 to 86400 seconds, not -1",
        ),
        (&["--budget", "NaN"], "--budget must be "),
    ];
    for (arguments, sentence) in refusals {
        let output = crossover()
            .args(["--html", &html])
            .args(*arguments)
            .output()
            .expect("it runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(
            scratch.names().is_empty(),
            "{arguments:?} left {:?}",
            scratch.names()
        );
    }
}

#[test]
fn lists_workloads_and_paradigms() {
    let output = crossover().arg("--list").output().expect("it runs");
    let list = text(&output.stdout);
    let entries = [
        benches::catalogue::workloads(),
        benches::catalogue::paradigms(),
    ]
    .concat();
    for entry in entries {
        assert!(
            list.lines().any(|line| line.trim().starts_with(entry.name)),
            "{}",
            entry.name
        );
    }
}

#[test]
fn writes_tables_figures_and_every_sample() {
    let scratch = Scratch::new("outputs");
    let output = small_run(&scratch, "random-squares");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for part in [
        "95% interval",
        "a + b·n",
        "noise floor",
        "threads/scoped",
        "time against n",
        "samples.json",
        "page.html",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }

    let page = fs::read_to_string(scratch.file("page.html")).expect("it was written");
    assert!(page.contains("<svg") && page.contains("</html>"));
    let loads = ["<script", "<link", "src=", "url(", "@import"];
    assert!(
        !loads.iter().any(|load| page.contains(load)),
        "the page loads something"
    );

    let json = fs::read(scratch.file("samples.json")).expect("it was written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("it is JSON");
    for key in ["cpu", "cores", "kernel", "rustc", "commit"] {
        assert!(!json["machine"][key].is_null(), "{key}");
    }
    let cells = json["workloads"][0]["cells"].as_array().expect("a list");
    assert_eq!(cells.len(), 2);
    for cell in cells {
        let round = &cell["outcome"]["Ok"]["rounds"][0];
        let pairs = round.as_array().expect("a list").iter();
        let sizes: Vec<_> = pairs.filter_map(|pair| pair["n"].as_u64()).collect();
        assert_eq!(sizes.iter().min(), Some(&1));
        assert_eq!(sizes.iter().max(), Some(&2_000));
        assert!(round[0]["serial"].as_f64() > Some(0.0));
        assert!(round[0]["parallel"].as_f64() > Some(0.0));
    }
    assert_eq!(scratch.names().len(), 2, "{:?}", scratch.names());
}

#[test]
fn a_cell_that_is_not_there_is_not_explained() {
    let refusals = [
        (
            ["threads/scoped", "squares", "0"],
            "the N of --explain must be 1 to ",
        ),
        (
            ["threads/scoped", "squares", "many"],
            "the N of --explain must be 1 to ",
        ),
        (
            ["threads/none", "squares", "5"],
            "there is no paradigm called \"threads/none\"",
        ),
        (
            ["threads/scoped", "cubes", "5"],
            "there is no workload called \"cubes\"",
        ),
    ];
    for (cell, sentence) in refusals {
        let output = crossover()
            .arg("--explain")
            .args(cell)
            .output()
            .expect("it runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{cell:?}: {said}");
        assert!(said.contains(sentence), "{cell:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{cell:?}: {said}");
    }
}

#[test]
fn explains_one_cell_in_words() {
    let output = crossover()
        .args(["--explain", "threads/scoped", "random-squares", "20000"])
        .args(["--budget", "1"])
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    // Wherever the lines are broken.
    let said = text(&output.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "threads/scoped on random-squares, 20,000 items",
        "start workers",
        "Starting and joining",
        "serial code's",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn letters_reads_what_the_user_names() {
    let scratch = Scratch::new("letters");
    for (name, contents) in [("a", &b"one two"[..]), ("b", b"\xff\xfe"), ("c", b"three")] {
        fs::write(scratch.file(name), contents).expect("it can be written");
    }
    let mut command = crossover();
    command.args([
        "--workload",
        "letters",
        "--paradigm",
        "processes/spawn",
        "--budget",
        "0.3",
    ]);
    command
        .arg("--html")
        .arg(scratch.file("page.html"))
        .arg("--input")
        .arg(&scratch.0);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("n = 3"),
        "{}",
        text(&output.stdout)
    );
}

/// How it ends, told from `/proc`.
#[cfg(target_os = "linux")]
mod ends {
    use std::process::Child;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    /// Long enough for a loaded machine, and far below the minute that the runs would take.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// A run that lasts until it is ended.
    fn long_run(scratch: &Scratch, paradigm: &str) -> Child {
        let mut command = crossover();
        command.args([
            "--workload",
            "spin",
            "--paradigm",
            paradigm,
            "--budget",
            "60",
        ]);
        command.arg("--html").arg(scratch.file("page.html"));
        command.spawn().expect("it starts")
    }

    fn children(pid: u32) -> Vec<u32> {
        let threads = fs::read_dir(format!("/proc/{pid}/task"))
            .into_iter()
            .flatten()
            .flatten();
        threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
            .flat_map(|list| {
                list.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .map(|pid| pid.parse().expect("a process id"))
            .collect()
    }

    /// Waits until `look` finds something.
    fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(start.elapsed() < 4 * PATIENCE, "no {what}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The measuring process of a paradigm, not the one that chose the sizes: it has workers.
    fn measuring_process(run: &Child) -> (u32, u32) {
        wait_for("measuring process with a worker", || {
            let measuring = *children(run.id()).first()?;
            let worker = *children(measuring).first()?;
            Some((measuring, worker))
        })
    }

    fn signal(name: &str, pid: u32) {
        let _ = Command::new("sh")
            .args(["-c", &format!("kill -{name} {pid}")])
            .status();
    }

    fn is_gone(pid: u32) -> bool {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // An orphan that ended is a zombie until the system's first process takes notice.
        stat.is_empty() || stat.contains(") Z ")
    }

    fn end_of(run: Child) -> Output {
        let start = Instant::now();
        let output = run.wait_with_output().expect("it ends");
        assert!(
            start.elapsed() < PATIENCE,
            "it took {:?} to end",
            start.elapsed()
        );
        output
    }

    fn assert_all_gone(pids: &[u32]) {
        for &pid in pids {
            wait_for(&format!("end of process {pid}"), || {
                is_gone(pid).then_some(())
            });
        }
    }

    #[test]
    fn ctrl_c_leaves_no_process_and_no_file() {
        let scratch = Scratch::new("interrupt");
        let run = long_run(&scratch, "processes/fork");
        let (measuring, worker) = measuring_process(&run);
        signal("INT", run.id());
        let output = end_of(run);
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("interrupted, nothing was written"));
        assert_all_gone(&[measuring, worker]);
        assert!(scratch.names().is_empty(), "left {:?}", scratch.names());
    }

    #[test]
    fn a_killed_run_leaves_no_process() {
        for paradigm in ["processes/fork", "processes/spawn", "message-passing/pipe"] {
            let scratch = Scratch::new("killed");
            let mut run = long_run(&scratch, paradigm);
            let (measuring, worker) = measuring_process(&run);
            signal("KILL", run.id());
            run.wait().expect("it ends");
            assert_all_gone(&[measuring, worker]);
        }
    }

    #[test]
    fn a_killed_measuring_process_is_named() {
        let scratch = Scratch::new("measuring");
        let run = long_run(&scratch, "processes/fork");
        let (measuring, _) = measuring_process(&run);
        signal("KILL", measuring);
        let output = end_of(run);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("measured processes/fork on spin was killed by signal 9"),
            "{said}"
        );
        // What was measured is shown all the same, here only that it failed.
        assert!(text(&output.stdout).contains("failed"));
        assert!(Path::new(&scratch.file("page.html")).exists());
    }

    #[test]
    fn a_killed_worker_is_named() {
        for paradigm in ["processes/fork", "processes/spawn", "message-passing/pipe"] {
            let scratch = Scratch::new("worker");
            let mut run = long_run(&scratch, paradigm);
            // A worker may have answered before the signal comes: then the next one is tried.
            wait_for("killed worker", || {
                if run.try_wait().expect("it is ours").is_some() {
                    return Some(());
                }
                let measuring = *children(run.id()).first()?;
                signal("KILL", *children(measuring).first()?);
                None
            });
            let said = text(&end_of(run).stderr);
            assert!(said.contains("was killed by SIGKILL"), "{paradigm}: {said}");
            assert!(
                said.contains("worker") && said.contains("items"),
                "{paradigm}: {said}"
            );
        }
    }
}
