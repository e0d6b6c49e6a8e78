//! The names of segments: made, found, and removed.

use std::io;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::mman::shm_open;
use nix::sys::stat::Mode;

use crate::names_of_this_process;
use crate::owner::Owner;

/// What others may do with a file: nothing.
const FOR_ITS_OWNER: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// A name that this process makes. It is removed when this is dropped, and when the process exits, but not by a forked
/// child, which has a copy.
#[derive(Debug)]
pub(crate) struct Name {
    text: String,
    /// The file, until it has the name. On Linux it gets its name when it is complete: so no other process ever sees half
    /// of it, and a process that is killed before leaves nothing behind.
    nameless: Option<OwnedFd>,
}

/// A new file, and its name, which no other file may have.
pub(crate) fn create(name: &str) -> io::Result<(Name, OwnedFd)> {
    check(name)?;
    if let Ok(file) = open(name) {
        return Err(taken(name, Some(&file)));
    }
    #[cfg(target_os = "linux")]
    let (file, nameless) = {
        let flags = OFlag::O_TMPFILE | OFlag::O_RDWR | OFlag::O_CLOEXEC;
        let file = nix::fcntl::open(DIRECTORY, flags, FOR_ITS_OWNER)?;
        let nameless = Some(file.try_clone()?);
        (file, nameless)
    };
    #[cfg(not(target_os = "linux"))]
    let (file, nameless) = {
        let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
        let file = shm_open(name, flags, FOR_ITS_OWNER)?;
        names_of_this_process::add(name);
        (file, None)
    };
    let name = Name {
        text: name.to_owned(),
        nameless,
    };
    Ok((name, file))
}

impl Name {
    /// From now on, other processes find the file by this name.
    pub(crate) fn publish(&mut self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Some(file) = &self.nameless {
            use nix::fcntl::{AT_FDCWD, AtFlags};
            use std::os::fd::AsRawFd;
            let link = format!("/proc/self/fd/{}", file.as_raw_fd());
            let path = format!("{DIRECTORY}{}", self.text);
            let flags = AtFlags::AT_SYMLINK_FOLLOW;
            while let Err(error) = nix::unistd::linkat(AT_FDCWD, &*link, AT_FDCWD, &*path, flags) {
                if error != Errno::EEXIST {
                    return Err(error.into());
                }
                match open(&self.text) {
                    // It was removed meanwhile, so the name is free.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    file => return Err(taken(&self.text, file.ok().as_ref())),
                }
            }
            names_of_this_process::add(&self.text);
            self.nameless = None;
        }
        Ok(())
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if self.nameless.is_none() {
            names_of_this_process::remove(&self.text);
        }
    }
}

/// The file of this name.
pub(crate) fn open(name: &str) -> io::Result<OwnedFd> {
    check(name)?;
    let file = shm_open(name, OFlag::O_RDWR, Mode::empty());
    file.map_err(|error| match error {
        Errno::ENOENT => {
            let message = format!(
                "there is no segment {name}: its owner has not created it, or has removed it"
            );
            io::Error::new(io::ErrorKind::NotFound, message)
        }
        error => error.into(),
    })
}

fn check(name: &str) -> io::Result<()> {
    let rest = name.strip_prefix('/').unwrap_or_default();
    if rest.is_empty() || rest.len() > 250 || rest.starts_with('.') || rest.contains(['/', '\0']) {
        let message =
            format!("{name:?} is no name of a segment: such as \"/name\", with one slash");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(())
}

fn taken(name: &str, file: Option<&OwnedFd>) -> io::Error {
    let why = match file.and_then(owner_of) {
        None => "by a file that is no segment of this program".to_owned(),
        Some(owner) if owner.is_dead() => format!(
            "by a segment of process {}, which has ended: `remove_left_behind` removes it",
            owner.id
        ),
        Some(owner) => format!("by a segment of process {}", owner.id),
    };
    let message = format!("the name {name} is taken {why}");
    io::Error::new(io::ErrorKind::AlreadyExists, message)
}

/// A file in memory without a name. Its size cannot be changed after [`seal`].
#[cfg(target_os = "linux")]
pub(crate) fn without_a_name() -> io::Result<OwnedFd> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    Ok(memfd_create("segment", flags)?)
}

/// Other processes that have this file cannot make it shorter, so no access to it ends a process by SIGBUS.
#[cfg(target_os = "linux")]
pub(crate) fn seal(file: &OwnedFd) -> io::Result<()> {
    use nix::fcntl::{FcntlArg, SealFlag, fcntl};
    let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    fcntl(file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(())
}

/// A file in memory whose name is removed at once.
#[cfg(not(target_os = "linux"))]
pub(crate) fn without_a_name() -> io::Result<OwnedFd> {
    let (_removed_now, file) = create(&format!("/segment-{}", std::process::id()))?;
    Ok(file)
}

/// This system has no seals.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
pub(crate) fn seal(_file: &OwnedFd) -> io::Result<()> {
    Ok(())
}

/// Where Linux shows the names.
#[cfg(target_os = "linux")]
const DIRECTORY: &str = "/dev/shm";

/// The owner of the segment in this file; `None` if there is no segment in it.
#[cfg(target_os = "linux")]
fn owner_of(file: &OwnedFd) -> Option<Owner> {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::from(file.try_clone().ok()?);
    let mut first = [0; crate::segment::OWNER_ENDS];
    // By reading, not by a mapping: another program may make a file of its own shorter at any time.
    file.read_exact_at(&mut first, 0).ok()?;
    crate::segment::owner_in(&first)
}

/// This system does not let a program read such a file.
#[cfg(not(target_os = "linux"))]
fn owner_of(_file: &OwnedFd) -> Option<Owner> {
    None
}

/// Removes the segments whose names begin with `begin`, such as `/visitors-`, and whose owners have ended without removing
/// them, for example because they were killed. Returns their names. Files that are no segments stay.
///
/// Processes that still use such a segment keep it; only its name is gone. An owner in a container with process ids of its
/// own looks dead from outside: do not call this where such a container shares its `/dev/shm`.
///
/// # Errors
///
/// On systems other than Linux, which do not show the names: [`io::ErrorKind::Unsupported`].
#[cfg(target_os = "linux")]
pub fn remove_left_behind(begin: &str) -> io::Result<Vec<String>> {
    use nix::fcntl::{Flock, FlockArg};
    use nix::sys::stat::{fstat, stat};
    let mut removed = Vec::new();
    for entry in std::fs::read_dir(DIRECTORY)? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("/{name}")) else {
            continue;
        };
        if !name.starts_with(begin) || !entry.file_type().is_ok_and(|it| it.is_file()) {
            continue;
        }
        // What cannot be opened belongs to another user, or was removed meanwhile.
        let Ok(file) = open(&name) else { continue };
        if !owner_of(&file).is_some_and(Owner::is_dead) {
            continue;
        }
        // The lock, and the second look, for the case that two processes do this at the same time: the name might
        // already be that of a new segment.
        let Ok(file) = Flock::lock(file, FlockArg::LockExclusiveNonblock) else {
            continue;
        };
        let is_same = stat(&entry.path()).is_ok_and(|it| {
            fstat(&*file).is_ok_and(|file| (file.st_dev, file.st_ino) == (it.st_dev, it.st_ino))
        });
        if is_same && nix::sys::mman::shm_unlink(&*name).is_ok() {
            removed.push(name);
        }
    }
    removed.sort();
    Ok(removed)
}

/// Refused: this system does not show the names.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn remove_left_behind(_begin: &str) -> io::Result<Vec<String>> {
    let message =
        "this system does not show the names of segments, so those of dead owners cannot be found";
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}
