//! What a process holds, so that what was not released can be found.

/// This process's children, open descriptors and shared mappings.
///
/// Linux only, where `/proc` tells; elsewhere it is always empty, so no leftover is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Process ids of children, running or not yet reaped.
    pub children: Vec<String>,
    /// The numbers of open file descriptors.
    pub descriptors: Vec<String>,
    /// The address ranges of shared mappings.
    pub shared_mappings: Vec<String>,
}

impl Leftovers {
    /// As it is at this moment.
    #[cfg(target_os = "linux")]
    pub fn now() -> Self {
        use std::fs::{read_dir, read_to_string};

        let entries = |directory: &str| -> Vec<String> {
            let entries = read_dir(directory).into_iter().flatten().flatten();
            let mut names: Vec<_> = entries
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        let words = |text: String| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let children = entries("/proc/self/task")
            .iter()
            .filter_map(|thread| read_to_string(format!("/proc/self/task/{thread}/children")).ok())
            .flat_map(words)
            .collect();
        let maps = read_to_string("/proc/self/maps").unwrap_or_default();
        let shared_mappings = maps
            .lines()
            .filter_map(|line| {
                let (range, rest) = line.split_once(' ')?;
                rest.as_bytes()
                    .get(3)
                    .is_some_and(|&flag| flag == b's')
                    .then(|| range.to_owned())
            })
            .collect();
        Self {
            children,
            descriptors: entries("/proc/self/fd"),
            shared_mappings,
        }
    }

    /// As it is at this moment: nothing is known.
    #[cfg(not(target_os = "linux"))]
    pub fn now() -> Self {
        Self::default()
    }
}
