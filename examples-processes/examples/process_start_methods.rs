//! Three ways to start a process that runs a function: fork, spawn, and a fork server.
//!
//! - *Fork* copies the running process. The child has all variables of its parent. The system has
//!   to copy the tables that say where memory is, so a large parent takes longer. A process with
//!   threads must not do it.
//! - *Spawn* starts the program again. The child has only its input.
//! - A *fork server* is a small process, spawned early, which never has a second thread. It forks
//!   on request, so it is safe, and its forks stay cheap.
//!
//! In Python, they are the start methods "fork", "spawn" and "forkserver". Each time is the
//! shortest of ten, from the start of the child until its result is there and it has ended.
//!
//! Run: `cargo run --example process_start_methods`
//!
//! Expected output:
//!
//! ```text
//! parent of   1 MiB: Fork [..], ForkServer [..], Spawn [..]
//! parent of  64 MiB: Fork [..], ForkServer [..], Spawn [..]
//! parent of 256 MiB: Fork [..], ForkServer [..], Spawn [..]
//! COUNT in a child: 5 by Fork, 0 by ForkServer, 0 by Spawn
//! with a second thread: Fork is refused, ForkServer works, Spawn works
//! ```
//!
//! Try: delete the line with `become_worker_if_asked` in `main`. Now the program ends with an
//! error: spawn and the fork server are refused, and the message says why.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{io, io::ErrorKind, thread};

#[cfg(unix)]
use examples_processes::StartMethod::{self, Fork, ForkServer, Spawn};
#[cfg(unix)]
use examples_processes::{Process, become_worker_if_asked};
use workloads::println;

examples_processes::needs_unix!();

#[cfg(unix)]
const METHODS: [StartMethod; 3] = [Fork, ForkServer, Spawn];

static COUNT: AtomicU64 = AtomicU64::new(0);

#[cfg(unix)]
fn main() -> io::Result<()> {
    become_worker_if_asked(); // Spawned children and the fork server begin here, too.
    for mebibytes in [1, 64, 256] {
        let memory = vec![1_u8; mebibytes << 20];
        let mut times = Vec::new();
        for method in METHODS {
            times.push(format!("{method:?} {:.2?}", time_of_child(method)?));
        }
        println!("parent of {mebibytes:3} MiB: {}", times.join(", "));
        assert_eq!(memory.last(), Some(&1)); // So the memory is still in use here.
    }

    COUNT.store(5, Relaxed);
    let mut counts = Vec::new();
    for method in METHODS {
        let child = Process::start("count", method, |()| COUNT.load(Relaxed), ())?;
        counts.push(format!(
            "{} by {method:?}",
            child.join().map_err(io::Error::other)?
        ));
    }
    println!("COUNT in a child: {}", counts.join(", "));

    thread::spawn(|| thread::sleep(Duration::from_mins(1))); // This process has two threads now.
    let mut outcomes = Vec::new();
    for method in METHODS {
        let outcome = match time_of_child(method) {
            Ok(_) => "works",
            Err(error) if error.kind() == ErrorKind::Unsupported => "is refused",
            Err(error) => return Err(error),
        };
        outcomes.push(format!("{method:?} {outcome}"));
    }
    println!("with a second thread: {}", outcomes.join(", "));
    Ok(())
}

/// From the start of a child until its end: the shortest of ten times.
#[cfg(unix)]
fn time_of_child(method: StartMethod) -> io::Result<Duration> {
    let mut shortest = Duration::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        let child = Process::start("square", method, |number: u64| number * number, 7)?;
        assert_eq!(child.join(), Ok(49));
        shortest = shortest.min(start.elapsed());
    }
    Ok(shortest)
}
