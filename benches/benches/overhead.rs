//! What does one of each cost: one process, one thread, one lock, one message?
//!
//! Run: `cargo bench --bench overhead`, then open `target/criterion/cost-procs/report/index.html` and `cost-threads`
//! beside it. Look for the powers of ten; `docs/criterion.md` says more. What a message between processes costs is in
//! the groups of `ipc`.
//!
//! The processes are floors, as in the `floors` example: each process is timed by a process that has one thread, so
//! it may fork.

mod measured;
mod settings;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use criterion::BenchmarkId;
use estimator::{Run, Side};
use laboratory::floors::contests;
use laboratory::measuring::Subject;
use laboratory::take_role_if_asked;
use rayon::ThreadPoolBuilder;
use settings::Group;

fn main() {
    take_role_if_asked();
    let mut criterion = settings::criterion();
    let mut processes = settings::group(&mut criterion, "cost-procs");
    started_processes(&mut processes);
    processes.finish();

    let mut threads = settings::group(&mut criterion, "cost-threads");
    started_threads(&mut threads);
    pool(&mut threads);
    locks_and_messages(&mut threads);
    threads.finish();
    criterion.final_summary();
}

fn started_processes(group: &mut Group) {
    for (method, floor) in [
        ("vfork+wait", "vfork, _exit, wait"), // only Linux has it
        ("fork+wait", "fork, _exit, wait: small parent"),
        ("spawn+wait", "posix_spawn, wait"),
    ] {
        if let Some(contest) = contests().into_iter().find(|it| it.floor == floor) {
            let (id, side) = (BenchmarkId::from_parameter(method), Side::Base);
            measured::bench(group, id, &Subject::Floor(contest), Run { side, at: 1 });
        }
    }
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
