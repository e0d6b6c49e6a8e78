//! Memory is reserved before it is used.
//!
//! A file in memory may be longer than the memory that it has: its pages are allocated when they are touched. If there is
//! no room then, the process that touches them is ended by a signal (SIGBUS). So all pages are allocated at the beginning,
//! where the answer can still be an error in words.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

/// Gives `file` this size, and all its pages.
///
/// # Errors
///
/// [`io::ErrorKind::StorageFull`], with a sentence that says how many bytes there are and how many are needed.
pub(crate) fn reserve(file: &OwnedFd, size: usize) -> io::Result<()> {
    let no_room = |free: u64| {
        let message =
            format!("there is no room for {size} bytes of shared memory: {free} bytes are free");
        io::Error::new(io::ErrorKind::StorageFull, message)
    };
    // First a look, so that a request that cannot be met does not take all memory for a moment.
    match free_for(file)? {
        Some(free) if free < size as u64 => return Err(no_room(free)),
        _ => {}
    }
    File::from(file.try_clone()?).set_len(size as u64)?;
    #[cfg(target_os = "linux")]
    {
        use nix::errno::Errno;
        let size = i64::try_from(size).map_err(io::Error::other)?;
        loop {
            match nix::fcntl::posix_fallocate(file, 0, size) {
                Ok(()) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(Errno::ENOSPC | Errno::ENOMEM) => {
                    return Err(no_room(free_for(file)?.unwrap_or(0)));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    // Other systems take the pages from the swap space, and have no limit for them of their own.
    #[cfg(not(target_os = "linux"))]
    Ok(())
}

/// How many bytes this file could still get, as far as that is known: what is free in its file system, and no more than
/// the memory that is available.
#[cfg(target_os = "linux")]
fn free_for(file: &OwnedFd) -> io::Result<Option<u64>> {
    let system = nix::sys::statvfs::fstatvfs(file)?;
    // A file without a name is in a file system without a limit.
    let limit = (system.blocks() > 0).then(|| system.blocks_available() * system.fragment_size());
    Ok(limit.into_iter().chain(available_memory()).min())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
fn free_for(_file: &OwnedFd) -> io::Result<Option<u64>> {
    Ok(None)
}

/// What the kernel believes that programs may still get, swap space included.
#[cfg(target_os = "linux")]
fn available_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kilobytes = |label: &str| -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(label))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    };
    Some((kilobytes("MemAvailable:")? + kilobytes("SwapFree:").unwrap_or(0)) * 1024)
}
