//! OpenMP's regions where they are not supported: they are refused with a sentence.

use std::io::{self, ErrorKind};
use std::num::NonZero;
use std::path::PathBuf;

/// There are none: a value of this type cannot be made.
#[derive(Clone, Copy)]
pub(super) enum Regions {}

/// Refuses.
///
/// # Errors
///
/// Always, [`ErrorKind::Unsupported`].
pub fn compiled() -> io::Result<PathBuf> {
    let sentence = "OpenMP is measured on Linux only: other systems have no gcc with libgomp";
    Err(io::Error::new(ErrorKind::Unsupported, sentence))
}

impl Regions {
    pub(super) fn load() -> io::Result<Self> {
        Err(compiled().expect_err("it always refuses"))
    }

    pub(super) fn each<S: Send, F: Fn(&mut S) + Sync>(self, _: NonZero<usize>, _: &mut [S], _: F) {
        match self {}
    }

    pub(super) fn end(self) {
        match self {}
    }
}
