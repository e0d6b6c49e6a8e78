//! What the ranks of a job do.

use std::num::NonZero;
use std::process::{ExitCode, id};
use std::thread;

use examples_message_passing::mpi::{MasterWorker, ScatterGather, Serving, World, each_paradigm};
use mpi::traits::{Communicator, CommunicatorCollectives};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use workloads::faulty::{Fault, FaultyMap, FaultyReduce};
use workloads::{Map, Paradigm, ParadigmVisitor, Reduce, Workload, WorkloadVisitor, each_workload};

use crate::ordered::Composition;

/// Numbers of items: none, one, fewer than ranks, not a multiple of ranks, and many.
const SIZES: [usize; 5] = [0, 1, 2, 97, 1_000];

/// So many for the workload whose items cost least: as bytes, a message that has to wait for its receiver.
const MANY: usize = 1_000_003;

/// Plays a part; `None` if there is none of this name.
pub(crate) fn play(part: &str) -> Option<ExitCode> {
    let lead = match part {
        "answers" => answers,
        "faulty-map" => faulty_map,
        "faulty-reduce" => faulty_reduce,
        "unknown" => unknown,
        "refused" => refused,
        "panic" | "panic-in-thread" | "killed" | "hang" => {
            misbehave(part);
            return Some(ExitCode::SUCCESS);
        }
        _ => return None,
    };
    let world = World::initialise();
    let ranks = NonZero::new(world.communicator().size() as usize).expect("there is this one");
    if part == "refused" && world.communicator().rank() == 0 {
        let error = ScatterGather::start(ranks).map(drop).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("`serve_if_not_root`"), "{said}");
    }
    let known = |call: &mut Serving| {
        each_workload(call);
        call.map::<FaultyMap>();
        call.reduce::<FaultyReduce>();
        if part != "unknown" {
            call.reduce::<Composition>();
        }
    };
    if !world.serve_if_not_root(known) {
        lead(ranks);
    }
    Some(ExitCode::SUCCESS)
}

/// Rank 1 fails, and the others wait for it.
fn misbehave(part: &str) {
    let world = World::initialise();
    if world.communicator().rank() == 1 {
        match part {
            "panic" => panic!("on purpose"),
            // It waits for a thread that has ended without sending what it waits for.
            "panic-in-thread" => {
                let (sender, receiver) = std::sync::mpsc::channel::<()>();
                let thread = thread::spawn(|| panic!("on purpose"));
                let _ = receiver.recv();
                drop((sender, thread));
            }
            "killed" => {
                let this_process = Pid::from_raw(id().cast_signed());
                kill(this_process, Signal::SIGKILL).expect("it may kill itself");
            }
            _ => loop {
                thread::park();
            },
        }
    }
    world.communicator().barrier();
}

fn faulty_map(ranks: NonZero<usize>) {
    let mut paradigm = ScatterGather::start(ranks).expect("the ranks serve");
    let _ = paradigm.map(&FaultyMap::new(Fault::Panic));
}

fn faulty_reduce(ranks: NonZero<usize>) {
    let mut paradigm = MasterWorker::start(ranks).expect("the ranks serve");
    // An item of the first chunk.
    let reduce = FaultyReduce::new(Fault::Panic).failing_at(3..4);
    let _ = paradigm.reduce(&reduce);
}

fn unknown(ranks: NonZero<usize>) {
    let mut paradigm = ScatterGather::start(ranks).expect("the ranks serve");
    let _ = paradigm.reduce(&of_size::<Composition>(10, &[]));
}

/// On any number of ranks: another number is refused, and this one is not.
fn refused(ranks: NonZero<usize>) {
    let more = ranks.saturating_add(1);
    let error = MasterWorker::start(more).map(drop).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains(&format!("`mpirun -n {more} PROGRAM`")),
        "{said}"
    );
    let mut paradigm = MasterWorker::start(ranks).expect("the ranks serve");
    let squares = of_size::<workloads::squares::Squares>(5, &[]);
    assert_eq!(paradigm.map(&squares).expect("it works"), [0, 1, 4, 9, 16]);
}

/// Both paradigms on every workload.
fn answers(ranks: NonZero<usize>) {
    let mut checked = Checked { ranks, answers: 0 };
    each_paradigm(&mut checked);
    println!("{} answers, all as in serial", checked.answers);
}

struct Checked {
    ranks: NonZero<usize>,
    answers: usize,
}

impl ParadigmVisitor for Checked {
    fn visit<P: Paradigm>(&mut self) {
        let mut calls = Calls {
            paradigm: P::start(self.ranks).expect("the ranks serve"),
            answers: 0,
        };
        each_workload(&mut calls);
        calls.reduce::<Composition>();
        self.answers += calls.answers;
    }
}

struct Calls<P> {
    paradigm: P,
    answers: usize,
}

impl<P: Paradigm> WorkloadVisitor for Calls<P> {
    fn map<M: Map>(&mut self) {
        for workload in problems::<M>() {
            let serial = workload.items(0..workload.len());
            let items = self.paradigm.map(&workload).expect("it can be computed");
            let (name, n) = (M::NAME, workload.len());
            assert!(*items == *serial, "{} on {name}, n = {n}", P::ID);
            self.answers += 1;
        }
    }

    fn reduce<R: Reduce>(&mut self) {
        for workload in problems::<R>() {
            let serial = workload.fold(0..workload.len());
            let summary = self.paradigm.reduce(&workload).expect("it can be computed");
            let (name, n) = (R::NAME, workload.len());
            assert!(summary == serial, "{} on {name}, n = {n}", P::ID);
            self.answers += 1;
        }
    }
}

/// The workload in all sizes, with each of its kernels.
fn problems<W: Workload>() -> Vec<W> {
    let has_kernels = W::INPUT.is_some_and(|input| input.contains("kernel"));
    let inputs: &[&[&str]] = if has_kernels {
        &[&["lanes"], &["plain"]]
    } else {
        &[&[]]
    };
    let mut problems = Vec::new();
    for input in inputs {
        problems.extend(SIZES.map(|n| of_size(n, input)));
    }
    if has_kernels {
        problems.push(of_size(MANY, &["lanes"]));
    }
    problems
}

fn of_size<W: Workload>(n: usize, input: &[&str]) -> W {
    let input: Vec<_> = input.iter().map(ToString::to_string).collect();
    W::with_input(n, &input).expect("it is an input of this workload")
}
