//! What the building blocks cost: one thread, one lock, one message, one process.
//!
//! Run: `cargo bench --bench overhead`, then open
//! `target/criterion/overhead-processes/report/index.html` and `overhead-threads` beside it. Look
//! for the powers of ten: a lock or a message between threads costs nanoseconds, a thread some ten
//! microseconds, a process hundreds. That is what a task has to be worth.
//!
//! Processes come first, because only a process with one thread may fork, and the other group
//! starts threads. A round trip through a pipe is shown twice: with both processes pinned to one
//! core, and with each on a core of its own, where every message has to wake that core up.

#![expect(unsafe_code, reason = "a bare fork is measured")]

#[cfg(unix)]
mod cores;
mod settings;

use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};
use settings::Group;

/// Set in the environment of the process that `spawn+wait` starts, which does nothing.
const IDLE: &str = "CROSSOVER_IDLE";

fn main() {
    if std::env::var_os(IDLE).is_some() {
        return;
    }
    let mut criterion = settings::criterion();
    let mut processes = settings::group(&mut criterion, "overhead-processes");
    #[cfg(unix)]
    {
        forked_process(&mut processes);
        pipe_round_trips(&mut processes);
    }
    spawned_process(&mut processes);
    processes.finish();

    let mut threads = settings::group(&mut criterion, "overhead-threads");
    started_threads(&mut threads);
    pool(&mut threads);
    shared_memory(&mut threads);
    messages(&mut threads);
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

#[cfg(unix)]
fn pipe_round_trips(group: &mut Group) {
    use std::io::{self, Read, Write};

    use examples_processes::{OneThread, Team};

    for placement in cores::placements() {
        let name = format!("pipe round trip, {}", placement.name.replace('-', " "));
        group.bench_function(name, |bencher| {
            let (from_parent, mut to_echo) = io::pipe().expect("a pipe");
            let (mut from_echo, to_parent) = io::pipe().expect("a pipe");
            let mut team = Team::new();
            let alone = OneThread::check().expect("no thread has been started yet");
            let ours = from_echo.try_clone().expect("a descriptor");
            team.fork(
                alone,
                0..1,
                ours,
                (from_parent, to_parent),
                |(mut tasks, mut replies)| {
                    placement.pin_child();
                    let mut byte = [0];
                    loop {
                        tasks.read_exact(&mut byte)?;
                        replies.write_all(&byte)?;
                    }
                },
            )
            .expect("fork");
            let _pinned = placement.pin_parent();
            let mut byte = [0];
            bencher.iter(|| {
                to_echo.write_all(&byte).expect("the echo lives");
                from_echo.read_exact(&mut byte).expect("the echo lives");
            });
        });
    }
}

fn spawned_process(group: &mut Group) {
    group.bench_function("spawn+wait", |bencher| {
        let executable = std::env::current_exe().expect("a running program has a path");
        bencher.iter(|| {
            Command::new(&executable)
                .env(IDLE, "1")
                .status()
                .expect("it starts")
        });
    });
}

fn started_threads(group: &mut Group) {
    group.bench_function("thread spawn+join", |bencher| {
        bencher.iter(|| {
            thread::spawn(|| black_box(1))
                .join()
                .expect("it does not panic")
        });
    });
    group.bench_function("thread scope", |bencher| {
        bencher.iter(|| thread::scope(|scope| scope.spawn(|| black_box(1)).join().is_ok()));
    });
}

fn pool(group: &mut Group) {
    group.bench_function("rayon join", |bencher| {
        with_two_threads(|two| {
            two.install(|| bencher.iter(|| rayon::join(|| black_box(1), || black_box(2))));
        });
    });
    group.bench_function("pool dispatch", |bencher| {
        with_two_threads(|two| bencher.iter(|| two.install(|| black_box(1))));
    });
}

/// A pool for as long as `measure` runs: its threads are joined afterwards.
fn with_two_threads(measure: impl FnOnce(&ThreadPool)) {
    ThreadPoolBuilder::new()
        .num_threads(2)
        .build_scoped(rayon::ThreadBuilder::run, measure)
        .expect("two threads");
}

fn shared_memory(group: &mut Group) {
    let mutex = parking_lot::Mutex::new(0_u64);
    group.bench_function("mutex lock", |bencher| bencher.iter(|| *mutex.lock() += 1));
    let atomic = AtomicU64::new(0);
    group.bench_function("atomic add", |bencher| {
        bencher.iter(|| atomic.fetch_add(1, Ordering::Relaxed));
    });
}

fn messages(group: &mut Group) {
    let (sender, receiver) = crossbeam::channel::bounded(1);
    group.bench_function("channel send+recv", |bencher| {
        bencher.iter(|| {
            sender.send(black_box(1)).expect("the receiver is here");
            receiver.recv().expect("a message is there")
        });
    });
}
