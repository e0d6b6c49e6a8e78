//! The controller: it gives tasks to engines, takes results, and notices which engines have ended.

use std::env;
use std::io;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use examples_processes::parts::Stream;
use examples_processes::{Process, StartMethod};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::engine;
use super::member::Member;
use super::tasks::Tasks;
use crate::listener::{Listener, Token};

/// An engine that the controller has started. Its process returns why it could not register.
pub(super) struct Child {
    /// What it says when it registers. Other engines say 0.
    pub(super) number: u64,
    pub(super) process: Process<Option<String>>,
}

/// How long engines may take to end when the cluster is dropped, or their connection has ended, before they are killed.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(500);

/// What a [`Cluster`](super::Cluster) is behind its views.
pub(super) struct Controller {
    /// By number. Those that have ended stay here, so that numbers keep their meaning.
    pub(super) engines: Vec<Member>,
    pub(super) tasks: Tasks,
    pub(super) listener: Option<Listener>,
    /// The engines that the controller has started.
    pub(super) children: Vec<Child>,
    /// How many balanced tasks an engine has at a time.
    pub(super) outstanding: usize,
    /// When it was last asked whether engines have ended.
    pub(super) looked: Instant,
    cores: usize,
}

/// After this time, a thread that waits looks whether there is anything else to wait for.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How long the controller looks for answers before it sleeps.
const SPIN: Duration = Duration::from_micros(100);

/// The longest pause between two looks at streams that the system cannot wait for.
const PAUSE: Duration = Duration::from_micros(100);

impl Controller {
    pub(super) fn new(listener: Option<Listener>, outstanding: usize) -> Self {
        if env::var_os("MALLOC_MMAP_THRESHOLD_").is_none() {
            engine::keep_memory(); // otherwise, the user has said what to keep
        }
        Self {
            engines: Vec::new(),
            tasks: Tasks::new(),
            listener,
            children: Vec::new(),
            outstanding,
            looked: Instant::now(),
            cores: thread::available_parallelism().map_or(1, NonZero::get),
        }
    }

    /// Starts an engine on this machine. It registers with the listener, if there is one, or comes with its stream.
    pub(super) fn start_engine(
        &mut self,
        method: StartMethod,
        token: &Token,
        pool: Option<NonZero<usize>>,
        number: u64,
    ) -> io::Result<()> {
        let name = format!("engine {}", number - 1);
        let process = if let Some(listener) = &self.listener {
            let input = (listener.address()?.to_string(), token.to_string());
            Process::start(&name, method, engine::run_registered, (input, pool, number))?
        } else {
            let run = engine::run_connected;
            let (process, stream) = Process::start_connected(&name, method, run, (pool, number))?;
            self.add_engine(Box::new(stream))?;
            process
        };
        self.children.push(Child { number, process });
        Ok(())
    }

    pub(super) fn add_engine(&mut self, stream: Box<dyn Stream>) -> io::Result<()> {
        self.engines.push(Member::new(stream)?);
        Ok(())
    }

    /// The numbers of the engines that have registered and live.
    pub(super) fn living(&self) -> Vec<usize> {
        let engines = self.engines.iter().enumerate();
        let living = engines.filter(|(_, it)| it.end.is_none() && it.place.is_some());
        living.map(|(number, _)| number).collect()
    }

    /// Waits until `ready` returns something, or the time is over.
    pub(super) fn wait_until<T>(
        &mut self,
        end: Option<Instant>,
        mut ready: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<T> {
        loop {
            self.give_out();
            if let Some(done) = ready(self) {
                return Some(done);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                self.take_what_has_come();
                self.give_out();
                return ready(self);
            }
            let newcomers = self.listener.as_ref().and_then(Listener::time_limit);
            let limits = [left, newcomers].into_iter().flatten();
            self.attend(limits.fold(LOOK_AGAIN, Duration::min));
            self.bury_children_that_ended();
        }
    }

    /// Waits until something comes, but not longer than `limit`, and takes it.
    fn attend(&mut self, limit: Duration) {
        let busy = self.engines.iter().filter(|it| it.is_busy()).count();
        let spares_a_core = busy < self.cores;
        let begin = Instant::now();
        if let Some(mut files) = self.files() {
            while poll(&mut files, PollTimeout::ZERO) == Ok(0) {
                if begin.elapsed() >= SPIN {
                    let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
                    let _ = poll(&mut files, limit); // whatever has come is found below
                    break;
                }
                if !spares_a_core {
                    thread::yield_now(); // an engine may need this core
                }
            }
            self.receive_from_all();
        } else {
            let mut pause = Duration::ZERO;
            while !self.receive_from_all() && begin.elapsed() < limit {
                if !spares_a_core || begin.elapsed() >= SPIN {
                    thread::sleep(pause);
                    pause = (pause + PAUSE / 10).min(PAUSE);
                }
            }
        }
        self.admit();
    }

    /// What can be waited for; `None` if there is a stream that the system cannot wait for.
    fn files(&self) -> Option<Vec<PollFd<'_>>> {
        let mut files = Vec::with_capacity(self.engines.len() + 1);
        for connection in self.engines.iter().filter_map(|it| it.connection.as_ref()) {
            let file = connection.stream().file()?;
            files.push(PollFd::new(file, connection.interest()));
        }
        let newcomers = self.listener.iter().flat_map(Listener::interest);
        files.extend(newcomers.map(|it| PollFd::new(it, PollFlags::POLLIN)));
        Some(files)
    }

    /// Lets those in that have shown the token.
    fn admit(&mut self) {
        let Some(listener) = &mut self.listener else {
            return;
        };
        // An error is that of one newcomer, or of a moment: the listener goes on.
        for stream in listener.attend().unwrap_or_default() {
            let _ = self.add_engine(Box::new(stream));
        }
    }

    /// Takes what has come, without waiting.
    pub(super) fn take_what_has_come(&mut self) {
        self.receive_from_all();
        self.admit();
    }

    /// Why an engine that was started has ended before it registered.
    pub(super) fn failed_start(&mut self) -> Option<io::Error> {
        let engines = &self.engines;
        let place = self.children.iter_mut().position(|child| {
            let has_registered = engines.iter().any(|it| it.number == child.number);
            !has_registered && !child.process.is_alive().unwrap_or(false)
        })?;
        let child = self.children.swap_remove(place).process;
        let name = child.name().to_owned();
        let why = match child.join() {
            Ok(why) => why.unwrap_or_else(|| "it has ended".to_owned()),
            Err(failure) => failure.to_string(),
        };
        Some(io::Error::other(format!("{name} has not started: {why}")))
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        for engine in &mut self.engines {
            let busy = engine.is_busy().then_some(engine.number);
            // An idle engine finds the end of the stream, and ends.
            if let Some(connection) = &mut engine.connection {
                connection.close();
            }
            for child in self.children.iter().filter(|it| Some(it.number) == busy) {
                let _ = child.process.kill(); // it fails only if it has ended
            }
        }
        let end = Instant::now() + LAST_WORDS;
        for child in &mut self.children {
            let left = end.saturating_duration_since(Instant::now());
            let _ = child.process.wait(left);
        }
        // Those that are left are killed as they are dropped.
    }
}
