//! What a worker process does: it reads tasks, runs their functions, and sends results, until its parent closes the stream.

#![expect(
    unsafe_code,
    reason = "a worker leaves by _exit, and runs functions that travel as numbers"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::mem::take;
use std::os::unix::net::UnixStream;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use nix::libc::_exit;
use nix::sys::signal::{SigHandler, Signal, signal};
use serde::Serialize;
use workloads::panic_message;

use crate::child::PANICKED;
use crate::die_with_parent::UNHEARD;
use crate::frames::{Header, Incoming, Kind, append, append_header};
use crate::function::{Function, Shared};
use crate::keep_ended_children;
use crate::marks::Marks;
use crate::values::Values;
use crate::wire::receive_with;

/// A panic's message and its place, such as `src/main.rs:7:5`.
pub(crate) type Panicked = (String, String);

thread_local! {
    static LAST_PLACE: RefCell<String> = const { RefCell::new(String::new()) };
    /// The stream that came with the first message.
    static STREAM: RefCell<Option<UnixStream>> = const { RefCell::new(None) };
}

pub(crate) fn take_stream() -> Option<UnixStream> {
    STREAM.take()
}

pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|payload| (panic_message(&*payload), LAST_PLACE.take()))
}

/// What a worker has finished and not yet sent.
pub(crate) struct Replies<'a> {
    stream: Box<dyn Write + 'a>,
    unsent: Vec<u8>,
    panics: u64,
    mark: &'a AtomicU64,
    error: Option<io::Error>,
}

/// When this many bytes are unsent, they are sent.
const ENOUGH: usize = 64 << 10;

impl Replies<'_> {
    /// Says that the next input's turn has come.
    pub(crate) fn begin(&self) {
        // No other process writes this mark.
        self.mark
            .store(self.mark.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(crate) fn values<T: Serialize + 'static>(&mut self, results: &[T]) {
        if results.is_empty() {
            return;
        }
        // `Serialize` may be code of users.
        let why = match caught(|| Values::encode(results)) {
            Ok(Ok(values)) => {
                return self.reply(Kind::Values, values.count as u64, &values.bytes);
            }
            Ok(Err(error)) => error.to_string(),
            Err((message, _)) => message,
        };
        let message = format!("its result cannot be sent: {why}");
        self.panicked(results.len() as u64, &(message, String::new()));
    }

    /// None of `count` inputs could be used.
    pub(crate) fn failed(&mut self, count: u64, why: &str) {
        for _ in 0..count {
            self.begin();
        }
        let message = format!("its input did not arrive: {why}");
        self.panicked(count, &(message, String::new()));
    }

    pub(crate) fn panicked(&mut self, count: u64, panicked: &Panicked) {
        self.panics += count;
        let bytes = rmp_serde::to_vec(panicked).expect("two texts can be written");
        self.reply(Kind::Panic, count, &bytes);
    }

    fn reply(&mut self, kind: Kind, count: u64, bytes: &[u8]) {
        let header = Header {
            kind,
            call: 0,
            number: count,
        };
        if bytes.len() >= ENOUGH {
            append_header(&mut self.unsent, header, bytes.len());
            self.send();
            return self.write(bytes); // without a copy
        }
        append(&mut self.unsent, header, bytes);
        if self.unsent.len() >= ENOUGH {
            self.send();
        }
    }

    fn send(&mut self) {
        let unsent = take(&mut self.unsent);
        self.write(&unsent);
        self.unsent = unsent;
        self.unsent.clear();
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Err(error) = self.stream.write_all(bytes) {
            self.error = Some(error);
        }
    }
}

/// The first message to a worker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hello {
    /// The number of its mark, and of how many, if it belongs to a pool. Their file comes with the message. With the message
    /// to another process, a stream may come.
    pub(crate) mark: Option<(usize, usize)>,
}

impl Hello {
    pub(crate) fn to_numbers(self) -> [u64; 2] {
        let (mark, marks) = self.mark.unwrap_or((0, 0));
        [mark as u64, marks as u64]
    }
}

/// Works for the process at the other end of `stream` until it closes the stream. Then this process ends.
pub(crate) fn work(stream: &UnixStream) -> ! {
    let ended = serve(stream);
    // What a task has printed without a line feed.
    let _ = io::stdout().flush();
    let status = match ended {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Panicked) => PANICKED,
        Err(_) => UNHEARD,
    };
    // SAFETY: `_exit` may be called at any time.
    unsafe { _exit(status) }
}

/// How the tasks of a worker went.
enum Outcome {
    Done,
    /// The only task of a process that belongs to no pool panicked.
    Panicked,
}

fn serve(stream: &UnixStream) -> io::Result<Outcome> {
    let Some(([mark, marks], mut files)) = receive_with::<2>(stream)? else {
        return Ok(Outcome::Done);
    };
    let in_pool = marks > 0;
    keep_ended_children(); // those that a task starts
    if in_pool {
        // At Ctrl-C, it is the parent that decides.
        // SAFETY: this sets no handler, so no code of this process runs when the signal comes.
        unsafe { signal(Signal::SIGINT, SigHandler::SigIgn) }?;
    }
    // If the program had closed its standard input, the connection may have got its number. So go on with a copy.
    let copy = stream.try_clone()?;
    let stream = &copy;
    nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
    let file = files.pop();
    let marks = match file {
        Some(file) if in_pool => Some(Marks::open(file, marks as usize)?),
        file => {
            STREAM.set(file.map(UnixStream::from));
            None
        }
    };
    let no_mark = AtomicU64::new(0);
    let mark = marks
        .as_ref()
        .map_or(&no_mark, |marks| marks.of(mark as usize));
    // SAFETY: the parent has started this process as its worker.
    let panics = unsafe { answer(stream, mark) }?;
    Ok(match panics {
        0 => Outcome::Done,
        _ if in_pool => Outcome::Done,
        _ => Outcome::Panicked,
    })
}

/// Computes what comes through `stream`, and sends the results, until its other end is closed. The mark is raised at each
/// input. Returns how many inputs panicked. From now on, a panic prints nothing in this process: its message is sent.
///
/// # Errors
///
/// What reading and writing say, and [`io::ErrorKind::InvalidData`] for what is no frame.
///
/// # Safety
///
/// At the other end is a process of the same program, which sends numbers that [`Function::of`] has made.
pub unsafe fn answer<S>(stream: &S, mark: &AtomicU64) -> io::Result<u64>
where
    for<'a> &'a S: Read + Write,
{
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        LAST_PLACE.set(place.unwrap_or_default());
    }));
    let mut replies = Replies {
        stream: Box::new(stream),
        unsent: Vec::new(),
        panics: 0,
        mark,
        error: None,
    };
    let mut calls = BTreeMap::new();
    let mut incoming = Incoming::new(usize::MAX);
    while incoming.fill(stream)? > 0 {
        while let Some((Header { kind, call, number }, bytes)) = incoming.next_frame()? {
            match kind {
                Kind::Call => {
                    calls.insert(call, Shared::new(Function::from_number(number), bytes));
                }
                Kind::Forget => drop(calls.remove(&call)),
                Kind::Name => name_this_process(bytes),
                _ => {
                    let shared = calls.get_mut(&call).ok_or(io::ErrorKind::InvalidData)?;
                    shared.run(number, bytes, &mut replies);
                    if kind == Kind::LastTask {
                        replies.send();
                    }
                }
            }
            if let Some(error) = replies.error {
                return Err(error);
            }
        }
        incoming.shrink();
    }
    Ok(replies.panics)
}

/// Lets `ps` show this name.
fn name_this_process(name: &[u8]) {
    #[cfg(target_os = "linux")]
    if let Ok(name) = std::ffi::CString::new(name) {
        let _ = nix::sys::prctl::set_name(&name);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = name;
}
