//! `letters` over a directory that holds all that a directory may hold, against counts by hand.

#![cfg(unix)] // It needs links and a named pipe.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::thread;
use std::time::{Duration, SystemTime};

use workloads::letters::text_file::LARGEST;
use workloads::letters::{Counts, Letters};
use workloads::squares::Squares;
use workloads::{Reduce, Workload};

/// A directory of its own for each test, removed in the end.
struct Directory(PathBuf);

impl Directory {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("letters-{test}-{}", process::id()));
        fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("a new file in a new directory");
    }

    /// Makes a named pipe. A process that opens it to read waits forever for a writer.
    fn make_pipe(&self, name: &str) {
        let status = Command::new("mkfifo").arg(self.path(name)).status();
        assert!(status.expect("mkfifo can be started").success());
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is left behind after a failure is in the directory for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn letters(n: usize, path: &Path) -> io::Result<Letters> {
    Letters::with_input(n, &[path.to_str().expect("a path in UTF-8").to_owned()])
}

/// Five files that count, and three entries that must not be read: a named pipe, and links to a
/// directory, one of which leads back to where it stands.
fn everything(test: &str) -> Directory {
    let directory = Directory::new(test);
    directory.write("1-text", "Ein Äffchen saß\tda.\n\n Aha \n"); // Ä and ß are no letters a to z.
    directory.write("2-no-text", b"abc \xff\xfe abc");
    directory.write("3-empty", "");
    symlink("nowhere", directory.path("4-leads-nowhere")).expect("a link");
    fs::create_dir_all(directory.path("5-nested/deeper")).expect("directories");
    directory.write("5-nested/deeper/text", "zZz");
    directory.make_pipe("6-pipe");
    symlink("5-nested", directory.path("7-leads-to-a-directory")).expect("a link");
    symlink("..", directory.path("5-nested/leads-back")).expect("a link");
    directory
}

fn counts_of_everything() -> Counts {
    let mut letters = [0; 26];
    // Ein, (Ä)ffchen, sa(ß), da, Aha; zZz
    for (letter, count) in "einfchsadz".bytes().zip([2, 1, 2, 2, 1, 2, 1, 4, 1, 3]) {
        letters[usize::from(letter - b'a')] = count;
    }
    Counts {
        letters,
        words: 6,
        // The first text has 27 characters, two of which take two bytes.
        bytes: 29 + 3,
        files: 3,
        unreadable: 1,
        not_utf8: 1,
        too_large: 0,
    }
}

#[test]
fn counts_agree_with_counts_by_hand() {
    let directory = everything("counts");
    let workload = letters(usize::MAX, &directory.0).expect("a directory");
    // With the pipe among them, counting would never end.
    assert_eq!(workload.len(), 5, "{workload:?}");
    assert_eq!(workload.fold(0..5), counts_of_everything());
}

#[test]
fn each_entry_is_counted_for_what_it_is() {
    let directory = everything("entries");
    let workload = letters(usize::MAX, &directory.0).expect("a directory");
    let kinds: Vec<_> = (0..workload.len())
        .map(|i| {
            let counts = workload.fold(i..i + 1);
            (counts.files, counts.not_utf8, counts.unreadable)
        })
        .collect();
    let (text, not_utf8, unreadable) = ((1, 0, 0), (0, 1, 0), (0, 0, 1));
    assert_eq!(kinds, [text, not_utf8, text, unreadable, text]);
}

#[test]
fn any_cut_gives_the_same_counts() {
    let directory = everything("cuts");
    let workload = letters(usize::MAX, &directory.0).expect("a directory");
    for cut in 0..=workload.len() {
        let parts = [workload.fold(0..cut), workload.fold(cut..workload.len())];
        assert_eq!(workload.merge_all(parts), counts_of_everything(), "{cut}");
    }
}

#[test]
fn n_is_the_largest_number_of_files() {
    let directory = everything("number");
    for n in 0..8 {
        let workload = letters(n, &directory.0).expect("a directory");
        assert_eq!(workload.len(), n.min(5));
        assert_eq!(workload.with_len(2).len(), n.min(2));
    }
}

#[test]
fn files_come_in_the_order_of_their_names_on_the_command_line() {
    let directory = everything("order");
    let names = ["5-nested", "1-text"].map(|name| directory.path(name).display().to_string());
    let workload = Letters::with_input(usize::MAX, &names).expect("a directory and a file");
    assert_eq!(workload.len(), 2);
    assert_eq!(workload.fold(0..1).ranking(), [('z', 3)]);
    assert_eq!(workload.fold(1..2).words, 5);
}

#[test]
fn a_missing_path_is_an_error_that_names_it() {
    let directory = Directory::new("missing");
    let missing = directory.path("not-here.txt");
    let error = letters(10, &missing).expect_err("there is no such file");
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    let path = missing.to_str().expect("a path in UTF-8");
    assert!(error.to_string().contains(path), "{error}");
}

#[test]
fn a_pipe_that_is_named_is_an_error_and_not_a_wait() {
    let directory = Directory::new("pipe");
    directory.make_pipe("pipe");
    let error = letters(10, &directory.path("pipe")).expect_err("a pipe is no file");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(
        error.to_string().contains("neither a file nor a directory"),
        "{error}"
    );
}

/// The counts of one path, whatever it leads to.
fn counts_of(path: impl AsRef<Path>) -> Counts {
    Letters::new([path]).fold(0..1)
}

#[test]
fn what_is_no_file_is_unreadable_and_not_waited_for() {
    let directory = Directory::new("no-file");
    // As if a file had become a pipe after it was listed.
    directory.make_pipe("pipe");
    let unreadable = Counts {
        unreadable: 1,
        ..Counts::default()
    };
    for path in [
        &directory.path("pipe"),
        Path::new("/dev/zero"),
        &directory.0,
    ] {
        assert_eq!(counts_of(path), unreadable, "{path:?}");
    }
}

#[test]
fn a_file_that_is_too_large_is_counted_as_such() {
    let directory = Directory::new("large");
    // Nothing is stored of the zeros.
    for (name, bytes) in [("3-gigabytes", 3 << 30), ("too-large", LARGEST + 1)] {
        let file = fs::File::create(directory.path(name)).expect("a new file");
        file.set_len(bytes).expect("room for a length");
        let counts = counts_of(directory.path(name));
        assert_eq!((counts.too_large, counts.bytes), (1, 0), "{name}");
    }
    let file = fs::File::create(directory.path("largest")).expect("a new file");
    file.set_len(LARGEST).expect("room for a length");
    let counts = counts_of(directory.path("largest"));
    assert_eq!((counts.too_large, counts.bytes), (0, LARGEST));
}

/// Reading some of them, such as `/proc/kmsg`, waits until there is more.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_says_that_it_is_empty_is_not_read() {
    let counts = counts_of("/proc/self/status");
    assert_eq!((counts.files, counts.bytes), (1, 0));
    let process = letters(usize::MAX, Path::new("/proc/self")).expect("a directory");
    assert!(!process.is_empty());
    // Some of its files are links to real files, so what is counted is not known; but counting ends.
    let counts = process.fold(0..process.len());
    let left_out = counts.unreadable + counts.not_utf8 + counts.too_large;
    assert_eq!(counts.files + left_out, process.len() as u64);
}

#[test]
fn a_file_that_changed_is_named() {
    let cases = [
        ("touch nothing", None),
        ("echo more >> file", Some("file has changed")),
        ("chmod 000 file", Some("file has changed")),
        ("mv another file", Some("file has changed")),
        ("rm file", Some("file is gone")),
        ("echo more >> target", Some("link has changed")),
        ("ln -sf file link", Some("link has changed")),
        ("rm link", Some("link is gone")),
    ];
    let directories = [0, 1, 2, 3, 4, 5, 6, 7].map(|case| {
        let directory = Directory::new(&format!("changed-{case}"));
        for name in ["unchanged", "file", "target", "another"] {
            directory.write(name, "a");
        }
        symlink("target", directory.path("link")).expect("a link");
        directory
    });
    // What has just been made is too new to be told from a change.
    thread::sleep(Duration::from_millis(50));
    let time = SystemTime::now();
    for ((change, said), directory) in cases.into_iter().zip(directories) {
        let paths = ["unchanged", "file", "link"].map(|name| directory.path(name));
        let workload = Letters::new(paths);
        let mut shell = Command::new("sh");
        let status = shell
            .args(["-c", change])
            .current_dir(&directory.0)
            .status();
        assert!(status.expect("a shell can be started").success());
        match (workload.changed_since(time), said) {
            (None, None) => {}
            (Some(changed), Some(said)) => assert!(changed.ends_with(said), "{changed}"),
            (changed, _) => panic!("{change}: {changed:?}"),
        }
    }
}

#[test]
fn a_workload_without_input_has_nothing_that_changes() {
    let squares = Squares::with_input(5, &[]).expect("no input");
    assert_eq!(squares.changed_since(SystemTime::UNIX_EPOCH), None);
}
