//! Our pool of processes against those of other crates, in turns.
//!
//! Run: `cargo bench --bench peers --features peers` (about a minute; `-- --quick` takes a few seconds)
//!
//! Expected output: a table with a row for each task and peer. `procspawn` and `tarnish` are built for this program
//! only.
//!
//! A task squares one number, so the time is the way to the worker and back. Ours runs in a measuring process of its
//! own; the peers run in this process. All of them have two workers, which are fresh in each round. Both peers start
//! their workers by starting the program again. `tarnish` waits for each result before it takes the next task.

use std::fmt;
use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use estimator::{Axis, Cell, Purpose, Run, Stopwatch};
use laboratory::measuring::{Subject, stopwatch};
use laboratory::survey::CellResult;
use laboratory::take_role_if_asked;
use laboratory::tasks::{Action, Method, Tasks};
use laboratory::versus::TwoProcesses;
use laboratory::versus::tasks::TaskResult;
use report::{tables, terminal};

const WORKERS: NonZero<usize> = NonZero::new(2).expect("two is not zero");
const ONE: Action = Action::Map(Some(NonZero::<usize>::MIN));

#[derive(Clone, Copy)]
enum Peer {
    Procspawn,
    Tarnish,
}
use Peer::{Procspawn, Tarnish};

/// What is compared, of how many tasks at a time.
#[derive(Clone, Copy)]
struct Compared {
    name: &'static str,
    /// `None`: ours with ours.
    peer: Option<Peer>,
    ours: Tasks,
    tasks: usize,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.peer {
            Some(Procspawn) => write!(f, "procspawn: {}", self.name),
            Some(Tarnish) => write!(f, "tarnish: {}", self.name),
            None => write!(f, "ours: {}", self.name),
        }
    }
}

const START: &str = "start by spawn, first two tasks";
const START_BY_FORK: &str = "the same, ours by fork";
const APPLY: &str = "a call";
/// A peer has open files for each task that waits.
const MANY: &str = "one of 100 tasks at the same time";

fn all() -> Vec<Compared> {
    let compared = |peer, name, action, method, tasks| Compared {
        name,
        peer,
        ours: Tasks::of_two(action, method),
        tasks,
    };
    let mut all = Vec::new();
    for peer in [Procspawn, Tarnish].map(Some) {
        all.push(compared(peer, START, Action::Start, Method::Spawn, 2));
        all.push(compared(
            peer,
            START_BY_FORK,
            Action::Start,
            Method::Fork,
            2,
        ));
        all.push(compared(peer, APPLY, Action::Apply, Method::Fork, 100));
    }
    all.push(compared(Some(Procspawn), MANY, ONE, Method::Fork, 100));
    all.push(compared(None, APPLY, Action::Apply, Method::Fork, 100));
    all.push(compared(None, MANY, ONE, Method::Fork, 100));
    all
}

fn main() -> ExitCode {
    // Each of these takes on its role and ends, if this process was started as a worker.
    procspawn::init();
    if let Some(code) = tarnish::worker_main::<Square>() {
        std::process::exit(code);
    }
    take_role_if_asked();
    let is_quick = std::env::args().any(|it| it == "--quick" || it == "--test");
    let budget = Duration::from_secs(if is_quick { 3 } else { 60 });
    let all = all();
    let cells: Vec<_> = all
        .iter()
        .map(|&subject| Cell {
            subject,
            axis: Axis::Places(vec![(subject.tasks, 1e-3)]),
            purpose: match subject.peer {
                Some(_) => Purpose::Compare,
                None => Purpose::Check,
            },
            weight: 1.0,
        })
        .collect();
    let findings = estimator::measure(&cells, budget, start, |_| {});
    let mut results = Vec::new();
    let mut has_failed = false;
    for (compared, outcome) in all.iter().zip(findings.cells) {
        if let Err(error) = &outcome {
            eprintln!("peers: {error}");
            has_failed = true;
        }
        results.push(TaskResult {
            cell: CellResult {
                paradigm: compared.to_string(),
                outcome,
            },
            of: match compared.ours.action {
                Action::Start => 1,
                _ => compared.tasks,
            },
        });
    }
    let table = terminal::table(&tables::tasks(&results, "peer"), terminal::width());
    let noise_floor = 100.0 * findings.noise_floor;
    println!("{table}\n\nThe noise floor, from ours against ours, is {noise_floor:.1}%.");
    ExitCode::from(u8::from(has_failed))
}

/// Fresh processes for one round.
fn start(compared: &Compared) -> io::Result<Box<dyn Stopwatch>> {
    let ours = stopwatch(&Subject::Tasks(compared.ours))?;
    let Some(peer) = compared.peer else {
        return Ok(ours);
    };
    let starts_each_time = compared.ours.action == Action::Start;
    let start = match peer {
        Procspawn => start_procspawn,
        Tarnish => start_tarnish,
    };
    let mut theirs = Theirs {
        start,
        kept: None,
        keeps: !starts_each_time,
        all_at_once: compared.ours.action == ONE,
    };
    theirs.run(1)?; // warms it up
    Ok(TwoProcesses::boxed(ours, Box::new(theirs)))
}

/// A pool of a peer: does this many tasks, either all at once or one after the other. Dropping it ends it.
type Pool = Box<dyn FnMut(u64, bool) -> io::Result<()>>;

struct Theirs {
    start: fn() -> io::Result<Pool>,
    kept: Option<Pool>,
    keeps: bool,
    all_at_once: bool,
}

impl Theirs {
    fn run(&mut self, tasks: u64) -> io::Result<Duration> {
        if self.keeps && self.kept.is_none() {
            self.kept = Some((self.start)()?);
        }
        let start = Instant::now();
        if let Some(pool) = &mut self.kept {
            pool(tasks, self.all_at_once)?;
            return Ok(start.elapsed());
        }
        let mut pool = (self.start)()?;
        pool(tasks, true)?;
        Ok(start.elapsed()) // the pool ends after this
    }
}

impl Stopwatch for Theirs {
    fn time(&mut self, runs: &[Run], _expected: Duration) -> io::Result<Vec<f64>> {
        let time = |run: &Run| Ok(self.run(run.at as u64)?.as_secs_f64());
        runs.iter().map(time).collect()
    }
}

fn square(n: u64) -> u64 {
    n * n
}

fn check(n: u64, answer: u64) -> io::Result<()> {
    if black_box(answer) == square(n) {
        return Ok(());
    }
    Err(io::Error::other("its answer is not that of serial code"))
}

fn start_procspawn() -> io::Result<Pool> {
    /// Its own end of a pool leaves threads that wait.
    struct Ending(procspawn::Pool);
    impl Drop for Ending {
        fn drop(&mut self) {
            self.0.shutdown();
        }
    }
    let pool = procspawn::Pool::new(WORKERS.get()).map_err(io::Error::other)?;
    let pool = Ending(pool);
    Ok(Box::new(move |tasks, all_at_once| {
        let pool = &pool.0;
        if all_at_once {
            let handles: Vec<_> = (0..tasks).map(|n| pool.spawn(n, square)).collect();
            for (n, handle) in (0..tasks).zip(handles) {
                check(n, handle.join().map_err(io::Error::other)?)?;
            }
            return Ok(());
        }
        for n in 0..tasks {
            check(n, pool.spawn(n, square).join().map_err(io::Error::other)?)?;
        }
        Ok(())
    }))
}

/// The task of `tarnish`, which is a type there.
#[derive(Default)]
struct Square;

impl tarnish::Task for Square {
    type Input = u64;
    type Output = u64;
    type Error = String;

    fn run(&mut self, n: u64) -> Result<u64, String> {
        Ok(square(n))
    }
}

fn start_tarnish() -> io::Result<Pool> {
    let error = |error: tarnish::ProcessError| io::Error::other(format!("{error:?}"));
    let mut pool = tarnish::ProcessPool::<Square>::new(WORKERS).map_err(error)?;
    Ok(Box::new(move |tasks, _| {
        for n in 0..tasks {
            check(n, pool.call(n).map_err(error)?)?;
        }
        Ok(())
    }))
}
