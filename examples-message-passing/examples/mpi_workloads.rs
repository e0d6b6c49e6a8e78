//! Any workload on the ranks of MPI: the same answer as from serial code, and how many times as fast.
//!
//! This program is started once for each rank. Rank 0 calls a paradigm, as in any other lesson. The
//! other ranks serve: they learn by a broadcast which workload it is, and compute their part. Serial
//! and parallel runs take turns, so that both of a pair run under the same conditions. The median of
//! the quotients is not moved by a single bad pair.
//!
//! Run: `cargo build --features mpi --example mpi_workloads && mpirun -n 2 target/debug/examples/mpi_workloads`
//!
//! Expected output:
//!
//! ```text
//! random-squares, n = 1000000, 2 ranks
//! message-passing/mpi: as in serial, speedup [..]
//! message-passing/mpi-dynamic: as in serial, speedup [..]
//! ```
//!
//! Try: add words to the command. With `random-squares 100` the speedups are below 1: the messages
//! take longer than the items. With `random-squares 1000000 plain` an item costs about 40 times as
//! much, and the speedup of `message-passing/mpi` is close to 2. The master does not compute: so on two
//! ranks, `message-passing/mpi-dynamic` is about as fast as serial code.

use std::num::NonZero;
use std::time::Instant;
use std::{env, io};

use examples_message_passing::mpi::{MasterWorker, ScatterGather, World};
use mpi::traits::Communicator;
use workloads::{Map, Paradigm, Reduce, Workload, WorkloadVisitor, each_workload, println};

fn main() {
    let world = World::initialise();
    // On the other ranks it returns `true`, when rank 0 has dropped its `world`.
    if !world.serve_if_not_root(each_workload) {
        let ranks = world.communicator().size() as usize;
        let ranks = NonZero::new(ranks).expect("there is this one");
        each_workload(&mut Comparison(ranks));
    }
}

/// The number of ranks.
struct Comparison(NonZero<usize>);

impl WorkloadVisitor for Comparison {
    fn map<M: Map>(&mut self) {
        self.compare(|problem: &M, way| match way {
            ScatterGather::ID => ScatterGather::start(self.0)?.map(problem),
            MasterWorker::ID => MasterWorker::start(self.0)?.map(problem),
            _ => Ok(problem.items(0..problem.len())),
        });
    }

    fn reduce<R: Reduce>(&mut self) {
        self.compare(|problem: &R, way| match way {
            ScatterGather::ID => ScatterGather::start(self.0)?.reduce(problem),
            MasterWorker::ID => MasterWorker::start(self.0)?.reduce(problem),
            _ => Ok(problem.fold(0..problem.len())),
        });
    }
}

impl Comparison {
    fn compare<W: Workload, A: PartialEq>(&self, compute: impl Fn(&W, &str) -> io::Result<A>) {
        let words: Vec<String> = env::args().skip(1).collect();
        let (name, n, input) = match &words[..] {
            [] => ("random-squares", 1_000_000, &[][..]),
            [name, n, input @ ..] => (&**name, n.parse().expect("N is a number"), input),
            [_] => panic!("the words are WORKLOAD N INPUT..."),
        };
        if W::NAME != name {
            return; // `each_workload` shows every one.
        }
        let problem = W::with_input(n, input).expect("it takes this input");
        println!("{name}, n = {n}, {} ranks", self.0);
        for paradigm in [ScatterGather::ID, MasterWorker::ID] {
            let mut speedups = [0.0; 5];
            for speedup in &mut speedups {
                let start = Instant::now();
                let expected = compute(&problem, "serial").expect("it cannot fail");
                let middle = Instant::now();
                let answer = compute(&problem, paradigm).expect("the ranks serve");
                *speedup = (middle - start).div_duration_f64(middle.elapsed());
                assert!(answer == expected, "{paradigm} gives another answer");
            }
            speedups.sort_by(f64::total_cmp);
            println!("{paradigm}: as in serial, speedup {:.2}", speedups[2]);
        }
    }
}
