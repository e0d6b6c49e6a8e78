//! The direct and the balanced view over MPI's ranks: the other ranks are the engines of rank 0.
//!
//! Each of these ranks has a pool of one worker process, which does its balanced tasks. On purpose,
//! each worker is killed 50 milliseconds after its first task, wherever it is then. The pool starts
//! another worker and gives it the task again. MPI notices nothing, because no rank has ended.
//!
//! Run: `cargo build --features mpi --example mpi_engines && mpirun -n 3 target/debug/examples/mpi_engines`
//!
//! Expected output:
//!
//! ```text
//! 2 engines: ranks 1 and 2
//! direct view: the sums of the parts are 124999750000 and 374999750000
//! balanced view: 100 chunks, workers killed: [..]
//! 200000 items, as in serial
//! ```
//!
//! Try: write `Cluster::over_ranks(None)`. Without pools, the ranks compute by themselves, so the
//! signal ends a rank, and MPI ends the whole job: `mpirun` says which rank was killed, by signal 9.

use std::error::Error;
use std::num::NonZero;
use std::sync::Once;
use std::thread;
use std::time::Duration;

use examples_message_passing::engines::{Cluster, Names};
use examples_processes::Plain;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use workloads::random_squares::RandomSquares;
use workloads::{Map, Workload, println};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(cluster) = Cluster::over_ranks(NonZero::new(1))? else {
        return Ok(()); // a rank other than 0, after rank 0 has dropped the cluster
    };
    println!("{} engines: ranks 1 and 2", cluster.engines().len());

    let direct = cluster.direct();
    direct.scatter("numbers", &(0..1_000_000).collect::<Vec<u64>>())?;
    let sum = |names: &mut Names, ()| names.get::<Vec<u64>>("numbers").iter().sum::<u64>();
    let sums = direct.apply(sum, ())?;
    println!(
        "direct view: the sums of the parts are {} and {}",
        sums[0], sums[1]
    );

    let workload = RandomSquares::with_input(200_000, &["plain".to_owned()])?;
    let chunks = (0..100).map(|k| [k * 2000, (k + 1) * 2000]);
    let parts = cluster.balanced().with(&workload).map(compute, chunks)?;
    let mut items = Vec::new();
    let mut workers = Vec::new();
    for (Plain(part), worker) in parts {
        items.extend(part);
        workers.push(worker);
    }
    workers.sort_unstable();
    workers.dedup();
    // The last worker of each of the two pools was not killed, or not yet.
    println!(
        "balanced view: 100 chunks, workers killed: {} or more",
        workers.len() - 2
    );
    assert!(items == workload.items(0..200_000));
    println!("{} items, as in serial", items.len());
    Ok(())
}

/// The items of a chunk, and the process that has computed them.
fn compute(workload: &RandomSquares, [first, end]: [usize; 2]) -> (Plain<u8>, u32) {
    static FIRST_TASK: Once = Once::new();
    FIRST_TASK.call_once(|| {
        thread::spawn(|| {
            thread::sleep(Duration::from_millis(50));
            kill(Pid::this(), Signal::SIGKILL)
        });
    });
    (Plain(workload.items(first..end)), std::process::id())
}
