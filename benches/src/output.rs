//! Files that a command writes: tried before it measures, and whole or not at all.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::os::unix::fs::{self as unix_fs, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, iter};

use clap::builder::{PathBufValueParser, TypedValueParser};
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;
use workloads::letters::text_file::{self, Content};

/// Where the latest survey is kept: the report shows it.
pub const LATEST_SURVEY: &str = "crossover/survey.json";
/// Where the latest floors are kept.
pub const LATEST_FLOORS: &str = "crossover/floors.json";
/// Where the latest comparisons with Python are kept.
pub const LATEST_COMPARISONS: &str = "crossover/versus_python.json";

/// Where something is to be written: a path, as it was given.
#[derive(Clone, Debug)]
pub struct Output {
    path: PathBuf,
    place: Place,
    /// The number of the file that is there, if it is a regular one.
    file: Option<FileNumber>,
}

/// By what the system knows a file: its device, and its number there.
type FileNumber = (u64, u64);

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Standard output: `-`, or a path that leads to the same file or pipe.
    Stdout,
    /// A device, a pipe, or a file that is open by a number: it is not replaced, but written to.
    Special,
    /// A file, or none yet. All links are followed. It is replaced as a whole.
    File(PathBuf),
}

/// An option's value that names a file to write. Whether that works is tried now rather than after a minute of
/// measuring; nothing is changed.
pub fn writable() -> impl TypedValueParser<Value = Output> {
    PathBufValueParser::new().try_map(|path: PathBuf| {
        let tried = Output::new(path).and_then(|output| {
            match &output.place {
                Place::Stdout => {}
                Place::File(path) => {
                    let _replacing = nothing_half_written();
                    beside(path)?; // it is removed at once
                }
                Place::Special if output.waits_for_reader() => {}
                Place::Special => drop(File::options().write(true).open(&output.path)?),
            }
            Ok(output)
        });
        tried.map_err(|error| format!("cannot write it: {error}"))
    })
}

impl Output {
    fn new(path: PathBuf) -> io::Result<Self> {
        let known = path.metadata().ok();
        #[cfg(unix)]
        let file = known.as_ref().filter(|it| it.is_file()).map(number);
        #[cfg(not(unix))]
        let file = None;
        let place = match &known {
            _ if path == Path::new("-") => Place::Stdout,
            Some(known) if known.is_dir() => return Err(io::Error::other("it is a directory")),
            Some(known) if is_same(&io::stdout(), known) => Place::Stdout,
            Some(known) if !known.is_file() => Place::Special,
            Some(known) if is_same(&io::stderr(), known) => {
                return Err(io::Error::other("it is standard error"));
            }
            _ => follow(&path)?.map_or(Place::Special, Place::File),
        };
        Ok(Self { path, place, file })
    }

    /// What an option names, or else a file in cargo's target directory.
    pub fn or_in_target_directory(given: Option<&Self>, file: &str) -> Self {
        given.map_or_else(|| Self::in_target_directory(file), Self::clone)
    }

    /// A file in cargo's target directory.
    pub(crate) fn in_target_directory(file: &str) -> Self {
        Self::file(in_target_directory(file))
    }

    fn file(path: PathBuf) -> Self {
        Self {
            place: Place::File(path.clone()),
            path,
            file: None,
        }
    }

    /// A file in the same directory, whose name is that of this file with `ending` in place of its extension; `None` if
    /// this is no file.
    pub(crate) fn beside(&self, ending: &str) -> Option<Self> {
        let Place::File(path) = &self.place else {
            return None;
        };
        let mut name = path.file_stem()?.to_owned();
        name.push(ending);
        Some(Self::file(path.with_file_name(name)))
    }

    /// The path that was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether writing waits until another process reads: it is a named pipe.
    pub(crate) fn waits_for_reader(&self) -> bool {
        #[cfg(unix)]
        let is_pipe = |kind: Metadata| kind.file_type().is_fifo();
        #[cfg(not(unix))]
        let is_pipe = |_| false;
        // One that is open already has its reader.
        let is_open =
            self.path.starts_with("/dev/fd") || !matches!(follow(&self.path), Ok(Some(_)));
        self.path.metadata().is_ok_and(is_pipe) && !is_open
    }

    /// Whether it is standard output.
    pub(crate) fn is_stdout(&self) -> bool {
        self.place == Place::Stdout
    }

    /// Whether both cannot be written, because the second would replace the first.
    pub(crate) fn collides_with(&self, other: &Self) -> bool {
        let is_same_place = self.place == other.place && self.place != Place::Special;
        is_same_place || self.file.is_some() && self.file == other.file
    }

    /// Writes all of it. A file is either as it was or whole, even if another process writes the same one.
    ///
    /// # Errors
    ///
    /// One sentence that names the path.
    pub(crate) fn write(&self, contents: &[u8]) -> io::Result<()> {
        let written = match &self.place {
            Place::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(contents).and_then(|()| out.flush())
            }
            Place::Special => fs::write(&self.path, contents),
            Place::File(path) => replace(path, contents),
        };
        written
            .map_err(|error| io::Error::new(error.kind(), format!("cannot write {self}: {error}")))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Stdout => f.write_str("standard output"),
            _ => self.path.display().fmt(f),
        }
    }
}

/// `file` in cargo's target directory, which the running executable is in.
pub fn in_target_directory(file: &str) -> PathBuf {
    let executable = env::current_exe().unwrap_or_default();
    // target / profile / examples / executable
    let target = executable.ancestors().nth(3).unwrap_or(Path::new(""));
    target.join(file)
}

/// The latest results that were kept in `file` of the target directory, and why they are not of use; `None` if there are
/// none.
pub fn latest<T: DeserializeOwned>(file: &str) -> Option<Result<T, String>> {
    let path = in_target_directory(file);
    let results = match text_file::read(&path) {
        Ok(Content::Text(text)) => serde_json::from_str(&text).map_err(|error| error.to_string()),
        Ok(_) => Err("it is not text, or too large".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => Err(error.to_string()),
    };
    Some(results.map_err(|error| {
        let path = path.display();
        format!("{path} is broken, or of another version, and is left out: {error}")
    }))
}

#[cfg(unix)]
fn number(file: &Metadata) -> FileNumber {
    (file.dev(), file.ino())
}

/// Whether a stream of this process is the same file or pipe. Of a terminal it does not matter.
#[cfg(unix)]
fn is_same(stream: &impl AsFd, known: &Metadata) -> bool {
    let stream = stream.as_fd().try_clone_to_owned();
    let stream = stream.and_then(|stream| File::from(stream).metadata());
    stream.is_ok_and(|it| number(&it) == number(known) && !it.file_type().is_char_device())
}

/// This system does not show it.
#[cfg(not(unix))]
fn is_same<T>(_stream: &T, _known: &Metadata) -> bool {
    false
}

/// Links that lead to a file, at most.
const MOST_LINKS: usize = 40;

/// The file that a path leads to, which need not exist; `None` if it leads to an open file of a process.
fn follow(path: &Path) -> io::Result<Option<PathBuf>> {
    let next = |path: &PathBuf| Some(directory_of(path).join(fs::read_link(path).ok()?));
    for path in iter::successors(Some(path.to_owned()), next).take(MOST_LINKS) {
        let directory = directory_of(&path).canonicalize()?;
        if directory.starts_with("/proc") {
            return Ok(None);
        }
        if let (false, Some(name)) = (path.is_symlink(), path.file_name()) {
            return Ok(Some(directory.join(name)));
        }
    }
    Err(io::Error::other("its links lead to no file"))
}

fn directory_of(path: &Path) -> &Path {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    directory.unwrap_or(Path::new("."))
}

/// A new file in the same directory, with a name that no other has, to be renamed to `path`. It has the owner and the
/// rights of the file that is there. Dropping it removes it.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let old = path.metadata().ok();
    if let Some(old) = &old {
        if old.permissions().readonly() {
            return Err(io::Error::other("it is read-only"));
        }
        File::options().write(true).open(path)?; // only to know that this is allowed
    }
    let mut new = tempfile::Builder::new();
    new.prefix(".crossover-");
    #[cfg(unix)]
    new.permissions(fs::Permissions::from_mode(0o666)); // less what the umask takes away
    let new = new.tempfile_in(directory_of(path))?;
    if let Some(old) = old {
        #[cfg(unix)]
        // Only root can give a file to another user. For all others it has the right owner already.
        let _ = unix_fs::fchown(new.as_file(), Some(old.uid()), Some(old.gid()));
        new.as_file().set_permissions(old.permissions())?;
    }
    Ok(new)
}

/// Held while a file is replaced: so nothing is left behind by a signal.
static REPLACING: Mutex<()> = Mutex::new(());

/// Waits until no file is being replaced, and keeps it so.
pub(crate) fn nothing_half_written() -> MutexGuard<'static, ()> {
    REPLACING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let _replacing = nothing_half_written();
    fs::create_dir_all(directory_of(path))?;
    let mut new = beside(path)?;
    new.write_all(contents)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}
