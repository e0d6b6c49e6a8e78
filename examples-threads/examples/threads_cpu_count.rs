//! How many cores a machine has, how many a process may use, and how many workers to start.
//!
//! Hyper-threading makes two logical CPUs of one core. The affinity mask says on which of them a
//! process may run. A container's quota limits how much of them the process may use. Python's
//! `os.cpu_count()` sees neither limit.
//!
//! Run: `cargo run --example threads_cpu_count`
//!
//! Expected output (the two lines in the middle on Linux only):
//!
//! ```text
//! physical cores: [..]
//! logical CPUs: [..]
//! logical CPUs that the affinity mask allows: [..]
//! available_parallelism: [..], so start this many workers for work that computes
//! ```
//!
//! Try: on Linux, `taskset --cpu-list 0 cargo run --example threads_cpu_count`: the mask changes
//! the last two lines. In a container that was started with a quota (`docker run --cpus 1 ...`),
//! only the last line changes.

use std::{io, thread};

use workloads::println;

fn main() -> io::Result<()> {
    println!("physical cores: {}", num_cpus::get_physical());
    #[cfg(target_os = "linux")]
    print_logical_cpus()?;
    // Takes the mask and the quota into account, and rounds a quota such as 1.5 CPUs down.
    let workers = thread::available_parallelism()?;
    println!("available_parallelism: {workers}, so start this many workers for work that computes");
    Ok(())
}

#[cfg(target_os = "linux")]
fn print_logical_cpus() -> nix::Result<()> {
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::{Pid, SysconfVar, sysconf};

    let online = sysconf(SysconfVar::_NPROCESSORS_ONLN)?.expect("Linux knows it");
    println!("logical CPUs: {online}");
    let mask = sched_getaffinity(Pid::this())?;
    let mut allowed = 0;
    for cpu in 0..CpuSet::count() {
        allowed += usize::from(mask.is_set(cpu)?);
    }
    println!("logical CPUs that the affinity mask allows: {allowed}");
    Ok(())
}
