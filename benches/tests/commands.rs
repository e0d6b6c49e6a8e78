//! The commands as their users meet them: what they refuse, and what they write.

mod support;

use std::fs;

use laboratory::catalogue;
use serde_json::Value;
use support::{assert_fails, command, files, said};

fn assert_all_in(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

/// Commands, and a part of what is said about them.
const REFUSED: &str = r#"
crossover --workers 0                         => '0' for '--workers <N>': 0 is not in 1..=512
crossover --workload cubes                    => no workload called "cubes"; there are numbers,
crossover --paradigm threads/none             => no paradigm called "threads/none"; there are
crossover --input /no/such/path               => cannot read input "/no/such/path": No such file
crossover --workload squares --input 7        => --input is given, but no workload
crossover --workload spin --input fast        => spin takes as input one number
crossover --json /no/such/rounds.json         => '--json <FILE>': cannot write it: No such file
crossover --json page.html --html page.html   => --json and --html name the same file
crossover --max-n 0                           => 0 is not in 1..=1000000000
crossover --explain threads/scoped squares 0  => the N of --explain must be 1 to 1000000000, not 0
crossover --explain threads/scoped squares    => 3 values required
crossover --explain threads/none squares 5    => no paradigm called "threads/none"
crossover --explain threads/scoped cubes 5    => no workload called "cubes"
crossover --explain threads/scoped spin 5 --quick => cannot be used with
floors --budget 0                             => '--budget <SECONDS>': it must be 0.1 to 86400 seconds
floors --budget -1                            => it must be 0.1 to 86400 seconds
floors --budget NaN                           => it must be 0.1 to 86400 seconds
floors --json /                               => cannot write it: it is a directory
floors --slow                                 => unexpected argument '--slow'
versus_python --workload letters              => random-squares, squares]
report --html /no/such/index.html             => cannot write it: No such file
random_squares --kernel fast                  => [possible values: lanes, plain]
mandelbrot --pixels 0                         => 0 is not in 1..=100000000
mandelbrot --png /no/such/picture.png         => cannot write it: No such file
"#;

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    for line in REFUSED.trim().lines() {
        let (line, sentence) = line.split_once("=> ").expect("both are given");
        let (directory, mut command) = command(line);
        assert_fails(&mut command, 2, sentence);
        assert_eq!(files(&directory), [""; 0], "{line} left something");
    }
}

#[test]
fn lists_workloads_and_paradigms() {
    let list = said(&mut command("crossover --list").1);
    for entry in [catalogue::workloads(), catalogue::paradigms()].concat() {
        assert_all_in(&list, &[entry.name, entry.about]);
    }
}

#[test]
fn writes_tables_figures_and_every_round() {
    let (directory, mut command) = command(
        "crossover --workload random-squares --max-n 2000 --budget 0.5 --paradigm threads/scoped \
         --paradigm processes/fork --json rounds.json --html page.html",
    );
    let said = said(&mut command);
    assert_all_in(&said, &["95% interval", "threads/scoped", "speedup"]);
    assert_all_in(&said, &["Serial against serial", "time against n"]);
    assert_all_in(&said, &["page.html", "rounds.json"]);
    assert!(
        said.lines().all(|line| line.chars().count() <= 100),
        "{said}"
    );
    assert_eq!(files(&directory), ["page.html", "rounds.json"]);
    let read = |name| fs::read_to_string(directory.path().join(name)).expect("it was written");

    // A pattern of the page itself is no other file.
    let page = read("page.html").replace("url(#", "");
    assert_all_in(&page, &["<svg", "</html>"]);
    for load in ["<script", "<link", "src=", "url(", "@import"] {
        assert!(!page.contains(load), "the page loads something by {load}");
    }

    let json: Value = serde_json::from_str(&read("rounds.json")).expect("it is JSON");
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
        let pairs: Vec<Value> = rounds.iter().flat_map(list).collect();
        let largest = pairs.iter().filter_map(|pair| pair["at"].as_u64()).max();
        assert_eq!(largest, Some(2_000));
        assert!(pairs.iter().all(|pair| pair["base"].as_f64() > Some(0.0)));
    }
}

#[test]
fn explains_one_cell_in_words() {
    let line = "crossover --budget 1 --explain threads/scoped random-squares 20000";
    let said = said(&mut command(line).1);
    assert_all_in(&said, &["threads/scoped on random-squares, 20,000 items"]);
    assert_all_in(&said, &["start workers", "Starting and joining"]);
}

#[cfg(unix)]
mod floors {
    use laboratory::cores;
    use laboratory::floors::{Floors, Missing};

    use super::*;

    /// Runs with the least budget, and returns what it said and wrote.
    fn small_run() -> (String, Floors) {
        let (directory, mut command) = command("floors --budget 0.1 --json rounds.json");
        let said = said(&mut command);
        let json = fs::read(directory.path().join("rounds.json")).expect("it was written");
        (said, serde_json::from_slice(&json).expect("it is JSON"))
    }

    #[test]
    fn every_floor_is_there_and_takes_time() {
        let (said, floors) = small_run();
        let mut names = Vec::new();
        for result in &floors.results {
            let name = result.contest.to_string();
            assert_all_in(&said, &[&result.contest.floor]);
            if result.contest.written > 0 {
                assert_eq!(result.outcome.as_ref().err(), Some(&Missing::NoTime));
            } else {
                let measured = result.outcome.as_ref().expect(&name);
                let place = measured.estimate.largest();
                let times = [place.base.median, place.rival.median];
                assert!(times.iter().all(|&seconds| seconds > 0.0), "{name}");
                assert!(place.ratio.interval.is_some(), "{name}");
            }
            names.push(name);
        }
        assert_eq!(names.len(), 37);
        for name in [
            "... with its pipe: small parent and processes/fork",
            "... with its pipe: small parent and shared-memory/mapped",
            "... with its pipe: small parent and message-passing/pipe",
            "posix_spawn, wait and processes/spawn",
            "compare-and-swap and parking_lot Mutex",
            "fork, _exit, wait: small parent",
        ] {
            assert!(names.iter().any(|it| it == name), "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn with_one_core_the_floors_of_two_are_absent_and_said_so() {
        said(&mut command("floors --help").1); // built on all cores
        // Of this thread, and so of the processes that it starts.
        let [core, _] = cores::for_two(1).expect("there is a core");
        cores::pin(core).expect("it may be used");
        let (said, floors) = small_run();
        for result in &floors.results {
            let is_missing = result.outcome.as_ref().err() == Some(&Missing::OneCore);
            assert_eq!(is_missing, result.contest.cores == 2, "{}", result.contest);
        }
        assert_all_in(&said, &["this process may use one core only"]);
    }
}
