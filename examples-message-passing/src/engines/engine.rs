//! What an engine does: it registers, and then computes what it is sent until its controller is gone.

#![expect(
    unsafe_code,
    reason = "the other end of a stream has to be a process of the same program; mallopt"
)]

use std::cell::RefCell;
use std::env;
use std::io::{self, Read, Write};
use std::num::NonZero;
use std::os::unix::net::UnixStream;
use std::process::exit;
use std::rc::Rc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use examples_processes::parts::{Header, Kind, answer, append};
use examples_processes::process_pool::{Chunking, Travels};
use examples_processes::{Batch, ProcessPool, become_worker_if_asked};

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use nix::libc;

use super::Names;
use crate::listener::{Token, connect};

/// In the environment of an engine that is started by hand: where its controller listens, such as `10.0.0.1:7070`.
pub const CONTROLLER: &str = "CROSSOVER_CONTROLLER";
/// In the environment of such an engine, and of its controller: the token, in hexadecimal digits.
pub const TOKEN: &str = "CROSSOVER_TOKEN";
/// In the environment of such an engine: how many worker processes its own pool has. Without it, there is no pool.
pub const POOL: &str = "CROSSOVER_POOL";

/// How long an engine tries to register.
const PATIENCE: Duration = Duration::from_secs(10);

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
    static OWN_POOL: RefCell<Option<Rc<ProcessPool>>> = const { RefCell::new(None) };
}

/// If this process was started as an engine, or as a worker, it becomes one, and this function does not return.
///
/// To be called at the start of `main`. On another host, the same executable is started as an engine by its environment:
///
/// ```console
/// $ CROSSOVER_CONTROLLER=10.0.0.1:7070 CROSSOVER_TOKEN=... ./program
/// ```
///
/// It ends with status 0 when the controller ends, and with a sentence and status 2 if it cannot register. It does what the
/// controller says, and cannot check who that is: a process that takes over the address learns the token.
pub fn become_engine_if_asked() {
    become_worker_if_asked();
    let Some(controller) = env::var_os(CONTROLLER) else {
        return;
    };
    let status = match register_by_environment(&controller.to_string_lossy()) {
        Ok(()) => 0,
        Err(error) => {
            // Not `eprintln!`, which panics if standard error cannot be written.
            let _ = writeln!(io::stderr(), "this engine has not registered: {error}");
            2
        }
    };
    exit(status)
}

fn register_by_environment(controller: &str) -> io::Result<()> {
    let invalid = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
    let token = env::var(TOKEN).map_err(|_| invalid(format!("{TOKEN} is not set")))?;
    let token = Token::from_hex(&token)?;
    let pool = match env::var(POOL) {
        Err(_) => None,
        Ok(workers) => Some(
            workers
                .parse()
                .map_err(|_| invalid(format!("{POOL} is {workers:?}, not a number of workers")))?,
        ),
    };
    register(controller, &token, pool, 0)
}

/// The work of a process that a controller has started, and that registers where it listens. Returns why it could not.
pub(super) fn run_registered(
    ((controller, token), pool, number): ((String, String), Option<NonZero<usize>>, u64),
) -> Option<String> {
    let token = Token::from_hex(&token);
    let served = token.and_then(|token| register(&controller, &token, pool, number));
    served.err().map(|error| error.to_string())
}

/// The work of a process that a controller has started with a stream. Returns why it could not.
pub(super) fn run_connected(
    stream: &UnixStream,
    (pool, number): (Option<NonZero<usize>>, u64),
) -> Option<String> {
    // SAFETY: the controller's process has started this one, as another process of its program.
    let served = start_pool(pool).and_then(|()| unsafe { serve(stream, number) });
    served.err().map(|error| error.to_string())
}

/// Registers with a controller that listens, as its child of this number, and computes until it is gone.
fn register(
    controller: &str,
    token: &Token,
    pool: Option<NonZero<usize>>,
    number: u64,
) -> io::Result<()> {
    start_pool(pool)?;
    let stream = connect(controller, token, PATIENCE)?;
    // SAFETY: the listener that has let this process in has compared the two programs.
    unsafe { serve(&stream, number) }
}

/// Memory that was used once is kept by this process. Without this, glibc gives large pieces back to the system, and new
/// memory costs a page fault for every 4 KiB: for the parts of a scatter and a gather, more than their journey.
pub(super) fn keep_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it may be called at any time. It returns 0 if it fails, and then memory is not kept.
    unsafe {
        if libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30) != 0 {
            libc::mallopt(libc::M_TRIM_THRESHOLD, 1 << 30);
        }
    }
}

/// Starts the pool of this engine, before the process has threads.
pub(super) fn start_pool(workers: Option<NonZero<usize>>) -> io::Result<()> {
    let pool = workers.map(ProcessPool::start).transpose()?;
    OWN_POOL.set(pool.map(Rc::new));
    Ok(())
}

/// Says who this engine is, and computes what comes through `stream` until its other end is closed.
///
/// # Safety
///
/// At the other end is the controller of a process of the same program.
pub(super) unsafe fn serve<S>(stream: &S, number: u64) -> io::Result<()>
where
    for<'a> &'a S: Read + Write,
{
    keep_memory();
    NAMES.set(Names::default()); // a forked engine has a copy of its parent's
    let mut hello = Vec::new();
    let header = Header {
        kind: Kind::Name,
        call: 0,
        number,
    };
    append(&mut hello, header, place().as_bytes());
    let said = { stream }.write_all(&hello);
    // SAFETY: the caller says so.
    let served = said.and_then(|()| unsafe { answer(stream, &AtomicU64::new(0)) });
    OWN_POOL.take(); // ends its workers
    match served {
        // A controller that was killed, or that has given up this engine.
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        served => served.map(drop),
    }
}

/// This process, as a text for people.
fn place() -> String {
    let host = nix::unistd::gethostname().unwrap_or_default();
    format!("{}, process {}", host.display(), std::process::id())
}

/// In an engine: calls `function` with the values that the engine keeps.
pub(super) fn with_names<T>(function: impl FnOnce(&mut Names) -> T) -> T {
    /// Puts the values back, also after a panic.
    struct Taken(Names);
    impl Drop for Taken {
        fn drop(&mut self) {
            NAMES.set(std::mem::take(&mut self.0));
        }
    }
    let mut taken = Taken(NAMES.take());
    function(&mut taken.0)
}

/// In an engine: computes a chunk of inputs, by the engine's pool if it has one.
pub(super) fn compute<S, I, O>(
    function: impl Fn(&S, I) -> O + Copy + 'static,
    shared: &S,
    inputs: Vec<I>,
) -> Batch<O>
where
    S: Travels,
    I: Travels,
    O: Travels,
{
    match OWN_POOL.with_borrow(Clone::clone) {
        None => Batch(inputs.into_iter().map(|it| function(shared, it)).collect()),
        Some(pool) => {
            let one = Chunking::Size(NonZero::<usize>::MIN);
            let results = pool.with(shared).chunks(one).map(function, inputs);
            Batch(results.unwrap_or_else(|error| panic!("{error}")))
        }
    }
}
