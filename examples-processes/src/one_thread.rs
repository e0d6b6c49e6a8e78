//! Fork only from a process with one thread.

use std::io;
use std::thread;
use std::time::Duration;

use crate::keep_ended_children;

/// The evidence that this process had one thread, which [`Team::fork`](crate::Team::fork) asks for.
///
/// `fork` copies the memory of the whole process but only the calling thread. A lock that another
/// thread holds at that moment (the allocator's, that of standard output) stays locked in the child
/// forever: a call that takes it hangs. So a child of a threaded process may only call what POSIX
/// names async-signal-safe, which excludes allocating memory, and with it nearly all Rust code.
#[derive(Clone, Copy, Debug)]
pub struct OneThread(());

impl OneThread {
    /// Counts this process's threads. Also sees to it that forked children can be waited for, by
    /// [`keep_ended_children`].
    ///
    /// Only Linux shows the number of threads; elsewhere the result is always `Ok`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] if there is more than one, with the ways out.
    pub fn check() -> io::Result<Self> {
        keep_ended_children();
        // A thread that was joined may still be on its way out of the kernel: give it a moment.
        let mut patience = 50;
        loop {
            match threads()? {
                1 => return Ok(Self(())),
                _ if patience > 0 => thread::sleep(Duration::from_millis(1)),
                threads => return Err(refusal(threads)),
            }
            patience -= 1;
        }
    }
}

fn refusal(threads: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        format!(
            "this process has {threads} threads, so a forked child could hang on a lock that one of \
             them holds: fork before starting threads, or use processes/spawn"
        ),
    )
}

#[cfg(target_os = "linux")]
fn threads() -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    // One subdirectory for each thread, besides the links `.` and `..`.
    Ok(std::fs::metadata("/proc/self/task")?.nlink() - 2)
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
fn threads() -> io::Result<u64> {
    Ok(1)
}
