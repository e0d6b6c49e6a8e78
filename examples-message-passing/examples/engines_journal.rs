//! A job is killed, and started again: it repeats only what was not finished.
//!
//! If the program itself is killed, its controller and all results in memory are lost. So `map` can
//! keep a *journal*: each chunk that has come back is added to a file, with its result. A job that is started
//! again reads the file first, and computes the other chunks. This program starts itself as a job,
//! which is killed after 30 of 100 chunks. Then it runs the same job twice. In IPython Parallel,
//! `ipcontroller --sqlitedb` keeps results in a file, and `rc.get_result(id)` finds them again.
//!
//! Run: `cargo run --example engines_journal`
//!
//! Expected output:
//!
//! ```text
//! run 1: 30 chunks are done, then signal: 9 (SIGKILL); 30 are in the journal
//! run 2: 70 chunks computed, 9592 primes, as in serial
//! run 3: 0 chunks computed, 9592 primes
//! ```
//!
//! Try: let `run` make chunks of 2 inputs, by `.chunk(NonZero::new(2).expect("two"))`. The
//! assertion fails, because all 100 inputs were computed: a chunk of two inputs is not in the
//! journal.

use std::io::{self, BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::{env, error::Error, num::NonZero, path::Path};

#[cfg(unix)]
use examples_message_passing::{engines, engines::Cluster, journal::Journal};
use workloads::println;

examples_processes::needs_unix!();

/// In the environment of the job that is killed: the file of the journal.
const JOB: &str = "ENGINES_JOURNAL_JOB";

/// How many chunks this process has computed.
static COMPUTED: AtomicU32 = AtomicU32::new(0);

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    engines::become_engine_if_asked();
    if let Some(file) = env::var_os(JOB) {
        return first_run(Path::new(&file));
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("journal");

    let mut job = Command::new(env::current_exe()?);
    job.env(JOB, &file).stdin(Stdio::piped());
    let mut job = job.stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(job.stdout.take().expect("it is piped")).lines();
    let said = lines.next().expect("the job says one line")?;
    job.kill()?;
    let end = job.wait()?;
    let finished = Journal::open(&file)?.len();
    let runs = [run(&file)?, run(&file)?];
    folder.close()?;

    println!("run 1: {said}, then {end}; {finished} are in the journal");
    let serial: usize = (0..100).map(|k| primes(&(), k)).sum();
    assert_eq!(runs, [(serial, 70), (serial, 0)]);
    let [(_, second), (_, third)] = runs;
    println!("run 2: {second} chunks computed, {serial} primes, as in serial");
    println!("run 3: {third} chunks computed, {serial} primes");
    Ok(())
}

/// Finishes 30 chunks, says so, and waits until it is killed (or its parent has ended).
#[cfg(unix)]
fn first_run(file: &Path) -> Result<(), Box<dyn Error>> {
    let cluster = Cluster::start(NonZero::new(2).expect("two engines"))?;
    let view = cluster.balanced().journal(file);
    let mut results = view.as_completed(primes, 0..100)?;
    assert!(results.by_ref().take(30).all(|(_, count)| count.is_ok()));
    println!("{} chunks are done", results.progress().0);
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// How many primes there are, and how many chunks had to be computed.
#[cfg(unix)]
fn run(file: &Path) -> Result<(usize, u32), Box<dyn Error>> {
    let cluster = Cluster::start(NonZero::new(2).expect("two engines"))?;
    let counts = cluster.balanced().journal(file).map(primes, 0..100)?;
    let computed = cluster.direct().apply(|_, ()| COMPUTED.load(Relaxed), ())?;
    Ok((counts.iter().sum(), computed.iter().sum()))
}

/// How many primes there are from `1000 * k` to `1000 * k + 999`: one chunk.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a view calls it so")]
fn primes((): &(), k: u32) -> usize {
    COMPUTED.fetch_add(1, Relaxed);
    let is_prime = |n: &u32| *n > 1 && (2..=n.isqrt()).all(|divisor| !n.is_multiple_of(divisor));
    (1000 * k..1000 * (k + 1)).filter(is_prime).count()
}
