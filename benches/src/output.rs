//! Files that a command writes: tried before it measures, and whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::{env, io};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::command::Refusal;

/// Where the latest survey is kept: the report shows it.
pub const LATEST_SURVEY: &str = "crossover/survey.json";
/// Where the latest scalings are kept.
pub const LATEST_SCALINGS: &str = "crossover/scalings.json";
/// Where the latest waterfalls are kept.
pub const LATEST_WATERFALLS: &str = "crossover/waterfalls.json";
/// Where the latest floors are kept.
pub const LATEST_FLOORS: &str = "crossover/floors.json";
/// Where the latest comparisons with Python are kept.
pub const LATEST_COMPARISONS: &str = "crossover/versus_python.json";

/// `file` in cargo's target directory, which the running executable is in.
pub fn in_target_directory(file: &str) -> PathBuf {
    let executable = env::current_exe().unwrap_or_default();
    // target / profile / examples / executable
    match executable.ancestors().nth(3) {
        Some(target) => target.join(file),
        None => file.into(),
    }
}

/// Whether a page and, if it is asked for, JSON can be written: [`check_writable`], and they are not the same file.
pub fn check_both(html: &Path, json: Option<&Path>) -> Result<(), Refusal> {
    if json == Some(html) {
        return Err("--json and --html name the same file".to_owned());
    }
    check_writable(html)?;
    json.map_or(Ok(()), check_writable)
}

/// Whether `path` can be written, tried now rather than after a minute of measuring. Changes nothing.
pub fn check_writable(path: &Path) -> Result<(), Refusal> {
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
pub fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return fs::write(path, contents);
    }
    let partial = partial(path);
    fs::write(&partial, contents)?;
    fs::rename(&partial, path)
}

/// Writes `results` as JSON to `path`, if one is named.
pub fn write_json(path: Option<&Path>, results: &impl Serialize) -> io::Result<()> {
    match path {
        Some(path) => write_whole(path, &serde_json::to_vec_pretty(results)?),
        None => Ok(()),
    }
}

/// Keeps the latest results of a kind in `file` of the target directory, where the report finds them.
pub fn keep_latest(file: &str, results: &impl Serialize) -> io::Result<()> {
    let path = in_target_directory(file);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    write_json(Some(&path), results)
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
