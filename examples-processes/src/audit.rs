//! What a process holds, so that what was not released can be found.

/// This process's children, threads, open descriptors and shared mappings, and what lies in `/dev/shm`: each kind with the
/// names that the kernel has for them.
///
/// Linux only, where `/proc` shows them; elsewhere it is always empty, so nothing is found.
#[derive(Clone, Debug)]
pub struct Audit(Vec<(&'static str, Vec<String>)>);

impl Audit {
    /// As it is at this moment. Children are listed until they have been waited for, so a zombie is found.
    ///
    /// From now on, a process whose parent has ended becomes a child of this one (the kernel calls this one a
    /// *subreaper*): so orphans are found, too.
    #[cfg(target_os = "linux")]
    pub fn now() -> Self {
        use std::fs::{read_dir, read_to_string};

        // It fails only on kernels older than Linux 3.4.
        let _ = nix::sys::prctl::set_child_subreaper(true);
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
            (CHILDREN, children),
            ("threads", threads),
            ("open descriptors", entries("/proc/self/fd")),
            ("shared mappings", shared.collect()),
            ("entries in /dev/shm", entries("/dev/shm")),
        ])
    }

    /// As it is at this moment: nothing is known.
    #[cfg(not(target_os = "linux"))]
    pub fn now() -> Self {
        Self(Vec::new())
    }

    /// What this process holds at this moment and did not hold then: a sentence for each kind, none if there is nothing.
    pub fn left_behind(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for ((kind, before), (_, after)) in self.0.iter().zip(Self::now().0) {
            let left: Vec<_> = after.iter().filter(|it| !before.contains(it)).collect();
            if !left.is_empty() {
                sentences.push(format!("it leaves {kind} behind: {left:?}"));
            }
        }
        sentences
    }

    /// The process ids of this process's children.
    pub fn children(&self) -> Vec<i32> {
        let children = self.0.iter().filter(|(kind, _)| *kind == CHILDREN);
        children
            .flat_map(|(_, ids)| ids.iter().flat_map(|id| id.parse()))
            .collect()
    }
}

const CHILDREN: &str = "child processes";
