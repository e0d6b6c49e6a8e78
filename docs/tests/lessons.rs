//! Every lesson says how to run it, is short, and prints what it says.

mod support;

use std::collections::{BTreeMap, HashSet};
use std::process::Stdio;
use std::thread;

use support::header::Header;
use support::running::{End, compare, run, run_to};
use support::{Example, assert_none, examples, lessons, read};

/// The package of the first lesson of each group: programs of a few lines that use the standard library alone.
const FIRST_RUNGS: &str = "examples-hello";

/// The prefixes of the names of each crate's lessons.
const PREFIXES: [(&str, &[&str]); 6] = [
    (
        FIRST_RUNGS,
        &["threads_", "shared_", "channel_", "process_"],
    ),
    ("examples-threads", &["threads_"]),
    ("examples-processes", &["process_"]),
    ("examples-shared-memory", &["shared_"]),
    (
        "examples-message-passing",
        &["channel_", "pipe_", "socket_", "engines_", "mpi_"],
    ),
    ("examples-libraries", &["shared_", "channel_", "pipe_"]),
];

#[test]
fn every_header_says_how_to_run_it_what_it_prints_and_what_to_try() {
    let mut faults = Vec::new();
    for lesson in lessons() {
        for fault in Header::of(&lesson).faults(&lesson) {
            faults.push(format!("{}: broken rule: {fault}", lesson.file));
        }
    }
    assert_none(&faults);
}

/// So they are compiled in a moment.
#[test]
fn first_rungs_use_the_standard_library_alone() {
    let manifest = read("examples-hello/Cargo.toml").expect("it is a package");
    assert!(!manifest.contains("dependencies"), "{manifest}");
}

/// A lesson is read in one go.
#[test]
fn lessons_are_short() {
    let mut faults = Vec::new();
    for Example { package, file, .. } in lessons() {
        let text = read(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let code = text.lines().map(str::trim);
        let code = code.filter(|line| !line.is_empty() && !line.starts_with("//"));
        let (lines, first_rung) = (code.count(), package == FIRST_RUNGS);
        let most = if first_rung { 15 } else { 60 };
        if lines > most {
            faults.push(format!("{file}: {lines} lines of code, more than {most}"));
        }
    }
    assert_none(&faults);
}

#[test]
fn names_carry_the_prefix_of_their_crate() {
    let prefixes = BTreeMap::from(PREFIXES);
    let mut crates = HashSet::new();
    let mut faults = Vec::new();
    for Example {
        name,
        package,
        file,
    } in lessons()
    {
        match prefixes.get(package.as_str()) {
            None => faults.push(format!("{file}: no prefix is agreed for {package}")),
            Some(prefixes) if !prefixes.iter().any(|prefix| name.starts_with(prefix)) => {
                faults.push(format!(
                    "{file}: does not begin with {}",
                    prefixes.join(" or ")
                ));
            }
            Some(_) => {}
        }
        crates.insert(package);
    }
    assert_none(&faults);
    assert_eq!(
        crates.len(),
        PREFIXES.len(),
        "crates with lessons: {crates:?}"
    );
}

/// `cargo run --example NAME` in the root asks for more if two crates have the name.
#[test]
fn names_are_unique() {
    let mut files = BTreeMap::<_, Vec<_>>::new();
    for Example { name, file, .. } in examples() {
        files.entry(name).or_default().push(file);
    }
    files.retain(|_, files| files.len() > 1);
    assert!(files.is_empty(), "{files:#?}");
}

#[test]
fn every_lesson_prints_what_its_header_says() {
    let mut faults = Vec::new();
    for lesson in lessons() {
        if lesson.needs_mpi() {
            continue; // The test `mpi` runs it, if there is MPI.
        }
        // A header without a block fails the first test, so it is left out here.
        if let Some(expected) = Header::of(&lesson).expected_output() {
            let outcome = run(&lesson.name, &[]).and_then(|printed| compare(&printed, &expected));
            if let Err(fault) = outcome {
                faults.push(format!("{}: {fault}", lesson.name));
            }
        }
    }
    assert_none(&faults);
}

/// As after `cargo run --example NAME | head -1`, or on a full disk.
#[test]
fn a_lesson_that_cannot_print_ends_in_order() {
    if !cfg!(target_os = "linux") {
        return; // Other systems have no file that is always full.
    }
    let mut lessons = lessons();
    // Their `println!` is that of the standard library, which panics.
    lessons.retain(|lesson| lesson.package != FIRST_RUNGS && !lesson.needs_mpi());
    let (some, others) = lessons.split_at(lessons.len() / 2);
    let faults = thread::scope(|scope| {
        [some, others]
            .map(|half| scope.spawn(|| half.iter().flat_map(unprintable).collect::<Vec<_>>()))
            .map(|half| half.join().expect("a fault is no panic"))
    });
    assert_none(&faults.concat());
}

/// What is wrong with how a lesson ends that cannot print.
fn unprintable(lesson: &Example) -> Vec<String> {
    let (reader, no_reader) = std::io::pipe().expect("there are pipes left");
    drop(reader);
    let full = std::fs::File::create("/dev/full").expect("Linux has it");
    let cases: [(_, Stdio, _, _); 2] = [
        ("without a reader", no_reader.into(), 0, false),
        ("to a full disk", full.into(), 1, true),
    ];
    let mut faults = Vec::new();
    for (what, output, expected, says_so) in cases {
        match run_to(&lesson.name, &[], output) {
            // Some lessons panic on purpose, but not in `println!` of the standard library.
            Ok(End { status, stderr, .. })
                if status.code() != Some(expected)
                    || stderr.contains("cannot write to standard output: ") != says_so
                    || stderr.contains("failed printing to stdout") =>
            {
                faults.push(format!("{} {what}: {status}\n{stderr}", lesson.name));
            }
            Ok(_) => {}
            Err(fault) => faults.push(format!("{} {what}: {fault}", lesson.name)),
        }
    }
    faults
}
