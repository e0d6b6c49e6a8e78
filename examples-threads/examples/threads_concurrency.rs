//! Concurrency: two tasks are under way at the same time. Parallelism: two tasks compute at the
//! same time.
//!
//! A task that waits (for a disk, a server, a user) needs no core meanwhile. So two such tasks take
//! as long as one, even on one core. Two tasks that compute take turns on one core, and gain only
//! from a second core.
//!
//! Run: `cargo run --example threads_concurrency`
//!
//! Expected output (on Linux; the call that keeps a thread on one core differs between systems, so
//! elsewhere the last three lines are missing):
//!
//! ```text
//! two tasks that wait:    one after the other [..], at the same time [..]
//! two tasks that compute: one after the other [..], at the same time [..]
//! now on one core:
//! two tasks that wait:    one after the other [..], at the same time [..]
//! two tasks that compute: one after the other [..], at the same time [..]
//! ```
//!
//! Each time is the shortest of three.
//!
//! Try: before you run it, write down for each line by which factor "at the same time" is faster.
//! Only one of the four factors depends on your number of cores. Which?

use std::thread;
use std::time::{Duration, Instant};

use workloads::println;
use workloads::random_squares::square_of_draw;

fn main() {
    compare();
    #[cfg(target_os = "linux")]
    {
        println!("now on one core:");
        stay_on_one_core().expect("a thread may stay on the core that it runs on");
        compare();
    }
}

fn compare() {
    print_times("two tasks that wait:   ", wait);
    print_times("two tasks that compute:", compute);
}

fn print_times(tasks: &str, task: fn()) {
    let mut one_by_one = Duration::MAX;
    let mut together = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        task();
        task();
        one_by_one = one_by_one.min(start.elapsed());

        let start = Instant::now();
        thread::scope(|scope| {
            scope.spawn(task);
            scope.spawn(task);
        });
        together = together.min(start.elapsed());
    }
    println!("{tasks} one after the other {one_by_one:.0?}, at the same time {together:.0?}");
}

/// Stands for waiting for a server to reply.
fn wait() {
    thread::sleep(Duration::from_millis(20));
}

fn compute() {
    // Square the digits that random generators draw, and add up.
    let sum: u64 = (0..15_000)
        .map(|seed| u64::from(square_of_draw(seed)))
        .sum();
    assert_eq!(sum, 425_794);
}

/// For this thread, and for every thread that it starts from now on.
#[cfg(target_os = "linux")]
fn stay_on_one_core() -> nix::Result<()> {
    let mut cores = nix::sched::CpuSet::new();
    cores.set(nix::sched::sched_getcpu()?)?;
    nix::sched::sched_setaffinity(nix::unistd::Pid::this(), &cores)
}
