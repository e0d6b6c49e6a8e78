//! What does one of it cost: one process, one thread, one lock, one message?
//!
//! Run: `cargo bench --bench overhead`, then open `target/criterion/cost-procs/report/index.html` and `cost-threads`
//! beside it. Look for the powers of ten; `docs/criterion.md` says more. What a message between processes costs is in the
//! groups of `ipc`.
//!
//! Processes come first, because only a process with one thread may fork, and the other group
//! starts threads.

#![expect(unsafe_code, reason = "a bare fork is measured")]

mod settings;

use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rayon::ThreadPoolBuilder;
use settings::Group;

/// Set in the environment of the process that `spawn+wait` starts, which does nothing.
const IDLE: &str = "CROSSOVER_IDLE";

fn main() {
    if std::env::var_os(IDLE).is_some() {
        return;
    }
    let mut criterion = settings::criterion();
    let mut processes = settings::group(&mut criterion, "cost-procs");
    #[cfg(unix)]
    forked_process(&mut processes);
    spawned_process(&mut processes);
    processes.finish();

    let mut threads = settings::group(&mut criterion, "cost-threads");
    started_threads(&mut threads);
    pool(&mut threads);
    locks_and_messages(&mut threads);
    threads.finish();
    criterion.final_summary();
}

#[cfg(unix)]
fn forked_process(group: &mut Group) {
    use nix::libc::_exit;
    use nix::sys::wait::waitpid;
    use nix::unistd::{ForkResult, fork};

    examples_processes::OneThread::check().expect("no thread has been started yet");
    group.bench_function("fork+wait", |bencher| {
        // SAFETY: this process has one thread, and the child only leaves.
        bencher.iter(|| match unsafe { fork() }.expect("fork") {
            // SAFETY: `_exit` may be called at any time.
            ForkResult::Child => unsafe { _exit(0) },
            ForkResult::Parent { child } => waitpid(child, None).expect("its child ends"),
        });
    });
}

fn spawned_process(group: &mut Group) {
    let executable = std::env::current_exe().expect("a running program has a path");
    group.bench_function("spawn+wait", |bencher| {
        let mut idle = Command::new(&executable);
        idle.env(IDLE, "1");
        bencher.iter(|| idle.status().expect("it starts"));
    });
}

fn started_threads(group: &mut Group) {
    group.bench_function("spawn+join", |bencher| {
        bencher.iter(|| thread::spawn(|| black_box(1)).join().is_ok());
    });
    group.bench_function("scope", |bencher| {
        bencher.iter(|| thread::scope(|scope| scope.spawn(|| black_box(1)).join().is_ok()));
    });
}

fn pool(group: &mut Group) {
    let two_threads = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = two_threads.expect("threads can be started");
    group.bench_function("rayon join", |bencher| {
        pool.install(|| bencher.iter(|| rayon::join(|| black_box(1), || black_box(2))));
    });
    group.bench_function("rayon install", |bencher| {
        bencher.iter(|| pool.install(|| black_box(1)));
    });
}

fn locks_and_messages(group: &mut Group) {
    let mutex = parking_lot::Mutex::new(0_u64);
    group.bench_function("mutex lock", |bencher| bencher.iter(|| *mutex.lock() += 1));
    let atomic = AtomicU64::new(0);
    group.bench_function("atomic add", |bencher| {
        bencher.iter(|| atomic.fetch_add(1, Ordering::Relaxed));
    });
    let (sender, receiver) = crossbeam::channel::bounded(1);
    group.bench_function("send+recv", |bencher| {
        bencher.iter(|| {
            sender.send(black_box(1)).expect("the receiver is here");
            receiver.recv().expect("a message is there")
        });
    });
}
