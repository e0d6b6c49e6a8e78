//! All workers at the same time: a workload whose workers wait for each other.
//!
//! A paradigm that runs serially gives the right answers. In this case, such a paradigm does not get past its first
//! chunk: each worker waits
//! until as many workers compute as were asked for. This needs no second core, because a worker that waits sleeps.

use std::fs::{self, File};
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::path::PathBuf;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tempfile::{TempDir, tempdir_in};
use workloads::{Map, Paradigm, Reduce, Workload};

use crate::attempt::attempt;
use crate::case::{self, Verdict};
use crate::checks::{are_equal, is_equal, worker_counts};

/// A worker waits for the others for this long. They may have to be started as processes, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a worker looks who is there.
const PAUSE: Duration = Duration::from_millis(1);

/// When all are there, the first ones wait for this long, so that a worker too many can be seen.
const STAY: Duration = Duration::from_millis(20);

/// Items for each worker.
const ITEMS_EACH: usize = 100;

/// Chunks must begin at multiples of this.
const GRAIN: usize = 3;

/// The name of the file that says that all have met.
const MET: &str = "met";
/// The name of the file that says what went wrong.
const WRONG: &str = "wrong";

/// A map, or a reduction, that `workers` workers have to compute at the same time.
///
/// The workers meet in a directory, because that works for threads, for forked processes and for spawned ones. For each
/// chunk there is a file with the process id of its worker. It is named after the chunk, and renamed when the worker goes on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Meeting<const IS_MAP: bool> {
    workers: usize,
    directory: PathBuf,
}

/// Whether `P` lets as many workers compute at the same time as it was asked for, and not more, and so when it is called
/// again.
pub(crate) fn all_workers_at_once<P: Paradigm>() -> Verdict {
    for workers in worker_counts() {
        let on = format!("a meeting of {ITEMS_EACH} items for each worker");
        attempt::<P>(&on, workers, 2, |paradigm| {
            let (map, _directory) = Meeting::<true>::of(workers)?;
            let items = paradigm.map(&map).map(|items| items.to_vec());
            map.outcome::<P>("map")?;
            let items = items.map_err(|error| format!("it fails: {error}"))?;
            let expected: Vec<_> = (0..map.len() as u64).collect();
            are_equal(&items, &expected)?;

            let (reduce, _directory) = Meeting::<false>::of(workers)?;
            let count = paradigm.reduce(&reduce);
            reduce.outcome::<P>("reduce")?;
            let count = count.map_err(|error| format!("it fails: {error}"))?;
            is_equal("the number of items", &count, &reduce.len())
        })?;
    }
    Ok(())
}

/// Who is there.
#[derive(Default)]
struct Attendance {
    /// Workers that compute now.
    present: usize,
    /// Chunks that have been begun.
    chunks: usize,
}

impl<const IS_MAP: bool> Meeting<IS_MAP> {
    /// A meeting, and its directory, which is removed when it is dropped.
    fn of(workers: NonZero<usize>) -> Result<(Self, TempDir), String> {
        let directory = tempdir_in(case::directory());
        let directory = directory.map_err(|error| format!("there is no directory: {error}"))?;
        let meeting = Self {
            workers: workers.get(),
            directory: directory.path().to_owned(),
        };
        Ok((meeting, directory))
    }

    /// What a worker does for its items: it comes, waits for the others unless all have met already, and goes.
    ///
    /// Workers meet once at each call, and not for each chunk: a paradigm may give a worker more chunks than another
    /// one. So a paradigm that runs serially after its first chunks is not found.
    fn meet(&self, items: &Range<usize>) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        if !items.start.is_multiple_of(GRAIN) {
            return self.complain(&format!(
                "the chunk {items:?} begins within a grain of {GRAIN} items"
            ));
        }
        let met = self.directory.join(MET);
        let here = self
            .directory
            .join(format!("{}-{}", items.start, items.end));
        fs::write(&here, process::id().to_string())?;
        let patience = Instant::now() + PATIENCE;
        while !met.exists() {
            let present = self.attendance()?.present;
            if present >= self.workers {
                File::create(&met)?;
            } else if Instant::now() > patience || self.directory.join(WRONG).exists() {
                return self.complain(&format!(
                    "{present} of {} workers compute at the same time: the items {items:?} waited {PATIENCE:?} for the \
                     others",
                    self.workers
                ));
            }
            thread::sleep(PAUSE);
        }
        // As long as no worker has begun a second chunk.
        if self.attendance()?.chunks <= self.workers {
            thread::sleep(STAY);
        }
        let present = self.attendance()?.present;
        if present > self.workers {
            self.complain(&format!(
                "{present} workers compute at the same time, but the call asked for {}",
                self.workers
            ))?;
        }
        fs::rename(&here, here.with_extension("gone"))
    }

    fn attendance(&self) -> io::Result<Attendance> {
        let mut attendance = Attendance::default();
        for file in fs::read_dir(&self.directory)? {
            let name = file?.file_name();
            let name = name.to_str().unwrap_or_default();
            let chunk = name.strip_suffix(".gone").unwrap_or(name);
            // `MET` and `WRONG` are no chunks.
            if !chunk.contains('-') {
                continue;
            }
            attendance.present += usize::from(chunk == name);
            attendance.chunks += 1;
        }
        Ok(attendance)
    }

    /// Says what is wrong. Only the first sentence is kept.
    fn complain(&self, sentence: &str) -> io::Result<()> {
        match File::create_new(self.directory.join(WRONG)) {
            Ok(mut file) => io::Write::write_all(&mut file, sentence.as_bytes()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// How the meeting went. `call` is the call that was made.
    fn outcome<P: Paradigm>(&self, call: &str) -> Verdict {
        if let Ok(wrong) = fs::read_to_string(self.directory.join(WRONG)) {
            return Err(format!("{call}: {wrong}"));
        }
        let this_process = process::id().to_string();
        let files = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let mut texts = files.flat_map(|file| fs::read_to_string(file.path()));
        let is_other = |text: String| !text.is_empty() && text != this_process;
        if !P::CHILDREN && texts.any(is_other) {
            return Err(
                "its workers are processes, so it must say `const CHILDREN: bool = true;`"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

impl<const IS_MAP: bool> Workload for Meeting<IS_MAP> {
    const NAME: &'static str = if IS_MAP {
        "meeting-map"
    } else {
        "meeting-reduce"
    };
    const ABOUT: &'static str = "wait for all workers";

    fn with_input(_n: usize, input: &[String]) -> io::Result<Self> {
        workloads::refuse_input(Self::NAME, input)?;
        Err(io::Error::other("it needs a directory"))
    }

    fn with_len(&self, _n: usize) -> Self {
        Self {
            workers: self.workers,
            directory: self.directory.clone(),
        }
    }

    fn len(&self) -> usize {
        ITEMS_EACH * self.workers
    }

    fn grain(&self) -> usize {
        GRAIN
    }
}

impl Map for Meeting<true> {
    type Item = u64;

    fn fill(&self, first: usize, out: &mut [u64]) {
        let items = first..first + out.len();
        self.meet(&items).expect("workers can meet in a directory");
        for (item, out) in items.zip(out) {
            *out = item as u64;
        }
    }
}

impl Reduce for Meeting<false> {
    type Summary = usize;

    fn fold(&self, items: Range<usize>) -> usize {
        self.meet(&items).expect("workers can meet in a directory");
        items.len()
    }

    fn merge(&self, left: usize, right: usize) -> usize {
        left + right
    }
}
