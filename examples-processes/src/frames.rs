//! Frames: how messages are told apart in a stream of bytes.
//!
//! A frame begins with four numbers of eight bytes each: its kind, two numbers for the receiver, and how many bytes follow.
//! Both ends must have the same order of bytes in a number.

use std::io::{self, ErrorKind, Read};
use std::mem::take;
use std::ops::Range;

use bytemuck::{bytes_of, bytes_of_mut};

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To a worker: a function, and the value that its tasks share.
    Call = 1,
    /// To a worker: there are no more tasks of this call.
    Forget = 2,
    /// To a worker: inputs of a call.
    Task = 3,
    /// To a worker: as [`Task`](Self::Task), and the last one that is there: so what is finished has to be sent.
    LastTask = 4,
    /// From a worker: results, in the order of the tasks.
    Values = 5,
    /// From a worker: the message of a panic, and its place.
    Panic = 6,
    /// To a worker: its name.
    Name = 7,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Call,
        Self::Forget,
        Self::Task,
        Self::LastTask,
        Self::Values,
        Self::Panic,
        Self::Name,
    ];
}

/// The beginning of a frame. On the wire: four numbers, the last one is the number of bytes that follow.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// What it is about.
    pub kind: Kind,
    /// The call that it belongs to; 0 in a frame from a worker.
    pub call: u64,
    /// A function, or a number of values.
    pub number: u64,
}

const HEADER: usize = size_of::<[u64; 4]>();

/// Appends a frame.
pub fn append(to: &mut Vec<u8>, header: Header, bytes: &[u8]) {
    append_header(to, header, bytes.len());
    to.extend_from_slice(bytes);
}

/// Appends the beginning of a frame with this many bytes.
pub(crate) fn append_header(to: &mut Vec<u8>, header: Header, bytes: usize) {
    let Header { kind, call, number } = header;
    let numbers = [kind as u64, call, number, bytes as u64];
    to.extend_from_slice(bytes_of(&numbers));
}

/// Bytes that have arrived, and are cut into frames.
#[derive(Debug)]
pub struct Incoming {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    limit: usize,
}

/// This many bytes are read at a time, unless a frame is larger.
const ROOM: usize = 128 << 10;

/// For a frame that is larger, there is room for this many times as much as has arrived. So a peer that announces a large
/// frame and sends little takes little memory.
const GROWTH: usize = 4;

/// Memory beyond this is given back when it is no longer needed. Less is kept: new memory costs a page fault for every 4 KiB.
pub(crate) const LARGE: usize = 4 << 20;

impl Incoming {
    /// No frame may have more than `limit` bytes after its four numbers.
    pub fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
            limit: limit.min(isize::MAX as usize - HEADER),
        }
    }

    /// Reads once, as much as there is room for, and returns the number of bytes: 0 at the end of the stream.
    ///
    /// # Errors
    ///
    /// What reading says, which may be [`ErrorKind::WouldBlock`]; [`ErrorKind::OutOfMemory`]; and
    /// [`ErrorKind::InvalidData`] for a frame beyond the limit.
    pub fn fill(&mut self, mut from: impl Read) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        let length = self.header()?.map_or(0, |(_, length)| length);
        let arrived = self.end - self.start;
        let needed = (HEADER + length).min(ROOM.max(GROWTH * arrived));
        if self.start > 0 && self.start + needed > self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, arrived);
        }
        let room = needed.max(ROOM);
        if self.bytes.len() < room {
            let no_memory = |_| workloads::no_memory_for::<u8>(room);
            let more = room - self.bytes.len();
            self.bytes.try_reserve_exact(more).map_err(no_memory)?;
            self.bytes.resize(room, 0);
        }
        let read = loop {
            match from.read(&mut self.bytes[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        Ok(read)
    }

    /// Whether the last read has used all the room.
    pub fn is_full(&self) -> bool {
        self.end == self.bytes.len()
    }

    /// Whether a part of a frame has arrived, and not yet the rest.
    pub fn is_in_a_frame(&self) -> bool {
        self.start < self.end
    }

    /// The next frame, if all of it has arrived.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidData`] if what arrived is not a frame, or one beyond the limit.
    pub fn next_frame(&mut self) -> io::Result<Option<(Header, &[u8])>> {
        let next = self.next_place()?;
        Ok(next.map(|(header, place)| (header, &self.bytes[place])))
    }

    /// The same, with bytes of its own. Those of a large frame are handed over, if nothing has arrived after it.
    ///
    /// # Errors
    ///
    /// Those of [`next_frame`](Self::next_frame).
    pub fn next_owned(&mut self) -> io::Result<Option<(Header, Vec<u8>)>> {
        let next = self.next_place()?;
        Ok(next.map(|(header, place)| {
            if place.len() < ROOM || place.end < self.end {
                return (header, self.bytes[place].to_owned());
            }
            (self.start, self.end) = (0, 0);
            let mut bytes = take(&mut self.bytes);
            bytes.truncate(place.end);
            bytes.drain(..place.start);
            (header, bytes)
        }))
    }

    /// Where the bytes of the next frame are. They count as taken.
    fn next_place(&mut self) -> io::Result<Option<(Header, Range<usize>)>> {
        let Some((header, length)) = self.header()? else {
            return Ok(None);
        };
        let first = self.start + HEADER;
        if self.end - first < length {
            return Ok(None);
        }
        self.start = first + length;
        Ok(Some((header, first..self.start)))
    }

    /// The beginning of the next frame, and how many bytes follow.
    fn header(&self) -> io::Result<Option<(Header, usize)>> {
        let bytes = &self.bytes[self.start..self.end];
        let Some(bytes) = bytes.get(..HEADER) else {
            return Ok(None);
        };
        let mut numbers = [0_u64; 4];
        bytes_of_mut(&mut numbers).copy_from_slice(bytes);
        let [kind, call, number, length] = numbers;
        let kind = Kind::ALL.into_iter().find(|&known| known as u64 == kind);
        let kind = kind.ok_or_else(|| {
            invalid("what arrived is not a frame: did a task write to a descriptor that it does not own?")
        })?;
        let limit = self.limit;
        if length > limit as u64 {
            return Err(invalid(format!(
                "a frame of {length} bytes was announced, and at most {limit} are allowed"
            )));
        }
        let header = Header { kind, call, number };
        Ok(Some((header, length as usize)))
    }

    /// How much memory is used for what arrives, in bytes.
    pub fn memory(&self) -> usize {
        self.bytes.capacity()
    }

    /// Gives back the memory of large frames.
    pub fn shrink(&mut self) {
        if self.start == self.end && self.bytes.len() > LARGE {
            *self = Self::new(self.limit);
        }
    }
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER_OF_7: Header = Header {
        kind: Kind::Task,
        call: 1,
        number: 7,
    };

    #[test]
    fn frames_arrive_wherever_the_stream_is_cut() {
        let mut stream = Vec::new();
        append(&mut stream, HEADER_OF_7, b"first");
        append(&mut stream, HEADER_OF_7, b"");
        append(&mut stream, HEADER_OF_7, &vec![3; 300_000]);
        for piece in [1, 7, 32, 33, 100_000, usize::MAX] {
            let mut incoming = Incoming::new(300_000);
            let mut arrived = Vec::new();
            for mut bytes in stream.chunks(piece.min(stream.len())) {
                while incoming.fill(&mut bytes).unwrap() > 0 {
                    while let Some((header, bytes)) = incoming.next_owned().unwrap() {
                        assert_eq!((header.kind, header.number), (Kind::Task, 7));
                        arrived.push(bytes);
                    }
                }
            }
            assert_eq!(
                arrived,
                [b"first".to_vec(), Vec::new(), vec![3; 300_000]],
                "{piece}"
            );
            assert!(!incoming.is_in_a_frame());
        }
    }

    #[test]
    fn a_hostile_length_is_refused_and_takes_no_memory() {
        let mut numbers = [Kind::Task as u64, 1, 1, 1 << 60];
        let mut incoming = Incoming::new(1000);
        incoming.fill(bytes_of(&numbers)).unwrap();
        let error = incoming.next_frame().unwrap_err();
        assert!(error.to_string().contains("at most 1000"), "{error}");

        // Within the limit: there is no more memory than has arrived, many times.
        numbers[3] = 1 << 30;
        let mut incoming = Incoming::new(1 << 30);
        incoming.fill(bytes_of(&numbers)).unwrap();
        incoming.fill(&[0; 1000][..]).unwrap();
        assert!(incoming.next_frame().unwrap().is_none());
        assert!(incoming.memory() <= 2 * ROOM, "{}", incoming.memory());
        assert!(incoming.is_in_a_frame());
    }
}
