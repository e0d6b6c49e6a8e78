//! What 10 to 1,000 nodes would do for each workload: a model, not a measurement.
//!
//! Three numbers are measured here: the latency and the bandwidth between rank 0 and the last rank,
//! and the serial time of an item. In the model, a job of n items on N nodes takes 5 · latency ·
//! log2 N (rounded up) + n · time of an item / N + bytes of the answer / bandwidth. Each row has
//! the speedup at N nodes, and in brackets the lowest and the highest value that it can have while
//! the three numbers are inside their intervals. The last column is the N, up to 10,000, with which
//! the job is fastest, also with the lowest and the highest value. With more nodes, the job is
//! slower.
//!
//! Run: `cargo build --features mpi --example mpi_model && mpirun -n 2 target/debug/examples/mpi_model`
//!
//! Expected output:
//!
//! ```text
//! a model, not a measurement: n = 1000000000
//! latency, µs: [..]
//! bandwidth, MB/s: [..]
//! nodes[..]10[..]20[..]50[..]100[..]1000[..]fastest
//! numbers[..]
//! squares[..]
//! random-squares[..]
//! monte-carlo-pi[..]
//! mandelbrot[..]
//! letters[..]
//! spin[..]
//! ```
//!
//! Try: a smaller job: write 100000 behind the name of the program. For which workloads are 1,000
//! nodes slower than 100 now?

use std::env::args;
use std::time::Instant;

use examples_message_passing::cost_model::{Answer, Job, Network, ROUNDS, Range};
use examples_message_passing::mpi::costs::network;
use mpi::traits::Communicator;
use workloads::{Map, Reduce, Workload, WorkloadVisitor, each_workload, println};

const NODES: [u32; 5] = [10, 20, 50, 100, 1000];

fn main() {
    let universe = mpi::initialize().expect("this program calls it once");
    let network = network(&universe.world()); // Rank 0 and the last rank send messages.
    if universe.world().rank() > 0 {
        return; // When `universe` is dropped, it waits for rank 0.
    }
    let words: Vec<String> = args().collect();
    let items = words.get(1).map_or(1e9, |n| n.parse().expect("a number"));
    println!("a model, not a measurement: n = {items}");
    println!("latency, µs:     {}", network.latency.times(1e6));
    println!("bandwidth, MB/s: {}", network.bandwidth.times(1e-6));
    let heads = NODES.map(|nodes| format!(" {nodes:>23}"));
    println!("{:14}{}{:>10}", "nodes", heads.concat(), "fastest");
    each_workload(&mut Model(items, network));
}

struct Model(f64, Network<Range>);

impl WorkloadVisitor for Model {
    fn map<M: Map>(&mut self) {
        self.predict::<M>(|it| {
            it.items(0..it.len());
            Answer::Items(size_of::<M::Item>())
        });
    }

    fn reduce<R: Reduce>(&mut self) {
        self.predict::<R>(|it| {
            let summary = serde_json::to_vec(&it.fold(0..it.len()));
            Answer::Summary(summary.expect("it can be written").len())
        });
    }
}

impl Model {
    fn predict<W: Workload>(&self, compute: impl Fn(&W) -> Answer) {
        let time = |sample: &W| {
            let start = Instant::now();
            compute(sample);
            start.elapsed().as_secs_f64()
        };
        let mut sample = W::with_input(400, &[]).expect("it needs no input");
        while time(&sample) > 2e-3 && sample.len() > 1 {
            sample = sample.with_len(sample.len() / 2);
        }
        let seconds = Range::of([(); ROUNDS].map(|()| time(&sample) / sample.len() as f64));
        let answer = compute(&sample);
        let job = Job::new(self.0, seconds, answer, self.1);
        let cells = NODES.map(|nodes| format!(" {:>23}", job.speedup(nodes)));
        let [low, median, high] = job.best(10_000);
        println!(
            "{:14}{}{median:>10} [{low}, {high}]",
            W::NAME,
            cells.concat()
        );
    }
}
