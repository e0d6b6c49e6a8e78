//! A journal of finished chunks: a job that was cut short goes on where it stopped.
//!
//! - **Idea.** Each finished chunk is appended to a file, with its result. A job that is started again reads the file
//!   first, and computes only the chunks that are not in it.
//! - **Cost.** A write for each chunk, and a wait until the disk has the data, at most five times a second. So a chunk
//!   should take much longer than a write.
//! - **Hazard.** The end of the file may be cut short, if the machine fails while it is being written. Each record has
//!   a checksum: the first record that is not whole ends the journal, and is overwritten. A chunk is known by a digest
//!   of the program, the function, the shared value, the inputs and their place, and these must not change between two
//!   runs. So a program that was changed repeats everything, and never takes a wrong result.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use bytemuck::{bytes_of, bytes_of_mut};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::listener::fingerprint;

/// A file begins with this.
const MAGIC: &[u8; 8] = b"crossjo1";

/// Of a record: the two halves of its key, the length of the result, and a checksum of these and the result.
type Head = [u64; 4];

/// So often the journal waits until the disk has the data.
const SYNC: Duration = Duration::from_millis(200);

/// How long to wait for another process to close the file.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is finished, in memory and in a file. Only one process can have it open.
#[derive(Debug)]
pub struct Journal {
    file: File,
    finished: HashMap<u128, Vec<u8>>,
    /// Where the next record begins.
    end: u64,
    synced: Instant,
}

impl Journal {
    /// Opens the journal in this file, or makes one.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] if the file is something else: it is left as it is. [`io::ErrorKind::ResourceBusy`] if
    /// another process has it open. What the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let said = |error: io::Error| {
            io::Error::new(
                error.kind(),
                format!("the journal {}: {error}", path.display()),
            )
        };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(said)?;
        let begin = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // A child that was just forked has it open, too, until it starts its own program.
                Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => {
                    thread::sleep(PATIENCE / 100);
                }
                Err(TryLockError::WouldBlock) => {
                    let message = "it is open already, in this or in another process";
                    return Err(said(io::Error::new(io::ErrorKind::ResourceBusy, message)));
                }
                Err(TryLockError::Error(error)) => return Err(said(error)),
            }
        }
        let (finished, end) = read(&mut file).map_err(said)?;
        Ok(Self {
            file,
            finished,
            end,
            synced: Instant::now(),
        })
    }

    /// The result of a chunk, if it is finished.
    pub fn get(&self, key: u128) -> Option<&[u8]> {
        self.finished.get(&key).map(Vec::as_slice)
    }

    /// How many chunks are finished.
    pub fn len(&self) -> usize {
        self.finished.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.finished.is_empty()
    }

    /// Adds a finished chunk.
    ///
    /// # Errors
    ///
    /// What the system says, such as that the disk is full. What was finished before is not lost.
    pub fn add(&mut self, key: u128, result: &[u8]) -> io::Result<()> {
        let mut head: Head = [(key >> 64) as u64, key as u64, result.len() as u64, 0];
        head[3] = checksum(&head, result);
        let record = [bytes_of(&head), result].concat();
        // A record that could not be written as a whole, as on a full disk, is overwritten by the next one.
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&record)?;
        self.end += record.len() as u64;
        if self.synced.elapsed() >= SYNC {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // If it fails, a machine that fails now loses the last records, and they are computed again.
        let _ = self.file.sync_data();
    }
}

/// The records of a file, and where the last one that is whole ends. What comes after it is cut off.
fn read(file: &mut File) -> io::Result<(HashMap<u128, Vec<u8>>, u64)> {
    let mut finished = HashMap::new();
    let length = file.metadata()?.len();
    let mut reader = BufReader::new(&mut *file);
    let mut magic = Vec::new();
    (&mut reader)
        .take(MAGIC.len() as u64)
        .read_to_end(&mut magic)?;
    if !MAGIC.starts_with(&magic) {
        let message = "this file is not a journal";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut end = MAGIC.len() as u64;
    if magic.len() < MAGIC.len() {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(MAGIC)?;
        return Ok((finished, end));
    }
    loop {
        let mut head: Head = [0; 4];
        let left = length - end;
        let mut result = Vec::new();
        if left < size_of::<Head>() as u64 {
            break;
        }
        reader.read_exact(bytes_of_mut(&mut head))?;
        if head[2] > left - size_of::<Head>() as u64 {
            break;
        }
        (&mut reader).take(head[2]).read_to_end(&mut result)?;
        if checksum(&head, &result) != head[3] {
            break;
        }
        end += size_of::<Head>() as u64 + head[2];
        finished.insert(u128::from(head[0]) << 64 | u128::from(head[1]), result);
    }
    file.set_len(end)?;
    Ok((finished, end))
}

fn checksum(head: &Head, result: &[u8]) -> u64 {
    xxh3_64(&[bytes_of(&[head[0], head[1], head[2]]), result].concat())
}

/// By what a chunk is known: this program, the numbers of the function and of the first input, the shared value, and the
/// inputs.
///
/// # Errors
///
/// If the program's file cannot be read.
pub fn key(numbers: [u64; 2], shared: &[u8], inputs: &[u8]) -> io::Result<u128> {
    let mut digest = Xxh3Default::new();
    digest.update(&fingerprint()?);
    for part in [bytes_of(&numbers), shared, inputs] {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    Ok(digest.digest128())
}
