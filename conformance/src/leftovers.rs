//! What a process holds, so that what was not released can be found.

use crate::case::Verdict;

/// This process's children, threads, open descriptors and shared mappings: each kind with the names that the kernel has
/// for them.
///
/// Linux only, where `/proc` shows them; elsewhere it is always empty, so no leftover is found.
pub(crate) struct Leftovers(Vec<(&'static str, Vec<String>)>);

impl Leftovers {
    /// As it is at this moment.
    #[cfg(target_os = "linux")]
    pub(crate) fn now() -> Self {
        use std::fs::{read_dir, read_to_string};

        let entries = |directory: &str| -> Vec<String> {
            let entries = read_dir(directory).into_iter().flatten().flatten();
            let mut names: Vec<_> = entries
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        let children_of = |thread: &String| {
            let children = read_to_string(format!("/proc/self/task/{thread}/children"));
            let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
            children.map_or(Vec::new(), words)
        };
        let maps = read_to_string("/proc/self/maps").unwrap_or_default();
        let shared = maps.lines().filter_map(|line| {
            let (range, rest) = line.split_once(' ')?;
            let is_shared = rest.as_bytes().get(3) == Some(&b's');
            is_shared.then(|| range.to_owned())
        });
        let threads = entries("/proc/self/task");
        let children = threads.iter().flat_map(children_of).collect();
        Self(vec![
            ("child processes", children),
            ("threads", threads),
            ("open descriptors", entries("/proc/self/fd")),
            ("shared mappings", shared.collect()),
        ])
    }

    /// As it is at this moment: nothing is known.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn now() -> Self {
        Self(Vec::new())
    }

    /// Whether it holds nothing that was not there `before`.
    pub(crate) fn adds_nothing_to(&self, before: &Self) -> Verdict {
        for ((kind, before), (_, after)) in before.0.iter().zip(&self.0) {
            let left: Vec<_> = after.iter().filter(|it| !before.contains(it)).collect();
            if !left.is_empty() {
                return Err(format!("it leaves {kind} behind: {left:?}"));
            }
        }
        Ok(())
    }
}

/// Kills the children of this process, until there are none. This process is a subreaper, so the children of a killed
/// child become its own.
#[cfg(target_os = "linux")]
pub(crate) fn kill_children() {
    use nix::sys::signal::{Signal, kill};
    use nix::sys::wait::waitpid;
    use nix::unistd::Pid;

    loop {
        let Leftovers(kinds) = Leftovers::now();
        let (_, children) = &kinds[0];
        let children: Vec<i32> = children.iter().flat_map(|pid| pid.parse()).collect();
        if children.is_empty() {
            break;
        }
        for pid in children.into_iter().map(Pid::from_raw) {
            // It fails only if the child has been reaped by another thread.
            let _ = kill(pid, Signal::SIGKILL);
            let _ = waitpid(pid, None);
        }
    }
}
