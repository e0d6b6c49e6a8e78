//! The decoder of frames: whatever bytes arrive, in whatever pieces, it finds the frames that a simple decoder finds in
//! the whole of them, and it asks for no more memory than it promises.
//!
//! An input has three parts: eight bytes of control, frames to be written (four bytes each), and bytes as they are.

use std::io::{self, ErrorKind, Read};

use examples_processes::parts::{Header, Incoming, Kind, append};

use crate::largest_piece;

/// As [`Incoming`] promises: there is room for this many bytes, or for so many times what has arrived.
const ROOM: usize = 128 << 10;
const GROWTH: usize = 4;

const HEADER: usize = 32;

const KINDS: [Kind; 7] = [
    Kind::Call,
    Kind::Forget,
    Kind::Task,
    Kind::LastTask,
    Kind::Values,
    Kind::Panic,
    Kind::Name,
];

/// The last one is the largest that memory can have room for.
const LIMITS: [usize; 5] = [0, 100, 1000, 1 << 20, isize::MAX as usize - HEADER];

/// Kind, call, number and bytes.
type Frame = (Kind, u64, u64, Vec<u8>);

/// Checks what an input stands for. `unit` is the size of frames and pieces, in bytes.
///
/// # Panics
///
/// If the decoder is wrong.
pub fn check(input: &[u8], unit: usize) {
    let Some(([limit, written, cuts @ ..], rest)) = input.split_first_chunk::<8>() else {
        return;
    };
    let limit = LIMITS[usize::from(*limit) % LIMITS.len()];
    let (recipes, raw) = rest.split_at(rest.len().min(usize::from(*written) % 16 * 4));

    let mut stream = Vec::new();
    let mut sent = Vec::new();
    for recipe in recipes.as_chunks::<4>().0 {
        let (header, bytes) = frame(*recipe, unit);
        append(&mut stream, header, &bytes);
        sent.push((header.kind, header.call, header.number, bytes));
    }
    stream.extend(raw);

    let (expected, is_in_order) = decode_whole(&stream, limit);
    let (found, error) = decode_in_pieces(&stream, limit, cuts);
    assert_eq!(found, expected, "the frames");
    assert_eq!(error.is_none(), is_in_order, "{error:?}");
    let too_long = sent.iter().position(|(.., bytes)| bytes.len() > limit);
    sent.truncate(too_long.unwrap_or(sent.len()));
    assert!(found.starts_with(&sent), "what was written is read back");
}

/// The frame that four bytes stand for.
fn frame([kind, call, number, size]: [u8; 4], unit: usize) -> (Header, Vec<u8>) {
    let header = Header {
        kind: KINDS[usize::from(kind) % KINDS.len()],
        call: u64::from(call) << 56,
        number: u64::from(number),
    };
    (header, vec![kind ^ number; usize::from(size) * unit])
}

/// The frames of a whole stream, and whether what follows can become another one.
fn decode_whole(mut stream: &[u8], limit: usize) -> (Vec<Frame>, bool) {
    let mut frames = Vec::new();
    while let Some((header, rest)) = stream.split_at_checked(HEADER) {
        let number = |k: usize| u64::from_ne_bytes(header[k * 8..][..8].try_into().expect("eight"));
        let kind = KINDS.into_iter().find(|&kind| kind as u64 == number(0));
        let Some(kind) = kind.filter(|_| number(3) <= limit as u64) else {
            return (frames, false);
        };
        let Some((bytes, rest)) = rest.split_at_checked(number(3) as usize) else {
            break; // more may arrive
        };
        frames.push((kind, number(1), number(2), bytes.to_vec()));
        stream = rest;
    }
    (frames, true)
}

/// The frames that arrive, and the error after them. `cuts` say how much there is to read, one after the other.
fn decode_in_pieces(stream: &[u8], limit: usize, cuts: &[u8]) -> (Vec<Frame>, Option<io::Error>) {
    let mut incoming = Incoming::new(limit);
    let mut from = Pieces {
        stream,
        // So that a long stream has not more pieces than a short one.
        unit: 1 + stream.len() / 128,
        cuts: cuts.iter().copied().cycle(),
        has_paused: false,
    };
    let mut frames = Vec::new();
    let mut arrived = 0;
    let mut most = ROOM;
    loop {
        let (filled, piece) = largest_piece(|| incoming.fill(&mut from));
        most = most.max(GROWTH * arrived);
        let memory = incoming.memory();
        assert!(
            piece <= most && memory <= most,
            "{piece} or {memory} bytes for {arrived}"
        );
        match filled {
            Ok(0) => {
                assert_eq!(incoming.is_in_a_frame(), arrived > 0);
                return (frames, None);
            }
            Ok(bytes) => arrived += bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return (frames, Some(error)),
        }
        loop {
            let next = if frames.len().is_multiple_of(2) {
                incoming.next_owned()
            } else {
                let next = incoming.next_frame();
                next.map(|it| it.map(|(header, bytes)| (header, bytes.to_owned())))
            };
            match next {
                Ok(Some((Header { kind, call, number }, bytes))) => {
                    arrived -= HEADER + bytes.len();
                    frames.push((kind, call, number, bytes));
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidData);
                    return (frames, Some(error));
                }
            }
        }
    }
}

/// A stream that arrives in pieces, with interruptions.
struct Pieces<'a, I> {
    stream: &'a [u8],
    unit: usize,
    cuts: I,
    /// Whether the last call has read nothing: the next one reads something.
    has_paused: bool,
}

impl<I: Iterator<Item = u8>> Read for Pieces<'_, I> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        assert!(
            !to.is_empty(),
            "there is room, so 0 bytes mean the end of the stream"
        );
        let cut = self.cuts.next().unwrap_or(u8::MAX);
        let pauses = cut < 2 && !self.has_paused;
        self.has_paused = pauses;
        let size = match cut {
            0 if pauses => return Err(ErrorKind::Interrupted.into()),
            1 if pauses => return Err(ErrorKind::WouldBlock.into()),
            0 | 1 => 1,
            u8::MAX => to.len(),
            cut => usize::from(cut) * self.unit,
        };
        let room = to.len().min(size);
        self.stream.read(&mut to[..room])
    }
}
