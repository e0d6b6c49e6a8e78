//! A process that runs one function.

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;
use nix::sys::socket::{setsockopt, sockopt};
use serde::{Serialize, de::DeserializeOwned};

use crate::child::{Child, cause_of};
use crate::connection::Connection;
use crate::frames::{Header, Kind};
use crate::function::Function;
use crate::start::start_worker;
use crate::values::{Values, decode, encode_one};
use crate::wire::{again_if_interrupted, send_with};
use crate::worker::{self, Hello};
use crate::{Failure, StartMethod};

/// A child process that runs a function, and sends its result back.
///
/// What a thread's `JoinHandle` is for a thread, and Python's `multiprocessing.Process` for a process. As for a thread, a
/// panic of the function is the error of [`join`](Self::join). It ends with its parent. If the value is dropped, the
/// process is killed and waited for: so no zombie and no orphan is left.
///
/// Where a descriptor is asked for (`AsFd`), it gives one that can be read when the process has answered or ended: so a
/// program can wait for many at once by `poll`, or by [`first_to_end`].
#[derive(Debug)]
pub struct Process<T> {
    name: String,
    child: Child,
    connection: Connection<UnixStream>,
    /// The kind of the frame that came, and its bytes.
    answer: Option<(Kind, Vec<u8>)>,
    result: PhantomData<T>,
}

/// How often a process is asked whether it has ended although its connection is open: a process that it started itself
/// may keep the connection open.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A stream between two processes is to have room for this many bytes in each direction. The system may give less.
const ROOM: usize = 1 << 20;

impl<T: Serialize + DeserializeOwned + 'static> Process<T> {
    /// Starts a process that runs `function` on `input`. The name is for people; `ps` shows its first 15 letters.
    ///
    /// The function must not capture variables: what it needs is its input.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use examples_processes::{Process, StartMethod};
    ///
    /// # if examples_processes::OneThread::check().is_ok() {
    /// let child = Process::start("squares", StartMethod::Fork, |n: u64| n * n, 7)?;
    /// assert_eq!(child.join(), Ok(49));
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`], with a sentence, if the method cannot be used here: see [`StartMethod`]. What the
    /// system says if it cannot start a process.
    pub fn start<F, I>(name: &str, method: StartMethod, function: F, input: I) -> io::Result<Self>
    where
        F: Fn(I) -> T + Copy + 'static,
        I: Serialize + DeserializeOwned + 'static,
    {
        let function = Function::of(move |(): &(), input: I| function(input));
        Self::start_with(name, method, function, input, None)
    }

    /// As [`start`](Self::start), with a stream between the two processes. Dropped at one end, it is at its end at the other.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_connected<F, I>(
        name: &str,
        method: StartMethod,
        function: F,
        input: I,
    ) -> io::Result<(Self, UnixStream)>
    where
        F: Fn(&UnixStream, I) -> T + Copy + 'static,
        I: Serialize + DeserializeOwned + 'static,
    {
        let (ours, theirs) = UnixStream::pair()?;
        for end in [&ours, &theirs] {
            // With less, the processes wait for each other more often.
            let _ = setsockopt(end, sockopt::SndBuf, &ROOM);
        }
        let function = Function::of(move |(): &(), input: I| {
            let stream = worker::take_stream().expect("it came before the task");
            function(&stream, input)
        });
        let process = Self::start_with(name, method, function, input, Some([&ours, &theirs]))?;
        Ok((process, ours))
    }

    fn start_with<I: Serialize + 'static>(
        name: &str,
        method: StartMethod,
        function: Function,
        input: I,
        stream: Option<[&UnixStream; 2]>,
    ) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let no_shared_value = encode_one(&())?;
        let input = Values::encode(&[input])?;
        let our_ends = [Some(&ours), stream.map(|[ours, _]| ours)];
        let mut child = start_worker(method, theirs, our_ends.into_iter().flatten())?;
        while child.pid().is_none() {
            child.next_change(true)?;
        }
        // It fails if the process has been killed already. Then `join` says so.
        let file = stream.map(|[_, theirs]| theirs.as_fd());
        let _ = send_with(&ours, Hello { mark: None }.to_numbers(), file.as_slice());
        let mut connection = Connection::new(ours, usize::MAX)?;
        let frame = |kind, number| Header {
            kind,
            call: 0,
            number,
        };
        connection.add(frame(Kind::Name, 0), name.as_bytes());
        connection.add(frame(Kind::Call, function.number()), &no_shared_value);
        connection.add(frame(Kind::LastTask, 1), &input.bytes);
        connection.close(); // after this task, the worker finds the end of the file, and ends
        Ok(Self {
            name: name.to_owned(),
            child,
            connection,
            answer: None,
            result: PhantomData,
        })
    }

    /// Waits for its end, and returns the result of the function.
    ///
    /// # Errors
    ///
    /// [`Failure::Panicked`] if the function panicked; [`Failure::Died`] if the process ended before it had answered.
    pub fn join(mut self) -> Result<T, Failure> {
        let ended = self.wait_until(None);
        let ended = ended.map_err(|error| Failure::Broken(error.to_string()))?;
        match self.answer.take() {
            Some((Kind::Values, bytes)) => match decode(1, &bytes).map(|mut it| it.pop()) {
                Ok(result) => Ok(result.expect("one was decoded")),
                Err(error) => Err(Failure::Broken(error.to_string())),
            },
            Some((_, bytes)) => Err(panicked(&bytes)),
            None => Err(Failure::Died(cause_of(ended.expect("it was waited for")))),
        }
    }
}

/// The panic that a frame tells of.
pub fn panicked(bytes: &[u8]) -> Failure {
    match rmp_serde::from_slice(bytes) {
        Ok((message, place)) => Failure::Panicked { message, place },
        Err(error) => Failure::Broken(error.to_string()),
    }
}

impl<T> Process<T> {
    /// Its process id.
    pub fn id(&self) -> u32 {
        let pid = self.child.pid().expect("`start` waits for it");
        pid.as_raw().cast_unsigned()
    }

    /// What it was called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has not ended.
    pub fn is_alive(&mut self) -> io::Result<bool> {
        Ok(self.wait(Duration::ZERO)?.is_none())
    }

    /// Waits for its end, but no longer than `limit`. Returns how it ended; `None` if it still runs.
    pub fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        self.wait_until(Instant::now().checked_add(limit))
    }

    /// Asks it to end (SIGTERM).
    pub fn terminate(&self) -> io::Result<()> {
        self.child.send(Signal::SIGTERM)
    }

    /// Ends it (SIGKILL): it can do nothing about that.
    pub fn kill(&self) -> io::Result<()> {
        self.child.send(Signal::SIGKILL)
    }

    /// Does what Ctrl-C does (SIGINT).
    pub fn interrupt(&self) -> io::Result<()> {
        self.child.send(Signal::SIGINT)
    }

    fn wait_until(&mut self, end: Option<Instant>) -> io::Result<Option<ExitStatus>> {
        loop {
            // First whether it has ended, then what it had sent: so nothing is missed.
            let status = self.child.ended()?;
            while self.connection.receive()? {}
            if let Some((Header { kind, .. }, bytes)) = self.connection.incoming.next_frame()? {
                self.answer = Some((kind, bytes.to_owned()));
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if status.is_some() || left == Some(Duration::ZERO) {
                return Ok(status);
            }
            self.connection.send();
            let limit = left.map_or(LOOK_AGAIN, |left| left.min(LOOK_AGAIN));
            let mut files = Vec::new();
            if self.connection.is_at_end {
                // It is ending, or its connection is closed by mistake.
                std::thread::sleep(limit.min(Duration::from_micros(50)));
            } else {
                files.push(PollFd::new(
                    self.connection.stream().as_fd(),
                    self.connection.interest(),
                ));
            }
            if let Some(news) = self.child.news() {
                files.push(PollFd::new(news, PollFlags::POLLIN));
            }
            if !files.is_empty() {
                let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
                again_if_interrupted(|| poll(&mut files, limit))?;
            }
        }
    }
}

impl<T> AsFd for Process<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.connection.stream().as_fd()
    }
}

/// Waits until one of these processes has ended, and returns its place in the list.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] if there are none.
pub fn first_to_end<T>(processes: &mut [Process<T>]) -> io::Result<usize> {
    if processes.is_empty() {
        let message = "there is no process to wait for";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    loop {
        for (place, process) in processes.iter_mut().enumerate() {
            if process.wait(Duration::ZERO)?.is_some() {
                return Ok(place);
            }
        }
        let files = processes
            .iter()
            .map(|it| PollFd::new(it.as_fd(), it.connection.interest()));
        let limit = PollTimeout::try_from(LOOK_AGAIN).expect("it is short");
        again_if_interrupted(|| poll(&mut files.clone().collect::<Vec<_>>(), limit))?;
    }
}
