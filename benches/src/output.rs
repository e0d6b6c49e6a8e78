//! Files that a command writes: tried before it measures, and whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::in_target_directory;

/// Whether `path` can be written, tried now rather than after a minute of measuring. Changes nothing.
///
/// # Errors
///
/// One sentence that names the file.
pub fn check_writable(path: &Path) -> Result<(), String> {
    let tried = if path.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else if is_special(path) {
        Ok(()) // opening a pipe would wait for its reader
    } else {
        let partial = partial(path);
        File::create(&partial).and_then(|_| fs::remove_file(&partial))
    };
    tried.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Writes a file so that it is either as it was or whole.
///
/// # Errors
///
/// Those of writing a file.
pub fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return fs::write(path, contents);
    }
    let partial = partial(path);
    fs::write(&partial, contents)?;
    fs::rename(&partial, path)
}

/// Keeps the latest results of a kind in `file` of the target directory, where the report finds them.
///
/// # Errors
///
/// Those of making a directory and writing a file.
pub fn keep_latest(file: &str, contents: &[u8]) -> io::Result<()> {
    let path = in_target_directory(file);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    write_whole(&path, contents)
}

/// The latest results that were [kept](keep_latest) in `file`; `None` if there are none, or they are of another
/// version of this program.
pub fn latest<T: DeserializeOwned>(file: &str) -> Option<T> {
    let text = fs::read(in_target_directory(file)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Whether it is a device or a pipe, which cannot be replaced.
fn is_special(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
}

/// Where a file is written before it is renamed to `path`.
fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}
