//! A controller and its engines, as IPython Parallel teaches them.
//!
//! - **Idea.** *Engines* are processes that wait for calls and keep values between calls. They register with a
//!   *controller*. A program uses them in two ways. In the [direct view](DirectView) the program says which engine does
//!   what: execute a function on each, push and pull values, scatter and gather. In the [balanced view](BalancedView)
//!   the program says only what is to be done, and the engine that has least to do is given the next task.
//! - **Cost.** A message there and back: tens of microseconds through a Unix socket on one machine, and what the
//!   network takes between machines. Each value is copied into a socket and out of it.
//! - **Hazard.** An engine may end. A balanced task whose engine ends is given to another engine, until three engines
//!   have ended in it. Results are taken from the engine that has the task now, so no task is counted twice. Values
//!   that an engine had are lost, and a direct call to it fails. An engine that is stopped, by SIGSTOP, keeps its
//!   tasks: wait with [`wait_for`](Task::wait_for) where that may happen.
//! - **Prefer it** to a [pool](examples_processes::ProcessPool) if values should stay where they are used, or if the
//!   workers are on several machines.
//!
//! In IPython Parallel, the controller is several processes of its own. Here it is a part of the program that uses it:
//! so a message takes one hop instead of two, and there is nothing to configure. It works while the program waits for
//! results.
//!
//! Functions travel as numbers, as in a pool: so all engines are processes of the same executable, and the
//! [listener](crate::listener) turns away others. Functions must not capture variables.
//!
//! The files: `controller` waits; `exchange` sends, receives, and notices which engines have ended; `tasks` is the list
//! of tasks, and `calls` that of their functions; `member` is an engine as its controller sees it, and `engine` what it
//! does; `ranks` makes engines of MPI's ranks; `direct`, `balanced` and `handle` are what users see.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::num::NonZero;
use std::time::{Duration, Instant};

use examples_processes::StartMethod;

use crate::listener::{Listener, Token};

mod balanced;
mod calls;
mod controller;
mod direct;
mod engine;
mod exchange;
mod handle;
mod member;
mod names;
#[cfg(feature = "mpi")]
mod ranks;
mod task;
mod tasks;

pub use balanced::BalancedView;
pub use direct::DirectView;
pub use engine::{CONTROLLER, POOL, TOKEN, become_engine_if_asked};
pub use handle::{AsCompleted, Task};
pub use names::Names;
pub use task::TaskId;

use controller::Controller;

/// How many balanced tasks an engine has at a time: one that it computes, and one that lies ready.
const OUTSTANDING: usize = 2;

/// How long the engines of this machine may take to register.
const START: Duration = Duration::from_secs(30);

/// A port of the loopback that is free.
const ANYWHERE: &str = "127.0.0.1:0";

/// A controller with its engines.
///
/// ```no_run
/// use std::num::NonZero;
/// use examples_message_passing::engines::{Cluster, become_engine_if_asked};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     become_engine_if_asked();
///     let cluster = Cluster::start(NonZero::new(2).unwrap())?;
///
///     let direct = cluster.direct();
///     direct.scatter("numbers", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9_u64])?;
///     let sums = direct.apply(|names, ()| names.get::<Vec<u64>>("numbers").iter().sum::<u64>(), ())?;
///     assert_eq!(sums, [10, 35]);
///
///     let squares = cluster.balanced().map(|(), n: u64| n * n, 0..5)?;
///     assert_eq!(squares, [0, 1, 4, 9, 16]);
///     Ok(())
/// }
/// ```
///
/// From its start on, the process keeps memory that was used once (up to 1 GiB, with glibc, and unless the environment has
/// `MALLOC_MMAP_THRESHOLD_`): new memory would cost more than the journey of a value.
///
/// When it is dropped, engines that are idle end in an orderly way. Those of this machine that are busy are killed. No
/// process is left behind.
pub struct Cluster {
    controller: RefCell<Controller>,
    token: Token,
    /// MPI ends after the controller.
    #[cfg(feature = "mpi")]
    _world: Option<crate::mpi::World>,
}

/// What a cluster is to be like. [`Cluster::builder`] makes it.
#[derive(Debug)]
#[must_use = "it starts nothing before `start`"]
pub struct Builder {
    address: Option<String>,
    token: Option<Token>,
    method: StartMethod,
    pool: Option<NonZero<usize>>,
    outstanding: NonZero<usize>,
}

impl Builder {
    /// Where the controller listens, such as `0.0.0.0:7070` for engines on other hosts. Engines of this machine register
    /// there, too. Without it, each of them is given a stream as it is started, and nothing listens.
    pub fn listen(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// What engines have to know. Without it: a token that is made at random, and told to the engines of this machine
    /// that register.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// How the engines of this machine are started. Without it: [`StartMethod::Spawn`].
    pub fn method(mut self, method: StartMethod) -> Self {
        self.method = method;
        self
    }

    /// Gives each engine of this machine a pool of this many worker processes, which does its balanced tasks. So a task
    /// that ends its process costs a worker, and no engine.
    pub fn pool(mut self, workers: NonZero<usize>) -> Self {
        self.pool = Some(workers);
        self
    }

    /// How many balanced tasks an engine has at a time: 2 without it, one that it computes and one that lies ready.
    pub fn outstanding(mut self, tasks: NonZero<usize>) -> Self {
        self.outstanding = tasks;
        self
    }

    /// Starts this many engines on this machine, and waits until they have registered. With 0, all engines are started by
    /// hand ([`become_engine_if_asked`], [`Cluster::wait_for_engines`]), and the controller listens in any case: without an
    /// address, on the loopback, at a port that is free, where only processes of this machine can connect.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`], with a sentence, if `main` does not begin with [`become_engine_if_asked`]; why an
    /// engine has ended; what the system says.
    pub fn start(self, engines: usize) -> io::Result<Cluster> {
        let token = self.token.map_or_else(Token::random, Ok)?;
        let anywhere = (engines == 0).then(|| ANYWHERE.to_owned());
        let address = self.address.or(anywhere);
        let listener = address.map(|it| Listener::bind(it.as_str(), token.clone()));
        let mut controller = Controller::new(listener.transpose()?, self.outstanding.get());
        for number in 1..=engines as u64 {
            controller.start_engine(self.method, &token, self.pool, number)?;
        }
        let cluster = Cluster {
            controller: RefCell::new(controller),
            token,
            #[cfg(feature = "mpi")]
            _world: None,
        };
        cluster.wait_for_engines(engines, START)?;
        Ok(cluster)
    }
}

impl Cluster {
    /// Starts this many engines on this machine.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub fn start(engines: NonZero<usize>) -> io::Result<Self> {
        Self::builder().start(engines.get())
    }

    /// To start a cluster that is not as usual.
    pub fn builder() -> Builder {
        Builder {
            address: None,
            token: None,
            method: StartMethod::Spawn,
            pool: None,
            outstanding: NonZero::new(OUTSTANDING).expect("two is not zero"),
        }
    }

    /// Waits until this many engines live.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`]; why an engine that was started has ended before it registered.
    pub fn wait_for_engines(&self, engines: usize, limit: Duration) -> io::Result<()> {
        let mut controller = self.controller.borrow_mut();
        controller.take_what_has_come();
        let end = Instant::now().checked_add(limit);
        let enough = controller.wait_until(end, |controller| {
            let living = controller.living().len();
            (living >= engines)
                .then_some(Ok(()))
                .or_else(|| controller.failed_start().map(Err))
        });
        enough.unwrap_or_else(|| {
            let living = controller.living().len();
            let message = format!("{living} of {engines} engines have registered within {limit:?}");
            Err(io::Error::new(io::ErrorKind::TimedOut, message))
        })
    }

    /// Where the controller listens for engines; `None` if it does not.
    pub fn address(&self) -> Option<SocketAddr> {
        let controller = self.controller.borrow();
        controller.listener.as_ref()?.address().ok()
    }

    /// What an engine has to know to register, if the controller listens.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The numbers of the engines that live, and what each says of itself: its host and its process.
    pub fn engines(&self) -> Vec<(usize, String)> {
        let mut controller = self.controller.borrow_mut();
        controller.wait_until(Some(Instant::now()), |_| None::<()>);
        let living = controller.living().into_iter();
        let place = |it: usize| controller.engines[it].place.clone().unwrap_or_default();
        living.map(|number| (number, place(number))).collect()
    }

    /// A view of all engines that live now, in which the program says which engine does what.
    pub fn direct(&self) -> DirectView<'_> {
        DirectView::new(self, self.controller.borrow().living())
    }

    /// A view in which each task is done by the engine that has least to do.
    pub fn balanced(&self) -> BalancedView<'_, ()> {
        BalancedView::new(self)
    }

    /// How many tasks are done, and how many were submitted.
    pub fn progress(&self) -> (u64, u64) {
        let controller = self.controller.borrow();
        (controller.tasks.done, controller.tasks.submitted)
    }
}
