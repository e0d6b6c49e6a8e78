//! Non-blocking messages: a rank starts to send or to receive, computes, and waits only then.
//!
//! `immediate_receive_into` returns a *request* at once. The message may arrive while the rank
//! computes. `wait_any` waits for one of several requests, whichever ends first, and `wait_all` for
//! all of them. The buffer of a request belongs to MPI until the request has ended. In C nothing
//! checks this. Here, the scope borrows the buffer for that time, so the compiler does.
//!
//! Run: `cargo build --features mpi --example mpi_non_blocking && mpirun -n 4 target/debug/examples/mpi_non_blocking`
//!
//! Expected output:
//!
//! ```text
//! rank 0 has started 6 receives, and counts the points of its own part
//! the answer that came first was from rank [..]
//! each of the other ranks has sent 2 answers
//! 785213 hits, as in serial
//! ```
//!
//! Try: print `answers[0]` above the loop with `wait_any`. The compiler refuses, because the first
//! request borrows `answers` until it has ended. Then leave out the line with `wait_all`: the ranks
//! panic, because a buffer would be dropped while MPI may still read it.

use mpi::request::multiple_scope;
use mpi::traits::{Communicator, Destination, Source};
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

const POINTS: usize = 1_000_000;

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let world = universe.world();
    assert_eq!(world.size(), 4, "start it with mpirun -n 4");
    let workload = MonteCarloPi::new(POINTS);
    // Each rank has a quarter of the points, in two halves.
    let (rank, half) = (world.rank() as usize, POINTS / 8);
    let count_half = |k: usize| workload.fold((2 * rank + k) * half..(2 * rank + k + 1) * half);

    if rank != 0 {
        let root = world.process_at_rank(0);
        let (mut first, mut second) = (0, 0);
        multiple_scope(2, |scope, requests| {
            first = count_half(0);
            requests.add(root.immediate_send(scope, &first));
            second = count_half(1); // The first answer may travel in the meantime.
            requests.add(root.immediate_send(scope, &second));
            requests.wait_all(&mut Vec::new());
        });
        return;
    }

    let mut answers = [0; 6];
    let mut hits = 0;
    multiple_scope(6, |scope, requests| {
        for (i, answer) in (0..).zip(&mut answers) {
            let sender = world.process_at_rank(1 + i / 2);
            requests.add(sender.immediate_receive_into(scope, answer));
        }
        println!("rank 0 has started 6 receives, and counts the points of its own part");
        hits += count_half(0) + count_half(1);
        let mut senders = Vec::new();
        while requests.incomplete() > 0 {
            let (_, status, answer) = requests.wait_any().expect("one is not complete");
            hits += answer;
            senders.push(status.source_rank());
        }
        println!("the answer that came first was from rank {}", senders[0]);
        senders.sort_unstable();
        assert_eq!(senders, [1, 1, 2, 2, 3, 3]);
        println!("each of the other ranks has sent 2 answers");
    });
    assert_eq!(hits, workload.fold(0..POINTS));
    println!("{hits} hits, as in serial");
}
