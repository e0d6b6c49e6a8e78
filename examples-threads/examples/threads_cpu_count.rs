//! How many CPUs a machine has, how many a process may use, and how many workers to start.
//!
//! Hyper-threading makes two logical CPUs of one core. The affinity mask says which of them a
//! process may run on, and a container's quota how much of them it may use up in each period.
//! Python's `os.cpu_count()` sees neither limit.
//!
//! Run: `cargo run --example threads_cpu_count`
//!
//! Expected output (on Linux; other systems have the last line only):
//!
//! ```text
//! physical cores: [..]
//! logical CPUs: [..], of which the affinity mask allows [..]
//! cgroup quota in CPUs: [..]
//! available_parallelism: [..], so that many workers for compute-bound work
//! ```
//!
//! Try: `taskset --cpu-list 0 cargo run --example threads_cpu_count`, or run it in a container that
//! was started with `--cpus 1.5`, and look at which lines change.

use std::{io, thread};

use workloads::println;

fn main() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    linux::print_limits();
    let workers = thread::available_parallelism()?;
    println!("available_parallelism: {workers}, so that many workers for compute-bound work");
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{collections::BTreeSet, fs, path::Path};

    use workloads::println;

    pub(super) fn print_limits() {
        println!("physical cores: {}", physical_cores());
        let status = read("/proc/self/status");
        let mask = status.split("Cpus_allowed_list:").nth(1).unwrap_or("");
        let online = cpus(&read("/sys/devices/system/cpu/online"));
        // The mask may name CPUs that are not there.
        let (all, allowed) = (online.len(), (&online & &cpus(mask)).len());
        println!("logical CPUs: {all}, of which the affinity mask allows {allowed}");
        let quota = quota().map_or("none".to_owned(), |cpus| cpus.to_string());
        println!("cgroup quota in CPUs: {quota}");
    }

    /// The logical CPUs of a core name the same siblings, so each list that differs is a core.
    fn physical_cores() -> usize {
        let cpus = fs::read_dir("/sys/devices/system/cpu")
            .into_iter()
            .flatten()
            .flatten();
        let siblings = cpus.map(|cpu| read(cpu.path().join("topology/thread_siblings_list")));
        siblings
            .filter(|list| !list.is_empty())
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// The CPUs in the list, such as `0-3,8`, that is the first word of `text`.
    fn cpus(text: &str) -> BTreeSet<usize> {
        let list = text.split_whitespace().next().unwrap_or("");
        let ranges = list.split(',').filter_map(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            Some(from.parse().ok()?..=to.parse().ok()?)
        });
        ranges.flatten().collect()
    }

    /// The smallest quota of this process's control groups and of the groups around them, in CPUs.
    fn quota() -> Option<f64> {
        let groups = read("/proc/self/cgroup");
        // A line is `number:controllers:path`, and version 2 names no controllers.
        let groups = groups.lines().map(|line| line.splitn(3, ':').skip(1));
        let quotas = groups.flat_map(|mut fields| {
            let (mount, path) = (fields.next().unwrap_or(""), fields.next().unwrap_or("/"));
            let around = Path::new(path).ancestors().map(Path::display);
            around.filter_map(move |group| quota_of(&format!("/sys/fs/cgroup/{mount}{group}")))
        });
        quotas.min_by(f64::total_cmp)
    }

    fn quota_of(group: &str) -> Option<f64> {
        // Version 2 has one file with both numbers, version 1 one file for each.
        let files = ["cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us"];
        let numbers = files.map(|file| read(format!("{group}/{file}"))).join(" ");
        let mut microseconds = numbers.split_whitespace().map(str::parse::<f64>);
        // No quota is `max` in version 2, and -1 in version 1.
        let quota = microseconds.next()?.ok().filter(|quota| *quota > 0.0)?;
        Some(quota / microseconds.next()?.ok()?)
    }

    /// A file's text; nothing where there is no such file.
    fn read(path: impl AsRef<Path>) -> String {
        fs::read_to_string(path).unwrap_or_default()
    }
}
