//! What the building blocks cost: one thread, one lock, one message, one process.
//!
//! Run: `cargo bench --bench overhead`, then open `target/criterion/overhead/report/index.html`.
//!
//! Processes come first, because only a process with one thread may fork, and later lines start
//! threads. A round trip through a pipe is shown twice: with both processes pinned to one core, and
//! with each on a core of its own, where every message has to wake that core up.

#![expect(unsafe_code, reason = "a bare fork is measured")]

mod settings;

use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;

/// Set in the environment of the process that `spawn+wait` starts, which does nothing.
const IDLE: &str = "CROSSOVER_IDLE";

fn main() {
    if std::env::var_os(IDLE).is_some() {
        return;
    }
    let mut criterion = settings::criterion();
    let mut group = criterion.benchmark_group("overhead");
    #[cfg(unix)]
    forked_processes(&mut group);
    spawned_process(&mut group);
    threads(&mut group);
    shared_memory(&mut group);
    messages(&mut group);
    group.finish();
    criterion.final_summary();
}

type Group<'a> = BenchmarkGroup<'a, WallTime>;

#[cfg(unix)]
fn forked_processes(group: &mut Group) {
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
    #[cfg(target_os = "linux")]
    pipe_round_trips(group);
}

#[cfg(target_os = "linux")]
fn pipe_round_trips(group: &mut Group) {
    use std::io::{self, Read, Write};

    use examples_processes::{OneThread, Team};
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    const THIS: Pid = Pid::from_raw(0);
    let pin = |core: usize| {
        let mut cores = CpuSet::new();
        cores.set(core).expect("a core's number fits the set");
        sched_setaffinity(THIS, &cores).expect("the core is among the allowed");
    };
    let allowed = sched_getaffinity(THIS).expect("a process may ask for its own cores");
    let mut cores = (0..CpuSet::count()).filter(|&core| allowed.is_set(core) == Ok(true));
    let first = cores.next().expect("this runs on some core");
    let lines = [
        ("pipe round trip, one core", Some(first)),
        ("pipe round trip, two cores", cores.next()),
    ];
    for (name, echo_core) in lines {
        let Some(echo_core) = echo_core else { continue }; // there is only one core
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
                    pin(echo_core);
                    let mut byte = [0];
                    loop {
                        tasks.read_exact(&mut byte)?;
                        replies.write_all(&byte)?;
                    }
                },
            )
            .expect("fork");
            pin(first);
            let mut byte = [0];
            bencher.iter(|| {
                to_echo.write_all(&byte).expect("the echo lives");
                from_echo.read_exact(&mut byte).expect("the echo lives");
            });
            sched_setaffinity(THIS, &allowed).expect("they were allowed before");
        });
    }
}

fn spawned_process(group: &mut Group) {
    let executable = std::env::current_exe().expect("a running program has a path");
    group.bench_function("spawn+wait", |bencher| {
        bencher.iter(|| {
            Command::new(&executable)
                .env(IDLE, "1")
                .status()
                .expect("it starts")
        });
    });
}

fn threads(group: &mut Group) {
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
    let two = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .expect("two threads");
    group.bench_function("rayon join", |bencher| {
        two.install(|| bencher.iter(|| rayon::join(|| black_box(1), || black_box(2))));
    });
    group.bench_function("pool dispatch", |bencher| {
        bencher.iter(|| two.install(|| black_box(1)));
    });
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
