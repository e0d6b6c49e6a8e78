//! What do messages and collective calls cost in MPI, by their size?
//!
//! Run: `cargo bench --bench mpi --features mpi`, then open `target/criterion/mpi/report/index.html`. What to see there,
//! and why: `docs/criterion.md`. It needs MPI, and so is not a part of `cargo bench`.
//!
//! Criterion's process is no rank. It starts `mpirun`, which starts this program once more, as two ranks, and tells rank 0
//! through its standard input what is to be measured.

mod settings;

use std::io::{self, BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use ::mpi::traits::{Communicator, CommunicatorCollectives, Root};
use criterion::{BenchmarkId, Throughput};
use examples_message_passing::mpi::World;
use examples_message_passing::mpi::costs::{Exchange, Operation};
use settings::Group;

/// The argument of a rank.
const RANK: &str = "--rank";

const SIZES: [usize; 4] = [10, 1_000, 100_000, 1_000_000];

const SIZED: [(&str, Operation); 4] = [
    ("there+back", Operation::ThereAndBack),
    ("broadcast", Operation::Broadcast),
    ("scat+gath", Operation::ScatterGather),
    ("allreduce", Operation::Allreduce),
];

fn main() {
    if std::env::args().nth(1).is_some_and(|it| it == RANK) {
        return answer();
    }
    let mut criterion = settings::criterion();
    let mut job = None; // started when it is first needed: not for `--list`
    let mut group = settings::group(&mut criterion, "mpi");
    for (name, operation) in SIZED {
        for bytes in SIZES {
            group.throughput(Throughput::Bytes(bytes as u64));
            let id = BenchmarkId::new(name, format!("{bytes:e}"));
            bench(&mut group, id, &mut job, operation, bytes);
        }
    }
    group.finish();
    let mut group = settings::group(&mut criterion, "mpi-barrier");
    let id = BenchmarkId::from_parameter("barrier");
    bench(&mut group, id, &mut job, Operation::Barrier, 0);
    group.finish();
    criterion.final_summary();
}

fn bench(
    group: &mut Group,
    id: BenchmarkId,
    job: &mut Option<Job>,
    operation: Operation,
    bytes: usize,
) {
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|times| {
            let job = job.get_or_insert_with(|| Job::start().expect("mpirun can be started"));
            job.time(operation, bytes, times)
        });
    });
}

/// Two ranks that wait for orders.
struct Job {
    mpirun: Child,
    orders: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Job {
    fn start() -> io::Result<Self> {
        let mut command = Command::new("mpirun");
        command.args(["-n", "2"]).arg(std::env::current_exe()?);
        let command = command.arg(RANK).stdin(Stdio::piped());
        let mut mpirun = command.stdout(Stdio::piped()).spawn()?;
        let orders = mpirun.stdin.take();
        let answers = mpirun.stdout.take().expect("it is piped");
        Ok(Self {
            mpirun,
            orders,
            answers: BufReader::new(answers).lines(),
        })
    }

    fn time(&mut self, operation: Operation, bytes: usize, times: u64) -> Duration {
        let order = format!("{} {bytes} {times}\n", operation as u64);
        let orders = self.orders.as_mut().expect("it is open");
        let sent = orders.write_all(order.as_bytes());
        let answer = self.answers.next().and_then(Result::ok);
        let seconds = answer.and_then(|line| line.parse().ok());
        sent.expect("the ranks wait for orders");
        Duration::from_secs_f64(seconds.expect("rank 0 answers with a number of seconds"))
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.orders = None; // the ranks end when there are no more orders
        let _ = self.mpirun.wait();
    }
}

/// What a rank does. A collective operation is followed by a barrier, so that no rank is ahead of another one.
fn answer() {
    let universe = World::initialise();
    let world = universe.communicator();
    let mut orders = io::stdin().lines();
    loop {
        let mut order = [0; 3];
        if world.rank() == 0
            && let Some(Ok(line)) = orders.next()
        {
            let numbers = line.split(' ').map(|it| it.parse().expect("a number"));
            numbers.zip(&mut order).for_each(|(it, to)| *to = it);
        }
        world.process_at_rank(0).broadcast_into(&mut order);
        let [operation, bytes, times]: [u64; 3] = order;
        if times == 0 {
            return;
        }
        let mut operations = Operation::ALL.into_iter();
        let operation = operations.find(|&it| it as u64 == operation);
        let operation = operation.expect("it is in the list");
        let is_collective = !matches!(operation, Operation::ThereAndBack | Operation::Barrier);
        let mut exchange = Exchange::new(&world, operation, bytes as usize);
        let mut run = || {
            exchange.run();
            if is_collective {
                world.barrier();
            }
        };
        run();
        world.barrier();
        let start = ::mpi::time();
        (0..times).for_each(|_| run());
        let seconds = ::mpi::time() - start;
        exchange.check();
        if world.rank() == 0 {
            println!("{seconds}");
        }
    }
}
