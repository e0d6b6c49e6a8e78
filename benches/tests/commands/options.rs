//! The commands as their users meet them: what they refuse, and what they write.

use std::fs;
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use crate::support::{assert_end, assert_fails, command, files, said};
#[cfg(target_os = "linux")]
use crate::support::{command_in_target_directory, text};
use laboratory::survey::Survey;

fn assert_all_in(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

/// Commands, and a part of what is said about them.
const REFUSED: &str = r#"
crossover --workers 0                         => '0' for '--workers <N>': 0 is not in 1..=512
crossover --workload cubes                    => 'cubes' for '--workload <NAME>' [possible values: numbers,
crossover --paradigm threads/none             => 'threads/none' for '--paradigm <NAME>' [possible values:
crossover --input /no/such/path               => cannot read input "/no/such/path": No such file
crossover --workload squares --input 7        => squares takes no input, but was given "7"
crossover --workload spin --input fast        => spin takes as input one number
crossover --json /no/such/rounds.json         => '--json <FILE>': cannot write it: No such file
crossover --json page.html --html page.html   => --json and --html name the same file
crossover --pause 20k                         => '20k' for '--pause <MICROSECONDS>': 20000 is not in 0..=10000
crossover --pause -1                          => -1 is not in 0..=10000
crossover --explain openmp/none spin 5        => 'openmp/none' for '[PARADIGM]' [possible
crossover --max-n 0                           => 0 is not in 1..=1000000000
crossover --max-n -1                          => '-1' for '--max-n <N>': -1 is not in 1..=1000000000
crossover --max-n 2G                          => '2G' for '--max-n <N>': 2000000000 is not in
crossover --max-n many                        => it is not a whole number, such as 200, 1,500, 10k
crossover --max-n 1,5                        => it is not a whole number
crossover --max-n 1.2345k                    => it is not a whole number
crossover --explain threads/scoped squares 0  => '0' for '[N]': 0 is not in 1..=1000000000
crossover --explain threads/scoped squares    => arguments were not provided: <N>
crossover --explain threads/none squares 5    => 'threads/none' for '[PARADIGM]' [possible
crossover --explain threads/scoped cubes 5    => 'cubes' for '[WORKLOAD]' [possible
crossover --explain threads/scoped spin 5 --quick => cannot be used with
floors --budget 0                             => '--budget <SECONDS>': it must be 0.1 to 86400 seconds
floors --budget -1                            => it must be 0.1 to 86400 seconds
floors --budget NaN                           => it must be 0.1 to 86400 seconds
floors --json /                               => cannot write it: it is a directory
floors --slow                                 => unexpected argument '--slow'
versus_python --workload letters              => random-squares, squares]
versus_python --engines --tasks               => cannot be used with
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
fn writes_tables_figures_and_every_round() {
    let (directory, mut command) = command(
        "crossover --workload random-squares --max-n 2000 --budget 0.5 --paradigm threads/scoped \
         --paradigm processes/fork --json rounds.json --html page.html",
    );
    let said = said(&mut command);
    assert_all_in(&said, &["95%", "interval", "threads/scoped", "speedup"]);
    assert_all_in(&said, &["Serial against serial", "time against n"]);
    assert_all_in(&said, &["page.html", "rounds.json"]);
    let too_wide = said.lines().find(|line| line.chars().count() > 100);
    assert_eq!(too_wide, None, "{said}");
    let written = ["page-random-squares.svg", "page.html", "rounds.json"];
    assert_eq!(files(&directory), written);
    let read = |name| fs::read_to_string(directory.path().join(name)).expect("it was written");
    assert_all_in(&read("page.html"), &["<svg", "</html>"]);
    assert_all_in(&read(written[0]), &["<svg", "</svg>"]);

    let survey: Survey = serde_json::from_str(&read("rounds.json")).expect("it is a survey");
    let cells: Vec<_> = survey.workloads[0].measured().collect();
    assert_eq!(cells.len(), 2);
    for (_, measured) in cells {
        let pairs = measured.rounds.iter().flatten();
        assert_eq!(pairs.clone().map(|pair| pair.at).max(), Some(2_000));
        assert!(pairs.clone().all(|pair| pair.base > 0.0));
    }
}

#[test]
fn a_pause_is_kept_with_the_results_and_said() {
    let (directory, mut command) = command(
        "crossover --workload squares --max-n 100 --budget 0.3 --paradigm threads/pool --pause 100 \
         --json rounds.json --html page.html",
    );
    assert_all_in(
        &said(&mut command),
        &["was busy for 100 µs before each run"],
    );
    let read = |name| fs::read_to_string(directory.path().join(name)).expect("it was written");
    assert_all_in(&read("page.html"), &["was busy for 100 µs before each run"]);
    let survey: Survey = serde_json::from_str(&read("rounds.json")).expect("it is a survey");
    assert_eq!(survey.pause, Duration::from_micros(100));
}

#[cfg(target_os = "linux")]
#[test]
fn without_gcc_openmp_fails_in_one_sentence_and_others_go_on() {
    let (_directory, mut crossover) = command_in_target_directory(
        "crossover --workload squares --max-n 100 --budget 0.5 --paradigm openmp/active \
         --paradigm threads/scoped",
    );
    let output = crossover.env("PATH", "").output().expect("it runs");
    let sentence = "openmp/active on squares: OpenMP needs gcc, which is not installed";
    let said = assert_end(&output, Some(1), sentence);
    assert_eq!(said.matches("openmp").count(), 1, "{said}");
    assert_all_in(&text(&output.stdout), &["threads/scoped  ", "failed"]);
}

#[test]
fn what_is_measured_only_by_its_name_is_listed_apart() {
    let said = said(&mut command("crossover --list").1);
    let (usual, others) = said
        .split_once("only if --paradigm names them:")
        .expect("it is said");
    assert_all_in(usual, &["\nparadigms:\n", "threads/scoped"]);
    assert!(!usual.contains("openmp"), "{usual}");
    assert_all_in(
        others,
        &["  openmp/active ", "  openmp/passive ", "; needs gcc\n"],
    );
}

#[test]
fn explains_one_cell_in_words() {
    let line = "crossover --budget 1 --explain threads/scoped random-squares 20k";
    let said = said(&mut command(line).1);
    assert_all_in(&said, &["threads/scoped on random-squares, 20,000 items"]);
    assert_all_in(&said, &["start workers", "Starting and joining"]);
}

#[test]
fn more_items_than_the_input_has_are_as_many_as_it_has() {
    for paradigm in ["threads/scoped", "threads/rayon", "processes/spawn"] {
        let line = "crossover --budget 1 --input . --explain";
        let (directory, mut command) = command(&format!("{line} {paradigm} letters 10000"));
        for name in ["one", "two", "three"] {
            fs::write(directory.path().join(name), "some text").expect("there is none");
        }
        let said = said(&mut command);
        assert_all_in(
            &said,
            &["on letters, 3 items, ", "has only 3 items, not 10,000"],
        );
    }
}

#[test]
fn a_budget_that_is_too_small_is_told() {
    // An item takes a tenth of a second.
    let (_directory, mut crossover) = command(
        "crossover --workload spin --input 100000000 --max-n 1 --budget 0.1 --paradigm threads/scoped --html page.html",
    );
    let output = crossover.output().expect("it runs");
    let told = "the budget is too small: the fewest rounds that an interval needs take about";
    assert_end(&output, Some(0), told);
}

#[test]
fn input_that_changes_is_blamed_and_not_the_paradigm() {
    let (directory, mut crossover) = command(
        "crossover --input log --budget 2 --paradigm threads/scoped --paradigm processes/fork --html page.html",
    );
    let path = directory.path().join("log");
    let mut log = fs::File::create(path).expect("there is none");
    let mut run = crossover.spawn().expect("it starts");
    while run.try_wait().expect("it is ours").is_none() {
        log.write_all(b"one more line\n")
            .expect("it can be written");
        sleep(Duration::from_millis(1));
    }
    let output = run.wait_with_output().expect("it has ended");
    let said = assert_end(&output, Some(1), "log has changed");
    assert!(!said.contains("not the serial one"), "{said}");
}

#[test]
fn a_role_that_was_set_by_hand_is_refused() {
    for variable in [
        "CROSSOVER_MEASURES_FOR",
        "CROSSOVER_WORKER_OF",
        "CROSSOVER_FORK_SERVER_OF",
    ] {
        let (_directory, mut crossover) = command("crossover --list");
        crossover.env(variable, "1");
        assert_fails(&mut crossover, 2, variable);
    }
}

#[cfg(unix)]
mod floors {
    #[cfg(target_os = "linux")]
    use laboratory::cores;
    use laboratory::floors::{Floors, Missing};

    use super::*;

    /// Runs with the least budget, and returns what it said and wrote.
    fn small_run() -> (String, Floors) {
        let (directory, mut command) = command("floors --budget 0.1 --json rounds.json");
        let mut output = command.output().expect("it runs");
        // Other tests keep the cores busy: so two threads that wake each other up may take longer than the command waits.
        for _ in 0..2 {
            if !output.status.success() {
                output = command.output().expect("it runs");
            }
        }
        assert!(output.status.success(), "{}", text(&output.stderr));
        let json = fs::read(directory.path().join("rounds.json")).expect("it was written");
        let floors = serde_json::from_slice(&json).expect("it is JSON");
        (text(&output.stdout), floors)
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
        if cfg!(target_os = "linux") {
            assert_eq!(names.len(), 46); // other systems have fewer
        }
        for name in [
            "... with its pipe: small parent and processes/fork",
            "... with its pipe: small parent and shared-memory/mapped",
            "... with its pipe: small parent and message-passing/pipe",
            "posix_spawn, wait and processes/spawn",
            "compare-and-swap and parking_lot Mutex",
            "compare-and-swap and our sync::Mutex",
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
