//! Which files `letters` reads.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The most files that the default input has, so that its size does not grow with the workspace.
pub const MOST_FILES: usize = 4_000;

/// What the crates that this workspace was built from are called, and their versions.
const LOCK_FILE: &str = include_str!("../../../Cargo.lock");

/// The Rust sources of the crates that this workspace was built from, as cargo unpacked them: some
/// thousand real files, sorted, at most [`MOST_FILES`]. Where there are none (cargo may delete
/// unpacked crates), the workspace's own.
pub fn crate_sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for registry in registries() {
        for package in locked_packages() {
            walk(&registry.join(package), &mut files);
        }
    }
    if files.is_empty() {
        for package in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
            .into_iter()
            .flatten()
            .flatten()
        {
            if package.path().join("Cargo.toml").exists() {
                walk(&package.path(), &mut files);
            }
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files.truncate(MOST_FILES);
    files
}

/// The files named, and all files below the directories named, sorted within each name.
///
/// # Errors
///
/// If a name is neither a file nor a directory. What cannot be read inside a directory is no error:
/// it is in the list, for the workload to count.
pub fn files_below(names: &[String]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in names {
        let path = PathBuf::from(name);
        let kind = fs::metadata(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot read input {name:?}: {error}"))
        })?;
        if kind.is_dir() {
            let begin = files.len();
            walk(&path, &mut files);
            files[begin..].sort();
        } else if kind.is_file() {
            files.push(path);
        } else {
            let message = format!("cannot read input {name:?}: neither a file nor a directory");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    }
    Ok(files)
}

/// Adds the files below `directory`. A directory that cannot be listed is added as if it were a
/// file, to be counted as unreadable; links to directories are not followed, so there are no cycles.
fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else {
        if directory.exists() {
            files.push(directory.to_owned());
        }
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, files),
            // Pipes, sockets and devices are no text, and reading one might never end.
            _ if fs::metadata(&path).is_ok_and(|target| !target.is_file()) => {}
            _ => files.push(path),
        }
    }
}

/// Where cargo unpacks crates: one directory for each registry.
fn registries() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))) else {
        return Vec::new();
    };
    fs::read_dir(home.join("registry/src"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

/// `name-version` of every package in the lock file: the names of their directories.
fn locked_packages() -> impl Iterator<Item = String> {
    fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
        line.strip_prefix(key)?
            .strip_prefix(" = \"")?
            .strip_suffix('"')
    }
    LOCK_FILE.split("[[package]]").filter_map(|entry| {
        let name = entry.lines().find_map(|line| value(line, "name"))?;
        let version = entry.lines().find_map(|line| value(line, "version"))?;
        Some(format!("{name}-{version}"))
    })
}

/// A path that can be sent to another process even where it is no UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PathText", into = "PathText")]
pub struct FilePath(PathBuf);

/// How a [`FilePath`] is written: as text if it is text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PathText {
    Text(String),
    Other(OsString),
}

impl From<&Path> for FilePath {
    fn from(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl AsRef<Path> for FilePath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl From<FilePath> for PathText {
    fn from(path: FilePath) -> Self {
        path.0
            .into_os_string()
            .into_string()
            .map_or_else(Self::Other, Self::Text)
    }
}

impl From<PathText> for FilePath {
    fn from(text: PathText) -> Self {
        match text {
            PathText::Text(path) => Self(path.into()),
            PathText::Other(path) => Self(path.into()),
        }
    }
}
