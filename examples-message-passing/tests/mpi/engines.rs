//! Ranks that are engines of a controller on rank 0.

use std::collections::HashSet;
use std::num::NonZero;
use std::process::{self, ExitCode};
use std::sync::Once;
use std::thread;
use std::time::Duration;

use examples_message_passing::engines::{Cluster, Names};
use examples_processes::{Failure, Plain};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use workloads::random_squares::RandomSquares;
use workloads::{Map, Workload};

/// Plays a part; `None` if there is none of this name.
pub(crate) fn play(part: &str) -> Option<ExitCode> {
    let lead = match part {
        "engines" => views,
        "engines-killed" => killed,
        "engines-lost" => lost,
        _ => return None,
    };
    let pool = (part == "engines-killed").then_some(NonZero::<usize>::MIN);
    if let Some(cluster) = Cluster::over_ranks(pool).expect("there are ranks") {
        lead(&cluster);
        println!("{} engines, all as in serial", cluster.engines().len());
    }
    Some(ExitCode::SUCCESS)
}

fn views(cluster: &Cluster) {
    let direct = cluster.direct();
    // Several megabytes: messages that wait for their receivers, in both directions.
    let numbers: Vec<u64> = (0..1_000_003).collect();
    direct.scatter("numbers", &numbers).unwrap();
    let square = |names: &mut Names, ()| {
        let numbers = names.get_mut::<Vec<u64>>("numbers");
        for n in &mut *numbers {
            *n *= *n;
        }
    };
    direct.apply(square, ()).unwrap();
    let squares: Vec<u64> = numbers.iter().map(|n| n * n).collect();
    assert_eq!(direct.gather::<u64>("numbers").unwrap(), squares);

    let large = |(): &(), Plain(mut part): Plain<u64>| {
        part.reverse();
        Plain(part)
    };
    let balanced = cluster.balanced();
    for (k, result) in balanced
        .as_completed(large, (0..20).map(|_| Plain(numbers.clone())))
        .unwrap()
    {
        let Plain(part) = result.unwrap();
        assert!(part.iter().rev().eq(&numbers), "part {k}");
    }
    // A panic of a function is an error of its task, and the job goes on.
    let odd = |(): &(), n: u64| {
        assert!(n != 13, "it is {n}");
        n
    };
    let error = balanced.map(odd, 0..30).unwrap_err();
    assert!(
        matches!(error.failure, Failure::Panicked { .. }) && error.index == 13,
        "{error}"
    );
    assert_eq!(
        balanced.map(odd, 0..13).unwrap(),
        (0..13).collect::<Vec<_>>()
    );
    // The cluster is dropped while engines compute large results, which are not wanted any more.
    let slow = |(): &(), ()| {
        thread::sleep(Duration::from_millis(300));
        Plain(vec![0_u8; 10 << 20])
    };
    for _ in 0..3 {
        let task = balanced.submit(slow, ()).unwrap();
        assert!(task.wait_for(Duration::from_millis(50)).is_none());
    }
}

/// In the environment of a job: its journal.
pub(crate) const JOURNAL: &str = "JOURNAL_OF_THIS_TEST";
/// In the environment of a job: a rank is killed in the task of this number.
pub(crate) const KILLED_IN: &str = "KILLED_IN";

/// A rank is killed, and with it the job. The next job repeats only what was unfinished.
fn lost(cluster: &Cluster) {
    let square = |(): &(), n: u64| {
        thread::sleep(Duration::from_millis(5));
        if std::env::var(KILLED_IN).is_ok_and(|it| it == n.to_string()) {
            kill(Pid::this(), Signal::SIGKILL).unwrap();
        }
        n * n
    };
    let journal = std::env::var_os(JOURNAL).unwrap();
    let view = cluster.balanced().journal(journal.as_ref());
    let squares = view.map(square, 0..100).unwrap();
    assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
    println!("{} tasks in this job", cluster.progress().1);
}

/// Each worker is killed 200 ms after its first task, wherever it is then, and so is the one that takes its place.
fn killed(cluster: &Cluster) {
    const TASKS: usize = 1_000;
    const EACH: usize = 2_000;
    let workload = RandomSquares::with_input(TASKS * EACH, &["plain".to_owned()]).unwrap();
    let compute = |workload: &RandomSquares, k: usize| {
        static FIRST: Once = Once::new();
        FIRST.call_once(|| {
            thread::spawn(|| {
                thread::sleep(Duration::from_millis(200));
                kill(Pid::this(), Signal::SIGKILL)
            });
        });
        let items = workload.items(k * EACH..(k + 1) * EACH);
        (process::id(), Plain(items))
    };
    let view = cluster.balanced().with(&workload);
    let parts = view.map(compute, 0..TASKS).unwrap();
    let (workers, items): (HashSet<_>, Vec<_>) = parts.into_iter().unzip();
    let items = items.into_iter().flat_map(|Plain(part)| part);
    assert!(
        items.eq(workload.items(0..TASKS * EACH)),
        "another answer than serial"
    );
    let engines = cluster.engines().len();
    assert!(workers.len() > engines, "no worker was killed");
    println!(
        "{} workers, all but the last {engines} killed",
        workers.len()
    );
}
