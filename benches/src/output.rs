//! Files that a command writes: tried before it measures, and whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::{env, io};

use clap::builder::{PathBufValueParser, TypedValueParser};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where the latest survey is kept: the report shows it.
pub const LATEST_SURVEY: &str = "crossover/survey.json";
/// Where the latest floors are kept.
pub const LATEST_FLOORS: &str = "crossover/floors.json";
/// Where the latest comparisons with Python are kept.
pub const LATEST_COMPARISONS: &str = "crossover/versus_python.json";

/// `file` in cargo's target directory, which the running executable is in. Its directory is made.
pub fn in_target_directory(file: &str) -> PathBuf {
    let executable = env::current_exe().unwrap_or_default();
    // target / profile / examples / executable
    let target = executable.ancestors().nth(3).unwrap_or(Path::new(""));
    let path = target.join(file);
    if let Some(directory) = path.parent() {
        // If it fails, so does writing the file, which says why.
        let _ = fs::create_dir_all(directory);
    }
    path
}

/// An option's value that names a file to write. Whether that works is tried now rather than after a minute of
/// measuring; nothing is changed.
pub fn writable() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path: PathBuf| {
        if path.is_dir() {
            return Err("cannot write it: it is a directory".to_owned());
        }
        if !is_special(&path) {
            let partial = partial(&path);
            File::create(&partial)
                .and_then(|_| fs::remove_file(&partial))
                .map_err(|error| format!("cannot write it: {error}"))?;
        }
        Ok(path)
    })
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

/// Keeps the latest results of a kind in `file` of the target directory, where the report finds them.
pub fn keep_latest(file: &str, results: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(results)?;
    write_whole(&in_target_directory(file), &json)
}

/// The latest results that were [kept](keep_latest) in `file`; `None` if there are none, or they are of another
/// version of this program.
pub fn latest<T: DeserializeOwned>(file: &str) -> Option<T> {
    let text = fs::read(in_target_directory(file)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Whether it is a device or a pipe: it cannot be replaced, and opening it would wait for its reader.
fn is_special(path: &Path) -> bool {
    let is_special = |kind: fs::Metadata| !kind.is_file() && !kind.is_dir();
    path.metadata().is_ok_and(is_special)
}

/// Where a file is written before it is renamed to `path`.
fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}
