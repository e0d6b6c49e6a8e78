//! `letters`: letter and word counts over real text.
//!
//! One item is one file, so this is the workload with input and output: workers wait for the system
//! as well as compute, and files differ in size. By default it reads the sources of the crates that
//! this workspace was built from, see [`corpus`]. A file that cannot be read, or is not UTF-8, is
//! counted as such, and the work goes on. [`text_file`] says what becomes of a file that grows,
//! vanishes or has no end.

pub mod corpus;
pub mod text_file;

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::{Reduce, Workload};
use corpus::FilePath;
use text_file::{Content, LARGEST};

/// Item `i` is file `i`; the summary counts what stands in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    files: Vec<FilePath>,
}

/// What stands in a number of files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Occurrences of `a` to `z`, in either case.
    pub letters: [u64; 26],
    /// Runs of characters between white space.
    pub words: u64,
    /// Bytes of text that were counted.
    pub bytes: u64,
    /// Files that were counted.
    pub files: u64,
    /// Files that could not be read.
    pub unreadable: u64,
    /// Files that are no UTF-8 text.
    pub not_utf8: u64,
    /// Files that are larger than [`LARGEST`].
    pub too_large: u64,
}

impl Letters {
    /// These files.
    pub fn new(files: impl IntoIterator<Item = impl AsRef<Path>>) -> Self {
        Self {
            files: files
                .into_iter()
                .map(|path| FilePath::from(path.as_ref()))
                .collect(),
        }
    }
}

impl Workload for Letters {
    const NAME: &'static str = "letters";
    const ABOUT: &'static str = "count letters and words; one item is one file";
    const INPUT: Option<&'static str> =
        Some("files or directories (default: the sources of the crates this was built from)");

    fn with_input(n: usize, input: &[String]) -> io::Result<Self> {
        let mut files = if input.is_empty() {
            corpus::crate_sources()
        } else {
            corpus::files_below(input)?
        };
        files.truncate(n);
        Ok(Self::new(files))
    }

    fn with_len(&self, n: usize) -> Self {
        Self {
            files: self.files[..n.min(self.files.len())].to_vec(),
        }
    }

    fn len(&self) -> usize {
        self.files.len()
    }

    fn details(&self) -> String {
        self.fold(0..self.len()).to_string()
    }

    fn changed_since(&self, time: SystemTime) -> Option<String> {
        let mut files = self.files.iter();
        files.find_map(|file| text_file::changed_since(file.as_ref(), time))
    }
}

impl Reduce for Letters {
    type Summary = Counts;

    fn fold(&self, items: Range<usize>) -> Counts {
        let mut counts = Counts::default();
        for file in &self.files[items] {
            counts.add_file(file.as_ref());
        }
        counts
    }

    fn merge(&self, mut left: Counts, right: Counts) -> Counts {
        for (sum, count) in left.letters.iter_mut().zip(right.letters) {
            *sum += count;
        }
        left.words += right.words;
        left.bytes += right.bytes;
        left.files += right.files;
        left.unreadable += right.unreadable;
        left.not_utf8 += right.not_utf8;
        left.too_large += right.too_large;
        left
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            words,
            bytes,
            files,
            unreadable,
            not_utf8,
            too_large,
            ..
        } = self;
        let frequent: String = self
            .ranking()
            .iter()
            .take(5)
            .map(|(letter, _)| letter)
            .collect();
        let [s, e, d] = [files, bytes, words].map(|count| if *count == 1 { "" } else { "s" });
        write!(
            f,
            "{files} file{s} of text, {bytes} byte{e}, {words} word{d}, most frequent letters {frequent:?}; "
        )?;
        let limit = LARGEST >> 20;
        write!(
            f,
            "left out: {unreadable} unreadable, {not_utf8} not UTF-8, {too_large} larger than {limit} MiB"
        )
    }
}

impl Counts {
    fn add_file(&mut self, path: &Path) {
        match text_file::read(path) {
            Ok(Content::Text(text)) => self.add_text(&text),
            Ok(Content::NotUtf8) => self.not_utf8 += 1,
            Ok(Content::TooLarge) => self.too_large += 1,
            Err(_) => self.unreadable += 1,
        }
    }

    fn add_text(&mut self, text: &str) {
        let mut histogram = [0_u64; 256];
        for byte in text.bytes() {
            histogram[usize::from(byte)] += 1;
        }
        for (letter, count) in (b'a'..=b'z').zip(&mut self.letters) {
            *count += histogram[usize::from(letter)]
                + histogram[usize::from(letter.to_ascii_uppercase())];
        }
        self.words += text.split_whitespace().count() as u64;
        self.bytes += text.len() as u64;
        self.files += 1;
    }

    /// The letters that occur, the most frequent first.
    pub fn ranking(&self) -> Vec<(char, u64)> {
        let mut ranking: Vec<_> = ('a'..='z')
            .zip(self.letters)
            .filter(|&(_, count)| count > 0)
            .collect();
        ranking.sort_by_key(|&(letter, count)| (std::cmp::Reverse(count), letter));
        ranking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_letters_in_either_case_and_words_between_spaces() {
        let mut counts = Counts::default();
        counts.add_text("Crossover:\n  eine größere Überraschung — déjà vu\n");
        assert_eq!(counts.words, 7);
        assert_eq!(counts.letters[usize::from(b'e' - b'a')], 6);
        assert_eq!(counts.letters[usize::from(b'c' - b'a')], 2);
        assert_eq!(counts.ranking()[0], ('e', 6));
        counts.files = 1;
        counts.not_utf8 = 2;
        let said = counts.to_string();
        assert!(
            said.starts_with("1 file of text, 56 bytes, 7 words, "),
            "{said}"
        );
        counts.files = 3;
        counts.too_large = 1;
        let said = counts.to_string();
        assert!(said.starts_with("3 files of text, "), "{said}");
        let left_out = "; left out: 0 unreadable, 2 not UTF-8, 1 larger than 64 MiB";
        assert!(said.ends_with(left_out), "{said}");
    }
}
