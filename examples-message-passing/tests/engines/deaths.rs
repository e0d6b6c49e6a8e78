//! Engines that end.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use examples_message_passing::engines::Names;
use examples_processes::Failure;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use workloads::Cause;

use crate::harness::{Test, builder, cluster, die};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_task_whose_engine_dies_is_done_by_another",
        a_task_whose_engine_dies_is_done_by_another,
    ),
    (
        "a_task_in_which_engines_die_again_and_again",
        a_task_in_which_engines_die_again_and_again,
    ),
    ("no_engine_is_left", no_engine_is_left),
    (
        "a_direct_call_fails_with_its_engine",
        a_direct_call_fails_with_its_engine,
    ),
    (
        "a_killed_worker_of_an_engine_costs_no_engine",
        a_killed_worker_of_an_engine_costs_no_engine,
    ),
    ("a_random_engine_is_killed", a_random_engine_is_killed),
];

fn a_task_whose_engine_dies_is_done_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = cluster(2);
    let died = folder.path().join("died");
    let once = |died: &PathBuf, n: u64| {
        if n == 5 && std::fs::File::create_new(died).is_ok() {
            die();
        }
        n * n
    };
    let squares = cluster.balanced().with(&died).map(once, 0..20).unwrap();
    assert_eq!(squares, (0..20).map(|n| n * n).collect::<Vec<_>>());
    assert_eq!(cluster.engines().len(), 1);
}

fn a_task_in_which_engines_die_again_and_again() {
    let cluster = cluster(5);
    let poison = |(): &(), n: u64| if n == 7 { die() } else { n };
    let error = cluster.balanced().map(poison, 0..20).unwrap_err();
    assert_eq!((error.index, error.deaths), (7, 3));
    assert_eq!(
        error.failure,
        Failure::Died(Cause::Killed("SIGKILL".to_owned()))
    );
    assert_eq!(cluster.engines().len(), 2);
    let once = NonZero::<u32>::MIN;
    let error = cluster
        .balanced()
        .attempts(once)
        .map(poison, 5..9)
        .unwrap_err();
    assert_eq!((error.index, error.deaths), (2, 1));
    assert_eq!(cluster.balanced().map(poison, 0..3).unwrap(), [0, 1, 2]);

    // A task that an engine had, and had not begun when it died, is done by another one, also if none is tried again.
    let cluster = builder().start(2).unwrap();
    let dies_at_0 = |(): &(), n: u64| if n == 0 { die() } else { n };
    let view = cluster.balanced().attempts(once);
    let tasks: Vec<_> = (0..4).map(|n| view.submit(dies_at_0, n).unwrap()).collect();
    assert!(tasks[0].wait().is_err());
    for (n, task) in (0..).zip(&tasks).skip(1) {
        assert_eq!(task.wait(), Ok(n));
    }
}

fn no_engine_is_left() {
    let cluster = cluster(1);
    let error = cluster
        .balanced()
        .map(|(), _: u64| -> u64 { die() }, 0..3)
        .unwrap_err();
    assert!(error.to_string().contains("no engine is left"), "{error}");
    let error = cluster.balanced().map(|(), n: u64| n, 0..3).unwrap_err();
    assert!(error.to_string().contains("killed by SIGKILL"), "{error}");
    assert!(cluster.direct().engines().is_empty());
    let nowhere = cluster.direct().push("number", 1_u64).unwrap_err();
    assert!(nowhere.to_string().contains("no engine"), "{nowhere}");
}

fn a_direct_call_fails_with_its_engine() {
    let cluster = cluster(2);
    let view = cluster.direct();
    let exits = |_: &mut Names, status: i32| -> () { std::process::exit(status) };
    let error = view.apply(exits, 3).unwrap_err();
    assert_eq!(error.failure, Failure::Died(Cause::Exited(3)));
    // A view that was made before does not wait for engines that have ended.
    let late = view.pull::<u64>("anything").unwrap_err();
    assert!(matches!(late.failure, Failure::Died(_)), "{late}");
}

fn a_killed_worker_of_an_engine_costs_no_engine() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = builder().pool(NonZero::<usize>::MIN).start(2).unwrap();
    let folder = folder.path().to_owned();
    let once = |folder: &PathBuf, n: u64| {
        if n % 10 == 5 && std::fs::File::create_new(folder.join(n.to_string())).is_ok() {
            die();
        }
        n * n
    };
    let squares = cluster.balanced().with(&folder).map(once, 0..50).unwrap();
    assert_eq!(squares, (0..50).map(|n| n * n).collect::<Vec<_>>());
    assert_eq!(cluster.engines().len(), 2);
}

/// As often as `ENGINE_RUNS` says, each time at another moment: all complete, with the right answer, and nothing is left.
fn a_random_engine_is_killed() {
    let runs = std::env::var("ENGINE_RUNS").map_or(10, |runs| runs.parse().unwrap());
    let seed = std::env::var("ENGINE_SEED").map_or(13, |seed| seed.parse().unwrap());
    let mut random = SplitMix64::seed_from_u64(seed);
    let mut slowest = Duration::ZERO;
    for run in 0..runs {
        let begin = Instant::now();
        let cluster = cluster(3);
        let engines = cluster.engines();
        let processes: Vec<i32> = engines.iter().map(|(_, place)| process_of(place)).collect();
        let victim = Pid::from_raw(processes[random.next_u64() as usize % 3]);
        let moment = Duration::from_micros(random.next_u64() % 30_000);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(moment);
            kill(victim, Signal::SIGKILL)
        });
        let work = |(): &(), n: u64| {
            std::thread::sleep(Duration::from_micros(200 + n % 7 * 100));
            n * n
        };
        let squares = cluster.balanced().map(work, 0..100);
        assert_eq!(
            squares,
            Ok((0..100).map(|n| n * n).collect()),
            "run {run}, seed {seed}"
        );
        killer.join().unwrap().unwrap();
        let end = Instant::now() + Duration::from_secs(5);
        while cluster.engines().len() == 3 {
            assert!(
                Instant::now() < end,
                "run {run}, seed {seed}: its end was not noticed"
            );
        }
        drop(cluster);
        for process in processes {
            let is_left = Path::new(&format!("/proc/{process}")).exists();
            assert!(
                !is_left,
                "run {run}, seed {seed}: process {process} was left behind"
            );
        }
        slowest = slowest.max(begin.elapsed());
    }
    println!("{runs} runs with an engine killed, the slowest took {slowest:.2?}");
}

/// The process id that an engine says.
fn process_of(place: &str) -> i32 {
    place.rsplit(' ').next().unwrap().parse().unwrap()
}
