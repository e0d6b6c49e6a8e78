//! An engine is killed: the balanced view has all results, and what the engine kept is lost.
//!
//! Engine 1 hangs in its first task, as if its computer had a fault, and is killed when half of the
//! results are there. It had two tasks, and the controller gives both to other engines. In the
//! direct view, a call is for one engine, so it fails with that engine. A task that ends each
//! engine that takes it is given up after the third one, and the other tasks complete. In IPython
//! Parallel, a task whose engine has died fails with an `EngineError`, unless the program allows
//! further attempts: `view.retries = 2`.
//!
//! Run: `cargo run --example engines_killed`
//!
//! Expected output:
//!
//! ```text
//! after 50 of 100 results, engine 1 is killed: it hangs
//! all 100 results are there, each one once, as in serial
//! the direct view of before: task 1: its worker was killed by SIGKILL
//! a new direct view: engines [0, 2, 3, 4] keep [7, 7, 7, 7]
//! a task that ends its engines: [(7, Err(task 7: its worker was killed by SIGABRT, 3 times))]
//! the other 19 results are there, and 1 engine is left
//! ```
//!
//! Try: write `cluster.balanced().attempts(NonZero::<u32>::MIN)` in the first map. The program ends
//! with an error: the task in which engine 1 hangs is not given to another engine.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::{error::Error, num::NonZero, process, thread};

#[cfg(unix)]
use examples_message_passing::engines::{Cluster, become_engine_if_asked};
#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use workloads::println;

examples_processes::needs_unix!();

/// In a process: its next task hangs.
static HANGS: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    become_engine_if_asked();
    let serial: Vec<usize> = (0..100).map(primes).collect();
    let cluster = Cluster::start(NonZero::new(5).expect("five engines"))?;
    let direct = cluster.direct();
    direct.push("factor", 7)?;
    let processes = direct.apply(|_, ()| process::id().cast_signed(), ())?;
    let engine_1 = direct.on(&[1]);
    engine_1.apply(|_, ()| HANGS.store(true, Relaxed), ())?;

    let mut counts = vec![None; 100];
    let mut results = cluster.balanced().as_completed(|(), k| primes(k), 0..100)?;
    while let Some((k, result)) = results.next() {
        let before = counts[k].replace(result?);
        assert!(before.is_none(), "{k} was counted twice");
        if results.progress().0 == 50 {
            kill(Pid::from_raw(processes[1]), Signal::SIGKILL)?;
            println!("after 50 of 100 results, engine 1 is killed: it hangs");
        }
    }
    assert!(counts.into_iter().flatten().eq(serial.clone()));
    println!("all 100 results are there, each one once, as in serial");

    let error = direct.pull::<i32>("factor").expect_err("one is dead");
    println!("the direct view of before: {error}");
    let direct = cluster.direct();
    let (engines, factors) = (direct.engines(), direct.pull::<i32>("factor")?);
    println!("a new direct view: engines {engines:?} keep {factors:?}");

    let results = cluster.balanced().as_completed(|(), k| fragile(k), 0..20)?;
    let (there, failed): (Vec<_>, Vec<_>) = results.partition(|(_, result)| result.is_ok());
    println!("a task that ends its engines: {failed:?}");
    assert!(there.iter().all(|(k, count)| *count == Ok(serial[*k])));
    let (there, left) = (there.len(), cluster.engines().len());
    println!("the other {there} results are there, and {left} engine is left");
    Ok(())
}

/// How many primes there are from `1000 * k` to `1000 * k + 999`.
fn primes(k: u32) -> usize {
    while HANGS.load(Relaxed) {
        thread::park();
    }
    let is_prime = |n: &u32| *n > 1 && (2..=n.isqrt()).all(|divisor| !n.is_multiple_of(divisor));
    (1000 * k..1000 * (k + 1)).filter(is_prime).count()
}

/// As `primes`, but it ends its process at 7.
fn fragile(k: u32) -> usize {
    if k == 7 {
        process::abort();
    }
    primes(k)
}
