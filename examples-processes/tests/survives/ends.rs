//! A parent that ends, in the middle of something, takes its children along.

use std::os::unix::process::CommandExt;
use std::process::{self, Child};
use std::thread;
use std::time::Duration;

use examples_processes::{Audit, Process, ProcessPool, StartMethod};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::harness::assert_ended;
use crate::own_process::{Test, lines_of, part, part_command};
use crate::pools::{TWO, pool, work};

pub(crate) const TESTS: &[Test] = &[
    ("parent_killed", parent_killed),
    ("ctrl_c_in_each_phase", ctrl_c_in_each_phase),
    ("ctrl_c_at_random_moments", ctrl_c_at_random_moments),
];

/// Phases in which a parent can be. Each says so, with the ids of its children, and stays in it.
const PHASES: [&str; 7] = ["start", "map", "imap", "async", "idle", "drop", "process"];

fn play(phase: &str) -> ! {
    let long = |seconds| thread::sleep(Duration::from_secs(seconds));
    let say = |children: &[u32]| {
        let ids: Vec<_> = children.iter().map(ToString::to_string).collect();
        println!("{}", ids.join(" "));
    };
    if phase == "start" {
        say(&[]);
        loop {
            drop(pool());
        }
    }
    if phase == "process" {
        let methods = [
            StartMethod::Fork,
            StartMethod::Spawn,
            StartMethod::ForkServer,
        ];
        let children = methods.map(|method| Process::start("sleeper", method, long, 100));
        let mut children = children.map(|child| child.expect("it can be started"));
        say(&children.each_ref().map(Process::id));
        let _ = children[0].wait(Duration::from_secs(100));
        process::exit(1);
    }
    let pool = pool();
    say(&pool.workers());
    match phase {
        "map" => drop(pool.map(long, [100; 10])),
        "imap" => pool.imap(work, 0..).for_each(drop),
        "async" => {
            let _pending = pool.map_async(long, [100; 10]);
            thread::sleep(Duration::from_secs(100));
        }
        "idle" => thread::sleep(Duration::from_secs(100)),
        _ => loop {
            let pool = ProcessPool::builder(TWO).method(StartMethod::Spawn).start();
            let pool = pool.expect("it can be started");
            drop(pool.map_async(work, 0..10));
        },
    }
    process::exit(1);
}

/// Starts a parent that goes into this phase, and returns it with its children.
fn start(phase: &str) -> (Child, Vec<u32>) {
    let (parent, mut lines) = lines_of(part_command(phase).process_group(0));
    let line = lines.next().expect("it says which children it has");
    let children = line
        .split_whitespace()
        .map(|id| id.parse().expect("a process id"));
    (parent, children.collect())
}

fn group_of(parent: &Child) -> Pid {
    Pid::from_raw(parent.id().cast_signed())
}

fn parent_killed() {
    end_in_each_phase(|parent| {
        kill(group_of(parent), Signal::SIGKILL).expect("it lives");
        parent.wait().expect("it is ours");
    });
}

fn ctrl_c_in_each_phase() {
    end_in_each_phase(interrupt);
}

fn end_in_each_phase(end: fn(&mut Child)) {
    if let Some(phase) = part() {
        play(&phase);
    }
    for phase in PHASES {
        let before = Audit::now();
        let (mut parent, children) = start(phase);
        thread::sleep(Duration::from_millis(20));
        end(&mut parent);
        assert_ended(&children);
        // This process is a subreaper, so what the parent has left becomes its child.
        assert_children_end(&before, phase);
    }
}

fn ctrl_c_at_random_moments() {
    if let Some(phase) = part() {
        play(&phase);
    }
    for round in 0..30_u64 {
        for phase in ["start", "drop"] {
            let before = Audit::now();
            let (mut parent, _) = start(phase);
            thread::sleep(Duration::from_micros(work(round) % 5_000));
            interrupt(&mut parent);
            assert_children_end(&before, phase);
        }
    }
}

/// What the terminal does at Ctrl-C: the signal goes to the whole group.
fn interrupt(parent: &mut Child) {
    use std::os::unix::process::ExitStatusExt;
    killpg(group_of(parent), Signal::SIGINT).expect("it lives");
    let end = parent.wait().expect("it is ours");
    assert_eq!(end.signal(), Some(Signal::SIGINT as i32));
}

/// Waits for the end of processes that have become children of this one, and reaps them.
pub(crate) fn assert_children_end(before: &Audit, phase: &str) {
    let begin = std::time::Instant::now();
    loop {
        let before = before.children();
        let mut new = Audit::now().children();
        new.retain(|id| !before.contains(id));
        if new.is_empty() {
            return;
        }
        let seconds = begin.elapsed().as_secs_f64();
        assert!(
            seconds < 1.0,
            "in phase {phase}, processes {new:?} have not ended"
        );
        for id in new {
            let _ = nix::sys::wait::waitpid(
                Pid::from_raw(id),
                Some(nix::sys::wait::WaitPidFlag::WNOHANG),
            );
        }
        thread::sleep(Duration::from_millis(1));
    }
}
