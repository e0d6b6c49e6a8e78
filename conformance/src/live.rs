//! The processes of cases that run now. They are ended when this process ends, in any way except by SIGKILL.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

/// The process of a case, which leads a process group, and its directory. Both end when it is dropped.
pub(crate) struct Live {
    pub(crate) process: Child,
    directory: TempDir,
}

/// The leaders of the process groups, and their directories.
static ALL: Mutex<Vec<(u32, PathBuf)>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<(u32, PathBuf)>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    pub(crate) fn new(process: Child, directory: TempDir) -> Self {
        all().push((process.id(), directory.path().to_owned()));
        Self { process, directory }
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Kills what is left of the process and of those that it has started, and reaps it.
    pub(crate) fn kill(&mut self) {
        let leader = self.process.id();
        let mut all = all();
        kill_group(leader);
        // An error says that it has been reaped already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        all.retain(|(other, _)| *other != leader);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.kill();
    }
}

fn kill_group(leader: u32) {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, killpg};
        let group = nix::unistd::Pid::from_raw(leader.cast_signed());
        // It fails only if no process of the group is left.
        let _ = killpg(group, Signal::SIGKILL);
    }
    #[cfg(not(unix))]
    let _ = leader;
}

/// Lets Ctrl-C and the like end the cases that run, before they end this process as usual.
#[cfg(unix)]
pub(crate) fn end_with_this_process() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::Builder::new().spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // It stays locked: no other case is forgotten or begins to be watched.
            let all = all();
            for (leader, directory) in &*all {
                kill_group(*leader);
                // What cannot be removed is left in the directory for temporary files.
                let _ = std::fs::remove_dir_all(directory);
            }
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// On other systems, a case ends when it has finished.
#[cfg(not(unix))]
pub(crate) fn end_with_this_process() -> io::Result<()> {
    Ok(())
}
