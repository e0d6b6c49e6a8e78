//! Reading a file so that it ends in any case and needs little memory, as `letters` does.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The largest file that is read, in bytes: 64 MiB. No source file is so large.
pub const LARGEST: u64 = 64 << 20;

/// What is in a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(String),
    /// Something that is not text in UTF-8.
    NotUtf8,
    /// More than [`LARGEST`] bytes. They are not read.
    TooLarge,
}

/// Reads the file at `path`, but never more of it than it held when it was opened: another process may write to it
/// meanwhile. The files in `/proc` say that they hold nothing, so nothing of them is read.
///
/// # Errors
///
/// Those of opening and reading. [`ErrorKind::InvalidInput`] if it is no regular file: reading a pipe or a device
/// might never end.
pub fn read(path: &Path) -> io::Result<Content> {
    let file = open_without_waiting(path)?;
    // Of what was opened: by now, `path` may lead to another file.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    if metadata.len() > LARGEST {
        return Ok(Content::TooLarge);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(metadata.len()).read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes).map_or(Content::NotUtf8, Content::Text))
}

/// Opens a file to read it. Opening a named pipe would otherwise wait until a process writes to it.
fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.read(true).open(path)
}

/// A file's time may be too early by up to this: the kernel takes it from a coarse clock.
const COARSENESS: Duration = Duration::from_millis(10);

/// If the file at `path` has changed since `time`: how, in words. It has if it is gone, or if its content, its place
/// or its permissions changed. If `path` is a link, the link counts, and the file that it leads to.
///
/// What was changed up to 10 ms before `time` may count, too. (File systems that keep whole seconds only hide changes
/// within one.)
pub fn changed_since(path: &Path, time: SystemTime) -> Option<String> {
    let since = time.checked_sub(COARSENESS).unwrap_or(time);
    let itself = fs::symlink_metadata(path);
    if let Err(error) = &itself
        && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
    {
        return Some(format!("{} is gone", path.display()));
    }
    let both = [itself, fs::metadata(path)];
    let changed = both.iter().flatten().any(|file| change_of(file) >= since);
    changed.then(|| format!("{} has changed", path.display()))
}

/// When the file was last changed in content, place or permissions.
#[cfg(unix)]
fn change_of(file: &Metadata) -> SystemTime {
    use std::os::unix::fs::MetadataExt;
    let [seconds, nanoseconds] = [file.ctime(), file.ctime_nsec()].map(u64::try_from);
    let after_1970 =
        Duration::from_secs(seconds.unwrap_or(0)) + Duration::from_nanos(nanoseconds.unwrap_or(0));
    SystemTime::UNIX_EPOCH + after_1970
}

/// When the content of the file was last changed.
#[cfg(not(unix))]
fn change_of(file: &Metadata) -> SystemTime {
    file.modified().unwrap_or(SystemTime::UNIX_EPOCH)
}
