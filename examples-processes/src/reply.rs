//! What a worker process sends back for a task: its answer as bytes, or the message of its panic.
//!
//! On the wire: one byte that tells which, eight bytes of length (little-endian), then the bytes.

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytemuck::{Pod, cast_slice, cast_slice_mut};
use serde::{Serialize, de::DeserializeOwned};
use workloads::panic_message;

const ANSWER: u8 = 0;
const PANIC: u8 = 1;

/// Up to this many bytes go out together with their header: copying them costs less than another system call, and
/// less than waking the parent twice.
const COPIED: usize = 4096;

/// Runs `compute` and sends the items that it returns, as they stand in memory.
///
/// # Errors
///
/// Those of writing. [`WorkerPanicked`] if `compute` panicked, and the parent has been told so.
pub fn send_items<T: Pod>(to: &mut impl Write, compute: impl FnOnce() -> Vec<T>) -> io::Result<()> {
    let items = compute_or_tell(to, compute)?;
    send(to, ANSWER, cast_slice(&items))
}

/// Runs `compute` and sends the summary that it returns, as JSON.
///
/// # Errors
///
/// As [`send_items`].
pub fn send_summary<S: Serialize>(
    to: &mut impl Write,
    compute: impl FnOnce() -> S,
) -> io::Result<()> {
    let summary = compute_or_tell(to, compute)?;
    send(to, ANSWER, &serde_json::to_vec(&summary)?)
}

/// Runs `compute` and sends that it is done: its result is elsewhere.
///
/// # Errors
///
/// As [`send_items`].
pub fn send_done(to: &mut impl Write, compute: impl FnOnce()) -> io::Result<()> {
    compute_or_tell(to, compute)?;
    send(to, ANSWER, &[])
}

/// Runs `compute`. Only if it panics, it sends something: the message.
///
/// # Errors
///
/// As [`send_items`].
pub fn compute_or_tell<T>(to: &mut impl Write, compute: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(compute)).or_else(|panic| {
        let message = panic_message(panic.as_ref());
        send(to, PANIC, message.as_bytes())?;
        Err(io::Error::other(WorkerPanicked(message)))
    })
}

fn send(to: &mut impl Write, kind: u8, bytes: &[u8]) -> io::Result<()> {
    let mut header = [kind; 9];
    header[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
    if bytes.len() <= COPIED {
        to.write_all(&[&header, bytes].concat())?;
    } else {
        to.write_all(&header)?;
        to.write_all(bytes)?;
    }
    to.flush()
}

/// Receives items straight to where they belong.
///
/// # Errors
///
/// Those of reading; [`io::ErrorKind::UnexpectedEof`] if the worker is gone; [`WorkerPanicked`];
/// [`io::ErrorKind::InvalidData`] if it sends more or fewer items than `out` has places.
pub fn receive_items<T: Pod>(from: &mut impl Read, out: &mut [T]) -> io::Result<()> {
    let out: &mut [u8] = cast_slice_mut(out);
    let length = receive_header(from)?;
    if length != out.len() as u64 {
        let message = format!(
            "{} bytes were expected of a worker, it sends {length}",
            out.len()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    from.read_exact(out)
}

/// Receives a summary.
///
/// # Errors
///
/// As [`receive_items`].
pub fn receive_summary<S: DeserializeOwned>(from: &mut impl Read) -> io::Result<S> {
    let length = receive_header(from)?;
    Ok(serde_json::from_slice(&receive_bytes(from, length)?)?)
}

/// Receives the word that a worker is done.
///
/// # Errors
///
/// As [`receive_items`].
pub fn receive_done(from: &mut impl Read) -> io::Result<()> {
    receive_items::<u8>(from, &mut [])
}

/// The length of the answer that follows.
fn receive_header(from: &mut impl Read) -> io::Result<u64> {
    let mut header = [0; 9];
    from.read_exact(&mut header)?;
    let length = u64::from_le_bytes(*header[1..].as_array().expect("nine bytes less one"));
    match header[0] {
        ANSWER => Ok(length),
        PANIC => {
            let message = receive_bytes(from, length)?;
            Err(io::Error::other(WorkerPanicked(
                String::from_utf8_lossy(&message).into_owned(),
            )))
        }
        _ => {
            let message = "what arrived is not a worker's reply: did its code write to a descriptor of another?";
            Err(io::Error::new(io::ErrorKind::InvalidData, message))
        }
    }
}

fn receive_bytes(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Inside an [`io::Error`]: the worker's code panicked, with this message.
#[derive(Debug)]
pub struct WorkerPanicked(pub String);

impl fmt::Display for WorkerPanicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a worker panicked: {}", self.0)
    }
}

impl Error for WorkerPanicked {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_arrive_whole_and_where_they_belong() {
        let mut wire = Vec::new();
        send_items(&mut wire, || vec![1_u64, u64::MAX]).unwrap();
        send_summary(&mut wire, || ("crossover", 7)).unwrap();
        send_done(&mut wire, || ()).unwrap();
        let mut wire = wire.as_slice();
        let mut items = [0; 2];
        receive_items(&mut wire, &mut items).unwrap();
        assert_eq!(items, [1_u64, u64::MAX]);
        let summary: (String, u32) = receive_summary(&mut wire).unwrap();
        assert_eq!(summary, ("crossover".to_owned(), 7));
        receive_done(&mut wire).unwrap();
        assert_eq!(
            receive_done(&mut wire).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }

    #[test]
    fn a_panic_arrives_as_its_message() {
        let mut wire = Vec::new();
        send_done(&mut wire, || panic!("no item {}", 7)).unwrap_err();
        let error = receive_done(&mut wire.as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "a worker panicked: no item 7");
    }

    #[test]
    fn a_truncated_or_wrong_answer_is_an_error() {
        let mut wire = Vec::new();
        send_items(&mut wire, || vec![1_u8, 2, 3]).unwrap();
        let cut = receive_items(&mut &wire[..11], &mut [0_u8; 3]).unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
        let long = receive_items(&mut wire.as_slice(), &mut [0_u8; 2]).unwrap_err();
        assert_eq!(long.kind(), io::ErrorKind::InvalidData);
        let other = receive_done(&mut &b"items 0..50\n"[..]).unwrap_err();
        assert_eq!(other.kind(), io::ErrorKind::InvalidData);
    }
}
