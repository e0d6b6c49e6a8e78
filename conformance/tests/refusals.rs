//! The kit refuses what is broken, and says what is wrong with it.
//!
//! Each test starts this executable again with `BROKEN_WITH_LIMIT` in its environment. Then it runs the kit on what is
//! broken.

#[cfg(unix)]
mod broken;

use std::env;
use std::process::{Command, ExitCode};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

/// Set in the environment of a process that runs the kit on what is broken: the limit of a call, in seconds.
const LIMIT: &str = "BROKEN_WITH_LIMIT";

/// These do not end.
const HANGS: [&str; 3] = [
    "broken/deadlock",
    "broken/endless-loop",
    "broken/panic-uncaught",
];

/// A case, and what the kit says of it.
const REFUSED: [(&str, &str); 27] = [
    (
        "names_are_unique",
        "refusals::broken::paradigms::Broken<refusals::broken::paradigms::SameName<1>> and \
         refusals::broken::paradigms::Broken<refusals::broken::paradigms::SameName<2>> are both called \
         \"broken/same-name\"",
    ),
    (
        "without-identity::laws",
        "the workload without-identity itself is wrong: the summary of no items (",
    ),
    (
        "not-associative::laws",
        "the workload not-associative itself is wrong: its merge is not associative: of ",
    ),
    (
        "depends-on-the-cut::laws",
        "the workload depends-on-the-cut itself is wrong: in 2 pieces, item 30 is 0, expected 30 (30 of \
         60 items are wrong)",
    ),
    (
        "broken/serially::all_workers_at_once",
        "broken/serially on a meeting of 100 items for each worker, 2 workers: map: 1 of 2 workers compute at the same time: the items 0..102 \
         waited 10s for the others",
    ),
    (
        "broken/one-too-few::all_workers_at_once",
        "broken/one-too-few on a meeting of 100 items for each worker, 2 workers: map: 1 of 2 workers compute at the same time",
    ),
    (
        "broken/one-too-many::all_workers_at_once",
        "workers compute at the same time, but the call asked for ",
    ),
    (
        "broken/serial-when-called-again::all_workers_at_once",
        "1 of 2 workers compute at the same time",
    ),
    (
        "broken/first-chunks-kept::squares",
        "broken/first-chunks-kept on squares, n = 1, 1 worker: it gives 0 items, expected 1",
    ),
    (
        "broken/last-chunk-lost::squares",
        "broken/last-chunk-lost on squares, n = 2, 2 workers: it gives 1 items, expected 2",
    ),
    (
        "broken/last-chunk-lost::letters",
        "broken/last-chunk-lost on letters, n = 2, 2 workers: the summary is",
    ),
    (
        "broken/remainder-lost::squares",
        "broken/remainder-lost on squares, n = 1, 2 workers: it gives 0 items, expected 1",
    ),
    (
        "broken/wrong-order::squares",
        "broken/wrong-order on squares, n = 2, 2 workers: item 0 is 1, expected 0 (2 of 2 items are wrong)",
    ),
    (
        "broken/wrong-order::merges_in_order",
        "broken/wrong-order on composition, n = 5, 2 workers: the summary is [",
    ),
    (
        "broken/within-grains::merges_in_order",
        "broken/within-grains on composition, n = 2, 2 workers: it fails: worker 1 (items 1..2) panicked: 1..2 begins \
         within a grain",
    ),
    (
        "broken/within-grains::all_workers_at_once",
        "broken/within-grains on a meeting of 100 items for each worker, 2 workers: map: the chunk 100..200 begins within a grain of 3 items",
    ),
    (
        "broken/deadlock::numbers",
        "broken/deadlock on numbers, n = 0, 1 worker: no answer within 5s: it is in an endless loop, or waits for \
         something that does not happen (a deadlock)",
    ),
    (
        "broken/endless-loop::numbers",
        "broken/endless-loop on numbers, n = 1, 1 worker: no answer within 5s",
    ),
    (
        "broken/panic-uncaught::a_worker_that_panics",
        "this is outside `guard`: worker 0 (items 0..100) panicked: this item is faulty on purpose",
    ),
    (
        "broken/thread-leaked::squares",
        "broken/thread-leaked on squares, n = 0, 1 worker: called again, it leaves threads behind",
    ),
    (
        "broken/child-leaked::squares",
        "broken/child-leaked on squares, n = 0, 1 worker: called again, it leaves child processes behind",
    ),
    (
        "broken/orphan-leaked::squares",
        "broken/orphan-leaked on squares, n = 0, 1 worker: called again, it leaves child processes behind",
    ),
    (
        "broken/mapping-leaked::squares",
        "broken/mapping-leaked on squares, n = 0, 1 worker: called again, it leaves shared mappings behind",
    ),
    (
        "broken/descriptor-leaked::squares",
        "broken/descriptor-leaked on squares, n = 0, 1 worker: called again, it leaves open descriptors behind",
    ),
    (
        "broken/ends-the-process::squares",
        "broken/ends-the-process on squares, n = 0, 1 worker: its process ended early (exit status: 0)",
    ),
    (
        "broken/panics::squares",
        "broken/panics on squares, n = 0, 1 worker: it panicked, but must return an error: I am the caller",
    ),
    (
        "broken/child-returns::squares",
        "broken/child-returns on squares, n = 0, 1 worker: a forked child returned from the paradigm: it must end by `_exit`",
    ),
];

fn main() -> ExitCode {
    if let Ok(limit) = env::var(LIMIT) {
        let limit = limit.parse().expect("a number of seconds");
        return run_the_kit(Duration::from_secs(limit));
    }
    let mut arguments = Arguments::from_args();
    // Many of these tests sleep, so all run at the same time.
    arguments.test_threads.get_or_insert(REFUSED.len());
    let mut trials = vec![
        Trial::test("options_are_understood", options_are_understood),
        Trial::test(
            "a_filter_without_a_case_is_told",
            a_filter_without_a_case_is_told,
        ),
    ];
    trials.extend(
        REFUSED.map(|(case, sentence)| Trial::test(case, move || is_refused(case, sentence))),
    );
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn run_the_kit(limit: Duration) -> ExitCode {
    conformance::main(|kit| {
        kit.set_limit(limit);
        #[cfg(unix)]
        broken::workloads::each_workload(kit);
        #[cfg(unix)]
        broken::paradigms::each_paradigm(kit);
        #[cfg(unix)]
        broken::later::each_paradigm(kit);
    })
}

/// Whether the kit refuses a case with this sentence.
fn is_refused(case: &str, sentence: &str) -> Result<(), Failed> {
    // The others may be slow, because all run at the same time.
    let hangs = HANGS.iter().any(|paradigm| case.starts_with(paradigm));
    let limit = if hangs { "5" } else { "60" };
    says(&["--exact", case], limit, 101, sentence)
}

/// Whether the kit, called with these options, ends with this status and says this.
fn says(options: &[&str], limit: &str, status: i32, sentence: &str) -> Result<(), Failed> {
    let mut kit = Command::new(env::current_exe()?);
    let output = kit.args(options).env(LIMIT, limit).output()?;
    let text = |bytes| String::from_utf8_lossy(bytes);
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    if output.status.code() != Some(status) {
        return Err(format!("{options:?}: {}\n{said}", output.status).into());
    }
    if !said.contains(sentence) {
        return Err(format!("{options:?}: it does not say {sentence:?}, but\n{said}").into());
    }
    Ok(())
}

/// What `cargo test`, `cargo nextest` and editors ask of a test.
fn options_are_understood() -> Result<(), Failed> {
    let case = "broken/one-too-few::squares";
    let listed = format!("{case}: test\n");
    says(&["--list", "--format", "terse"], "60", 0, &listed)?;
    says(&["--list", "--format", "terse", "--ignored"], "60", 0, "")?;
    for options in [
        &["--exact", case, "--nocapture"][..],
        &["--exact", case, "--no-capture", "--test-threads=2"],
        &["--test-threads", "1", "--color", "never", "--exact", case],
        &[
            "one-too-few",
            "--skip",
            "all_workers",
            "--skip",
            "panics",
            "--include-ignored",
        ],
    ] {
        says(options, "60", 0, "test broken/one-too-few::squares ")?;
    }
    let json = ["-Z", "unstable-options", "--format=json", "--show-output"];
    let event = format!("{{ \"type\": \"test\", \"name\": \"{case}\", \"event\": \"ok\" }}");
    says(&[&json[..], &["--exact", case]].concat(), "60", 0, &event)?;
    says(&["-h"], "60", 0, "--exact")
}

fn a_filter_without_a_case_is_told() -> Result<(), Failed> {
    let sentence = "conformance: no case is called \"squares::square\". ";
    says(&["squares::square"], "60", 0, sentence)?;
    says(
        &["--exact", "broken/panics"],
        "60",
        0,
        "no case is called \"broken/panics\"",
    )
}
