//! Jobs that are cut short, and started again.

use std::fs;
use std::num::NonZero;
use std::path::PathBuf;

use examples_message_passing::journal::Journal;

use crate::harness::{Test, cluster};

pub(crate) const TESTS: &[Test] = &[
    (
        "only_what_was_unfinished_is_repeated",
        only_what_was_unfinished_is_repeated,
    ),
    (
        "a_record_that_is_cut_short_is_repeated",
        a_record_that_is_cut_short_is_repeated,
    ),
    (
        "another_file_is_left_as_it_is",
        another_file_is_left_as_it_is,
    ),
];

/// Notes in a folder that it was called with `n`, and fails for 42 until the folder has a file `allowed`.
fn noted(folder: &PathBuf, n: u64) -> u64 {
    assert!(n != 42 || folder.join("allowed").exists(), "not yet");
    let calls = fs::read_dir(folder).unwrap().count();
    fs::write(folder.join(format!("{n}-{calls}")), "").unwrap();
    n * n
}

/// How many files of calls are there.
fn calls(folder: &PathBuf) -> usize {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().contains('-'))
        .count()
}

fn only_what_was_unfinished_is_repeated() {
    let (folder, file) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, file) = (folder.path().to_owned(), file.path().join("journal"));
    let serial: Vec<u64> = (0..60).map(|n| n * n).collect();
    {
        let cluster = cluster(1);
        let view = cluster.balanced().with(&folder).journal(&file);
        let view = view.chunk(NonZero::new(3).unwrap());
        let error = view.map(noted, 0..60).unwrap_err();
        assert_eq!(error.index, 42);
    }
    let before = calls(&folder);
    assert!(before >= 42, "the chunks before it were finished");
    let known = Journal::open(&file).unwrap().len();
    assert!(known >= 14, "{known} chunks are in the journal");
    fs::write(folder.join("allowed"), "").unwrap();
    {
        let cluster = cluster(2);
        let view = cluster.balanced().with(&folder).journal(&file);
        let view = view.chunk(NonZero::new(3).unwrap());
        assert_eq!(view.map(noted, 0..60).unwrap(), serial);
        assert_eq!(calls(&folder) - before, 60 - 3 * known);
        // Again: nothing is left to do.
        let all = calls(&folder);
        assert_eq!(view.map(noted, 0..60).unwrap(), serial);
        assert_eq!(calls(&folder), all);
        // Another function, or other inputs, are another job.
        let other = view
            .map(|folder, n: u64| noted(folder, n) + 1, 0..60)
            .unwrap();
        assert_eq!(other[2], 5);
        assert_eq!(view.map(noted, 1..61).unwrap()[0], 1);
    }
}

fn a_record_that_is_cut_short_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal");
    let mut journal = Journal::open(&file).unwrap();
    for key in 0..5 {
        journal.add(key, &[key as u8; 100]).unwrap();
    }
    drop(journal);
    let whole = fs::read(&file).unwrap();
    for cut in 0..whole.len() {
        fs::write(&file, &whole[..cut]).unwrap();
        let mut journal = Journal::open(&file).unwrap();
        let records = cut.saturating_sub(8) / 132;
        assert_eq!(journal.len(), records, "cut at {cut}");
        journal.add(77, b"added").unwrap();
        drop(journal);
        let journal = Journal::open(&file).unwrap();
        assert_eq!(journal.len(), records + 1);
        assert_eq!(journal.get(77), Some(&b"added"[..]));
    }
    // A byte that has changed.
    let mut changed = whole.clone();
    changed[8 + 132 + 50] ^= 1;
    fs::write(&file, &changed).unwrap();
    assert_eq!(Journal::open(&file).unwrap().len(), 1);
}

fn another_file_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter");
    fs::write(&file, "A letter").unwrap();
    let error = Journal::open(&file).unwrap_err();
    assert!(error.to_string().contains("is not a journal"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"A letter");
    let taken = folder.path().join("taken");
    let _first = Journal::open(&taken).unwrap();
    let error = Journal::open(&taken).unwrap_err();
    assert!(error.to_string().contains("it is open already"), "{error}");
}
