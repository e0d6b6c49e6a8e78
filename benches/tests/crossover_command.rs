//! The crossover command as its users meet it: what it refuses, what it writes, and how it ends.

mod support;

use std::fs;
use std::process::Command;

use laboratory::catalogue;
use serde_json::Value;
use support::{refusal, text};
use tempfile::{TempDir, tempdir};

/// A directory for one test, and the command, whose page goes there.
fn crossover() -> (TempDir, Command) {
    let directory = tempdir().expect("temporary files can be made");
    let mut command = support::command("crossover");
    command
        .arg("--html")
        .arg(directory.path().join("page.html"));
    (directory, command)
}

fn is_empty(directory: &TempDir) -> bool {
    let mut entries = fs::read_dir(directory).expect("it is there");
    entries.next().is_none()
}

/// Runs a command that succeeds, and returns what it says.
fn said(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn assert_all_in(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

/// Arguments, and a part of what is said about them.
const REFUSED: &str = r#"
--workers 0                         => --workers must be 1 to 512, not 0
--workers 100000                    => --workers must be 1 to 512, not 100000
--workload cubes                    => no workload called "cubes"; there are numbers,
--paradigm threads/none             => no paradigm called "threads/none"; there are
--input /no/such/path               => cannot read input "/no/such/path": No such file
--workload squares --input 7        => --input is given, but no workload
--workload spin --input fast        => spin takes as input one number
--workload random-squares --input x => `lanes` or `plain`, not x
--json /no/such/samples.json        => cannot write /no/such/samples.json
--json /                            => cannot write /:
--json page.html --html page.html   => --json and --html name the same file
--max-n 0                           => --max-n must be 1 to
--budget -1                         => --budget must be 0.1 to 86400 seconds, not -1
--budget NaN                        => --budget must be
--explain threads/scoped squares 0  => the N of --explain must be 1 to
--explain threads/scoped squares x  => the N of --explain must be 1 to
--explain threads/none squares 5    => no paradigm called "threads/none"
--explain threads/scoped cubes 5    => no workload called "cubes"
"#;

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    let (directory, _) = crossover();
    for line in REFUSED.trim().lines() {
        let (arguments, sentence) = line.split_once("=> ").expect("both are given");
        let mut command = support::command("crossover");
        command.args(arguments.split_whitespace());
        let said = refusal(command.current_dir(&directory));
        assert!(said.contains(sentence), "{arguments}: {said}");
        assert!(is_empty(&directory), "{arguments} left something");
    }
}

#[test]
fn lists_workloads_and_paradigms() {
    let list = said(support::command("crossover").arg("--list"));
    for entry in [catalogue::workloads(), catalogue::paradigms()].concat() {
        assert_all_in(&list, &[entry.name, entry.about]);
    }
}

#[test]
fn writes_tables_figures_and_every_sample() {
    let (directory, mut command) = crossover();
    command.current_dir(&directory);
    let options = "--workload random-squares --max-n 2000 --budget 0.5 --json samples.json \
                   --paradigm threads/scoped --paradigm processes/fork";
    let said = said(command.args(options.split_whitespace()));
    assert_all_in(&said, &["95% interval", "threads/scoped", "speedup"]);
    assert_all_in(&said, &["Serial against serial", "time against n"]);
    assert_all_in(&said, &["page.html", "samples.json"]);
    let mut lines = said.lines().filter(|line| !line.contains("page.html"));
    assert!(lines.all(|line| line.chars().count() <= 100), "{said}");

    let page = directory.path().join("page.html");
    let page = fs::read_to_string(page).expect("it was written");
    assert_all_in(&page, &["<svg", "</html>"]);
    // A pattern of the page itself is no other file.
    let page = page.replace("url(#", "");
    for load in ["<script", "<link", "src=", "url(", "@import"] {
        assert!(!page.contains(load), "the page loads something by {load}");
    }

    let json = fs::read(directory.path().join("samples.json")).expect("it was written");
    let json: Value = serde_json::from_slice(&json).expect("it is JSON");
    for key in ["cpu", "cores", "kernel", "rustc", "commit"] {
        assert!(!json["machine"][key].is_null(), "{key}");
    }
    let list = |json: &Value| json.as_array().expect("a list").clone();
    let cells = list(&json["workloads"][0]["cells"]);
    assert_eq!(cells.len(), 2);
    for cell in cells {
        let measured = &cell["outcome"]["Ok"];
        assert!(measured["estimate"]["answer"]["answer"].is_string());
        let rounds = list(&measured["rounds"]);
        let pairs = rounds
            .iter()
            .flat_map(list)
            .map(|pair| (pair["at"].as_u64(), pair["base"].as_f64()));
        let (places, bases): (Vec<_>, Vec<_>) = pairs.unzip();
        assert_eq!(places.iter().max(), Some(&Some(2_000)));
        assert!(bases.iter().all(|&base| base > Some(0.0)));
    }
    let entries = fs::read_dir(&directory).expect("it is there");
    assert_eq!(entries.count(), 2, "nothing else is left");
}

#[test]
fn explains_one_cell_in_words() {
    let mut command = support::command("crossover");
    let options = "--budget 1 --explain threads/scoped random-squares 20000";
    let said = said(command.args(options.split_whitespace()));
    assert_all_in(&said, &["threads/scoped on random-squares, 20,000 items"]);
    assert_all_in(&said, &["start workers", "Starting and joining"]);
}

#[test]
fn letters_reads_what_the_user_names() {
    let (directory, mut command) = crossover();
    let input = directory.path().join("input");
    fs::create_dir(&input).expect("it can be made");
    for (name, contents) in [("a", &b"one two"[..]), ("b", b"\xff\xfe"), ("c", b"three")] {
        fs::write(input.join(name), contents).expect("it can be written");
    }
    let options = "--workload letters --paradigm processes/spawn --budget 0.3 --input";
    let said = said(command.args(options.split_whitespace()).arg(input));
    assert!(said.contains("n = 3"), "{said}");
}

/// How it ends.
#[cfg(target_os = "linux")]
mod ends {
    use std::process::Child;

    use super::support::processes::{Signal, children, end_of, send, wait_for, wait_for_end_of};
    use super::*;

    const PROCESSES: [&str; 3] = ["processes/fork", "processes/spawn", "message-passing/pipe"];

    /// A run that lasts until it is ended.
    fn long_run(paradigm: &str) -> (TempDir, Child) {
        let (directory, mut command) = crossover();
        command.args(["--workload", "spin", "--budget", "60"]);
        command.args(["--paradigm", paradigm]);
        (directory, command.spawn().expect("it starts"))
    }

    /// The measuring process of a paradigm, not the one that chose the sizes, and one of its workers.
    fn measuring_process(run: &Child) -> [u32; 2] {
        wait_for("measuring process with a worker", || {
            let measuring = *children(run.id()).first()?;
            Some([measuring, *children(measuring).first()?])
        })
    }

    #[test]
    fn ctrl_c_leaves_no_process_and_no_file() {
        let (directory, run) = long_run("processes/fork");
        let processes = measuring_process(&run);
        send(Signal::SIGINT, run.id());
        let output = end_of(run);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("interrupted, nothing was written"), "{said}");
        wait_for_end_of(&processes);
        assert!(is_empty(&directory));
    }

    #[test]
    fn a_killed_run_leaves_no_process() {
        for paradigm in PROCESSES {
            let (_directory, run) = long_run(paradigm);
            let processes = measuring_process(&run);
            send(Signal::SIGKILL, run.id());
            end_of(run);
            wait_for_end_of(&processes);
        }
    }

    #[test]
    fn a_killed_measuring_process_is_named() {
        let (directory, run) = long_run("processes/fork");
        send(Signal::SIGKILL, measuring_process(&run)[0]);
        let output = end_of(run);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let end = "measured processes/fork on spin was killed by signal 9";
        assert!(said.contains(end), "{said}");
        // What was measured is shown all the same, here only that it failed; there is no size to speak of.
        let shown = text(&output.stdout);
        assert!(
            shown.contains("failed") && !shown.contains("n = 0"),
            "{shown}"
        );
        assert!(directory.path().join("page.html").exists());
    }

    #[test]
    fn a_killed_worker_is_named() {
        for paradigm in PROCESSES {
            let (_directory, mut run) = long_run(paradigm);
            // A worker may have answered before the signal comes: then the next one is tried.
            wait_for("killed worker", || {
                if run.try_wait().expect("it is ours").is_some() {
                    return Some(());
                }
                let measuring = *children(run.id()).first()?;
                send(Signal::SIGKILL, *children(measuring).first()?);
                None
            });
            let said = text(&end_of(run).stderr);
            for part in ["was killed by SIGKILL", "worker", "items"] {
                assert!(said.contains(part), "{paradigm}: {said}");
            }
        }
    }
}
