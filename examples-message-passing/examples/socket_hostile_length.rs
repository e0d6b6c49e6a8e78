//! A length that arrives is only a claim: a receiver that believes it can be ended by eight
//! bytes.
//!
//! A peer may be broken, of another version, or hostile. It announces 2^60 bytes, or it announces
//! many and ends after ten, or it stays silent. So a receiver has a *limit* for the length and
//! for the time, and takes memory only for what has arrived. Each case has an error of its own,
//! because the remedies differ.
//!
//! Run: `cargo run --example socket_hostile_length`
//!
//! Expected output:
//!
//! ```text
//! broken: memory for 2^60 bytes: memory allocation failed[..]
//! mended: InvalidData: 1152921504606846976 bytes were announced, and at most 1048576 are allowed
//! mended: UnexpectedEof: 1000000 bytes were announced, and 10 came before the end
//! mended: TimedOut: nothing came in time
//! mended: and for all of these, at most 1000 bytes of memory were taken
//! mended: 1000 frames of a good peer: the sum is 332833500, as in serial
//! ```
//!
//! Try: set `LIMIT` to `4`. The good peer is turned away, too: a limit is a part of the protocol,
//! and both sides have to know it.

use std::io::{self, ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

use workloads::squares::Squares;
use workloads::{Map, println};

examples_processes::needs_unix!();

const LIMIT: u64 = 1 << 20;

#[cfg(unix)]
fn main() -> io::Result<()> {
    // `vec![0; 1 << 60]` would end the process. This is the same request, without the end.
    let refused = Vec::<u8>::new().try_reserve_exact(1 << 60);
    let error = refused.expect_err("no computer has so much");
    println!("broken: memory for 2^60 bytes: {error}");

    let mut message = Vec::new();
    for (announced, stays) in [(1 << 60, false), (1_000_000, false), (1_000_000, true)] {
        let (mut peer, mut stream) = UnixStream::pair()?;
        stream.set_read_timeout(Some(Duration::from_millis(50)))?;
        peer.write_all(&u64::to_le_bytes(announced))?;
        peer.write_all(b"ten bytes.")?;
        let _peer = stays.then_some(peer); // Otherwise, the peer ends here.
        let error = receive(&mut stream, &mut message).expect_err("it is no whole frame");
        println!("mended: {:?}: {error}", error.kind());
    }
    assert!(message.capacity() <= 1000);
    println!("mended: and for all of these, at most 1000 bytes of memory were taken");

    let (mut peer, mut stream) = UnixStream::pair()?;
    let squares = Squares::new(1000).items(0..1000);
    let mut sum = 0;
    for square in &squares {
        peer.write_all(&[8, *square].map(u64::to_le_bytes).concat())?;
        receive(&mut stream, &mut message)?;
        let bytes = message.as_array().expect("it is eight bytes");
        sum += u64::from_le_bytes(*bytes);
    }
    assert_eq!(sum, squares.iter().sum::<u64>());
    println!("mended: 1000 frames of a good peer: the sum is {sum}, as in serial");
    Ok(())
}

fn receive(from: &mut impl Read, message: &mut Vec<u8>) -> io::Result<()> {
    message.clear();
    let mut length = [0; 8];
    from.read_exact(&mut length).map_err(explain)?;
    let length = u64::from_le_bytes(length);
    if length > LIMIT {
        let why = format!("{length} bytes were announced, and at most {LIMIT} are allowed");
        return Err(io::Error::new(ErrorKind::InvalidData, why));
    }
    // `read_to_end` starts with little memory, and takes more when that is full.
    let arrived = from.take(length).read_to_end(message).map_err(explain)?;
    if (arrived as u64) < length {
        let why = format!("{length} bytes were announced, and {arrived} came before the end");
        return Err(io::Error::new(ErrorKind::UnexpectedEof, why));
    }
    Ok(())
}

/// Most systems say of a read that takes too long that it would block.
fn explain(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => io::Error::new(ErrorKind::TimedOut, "nothing came in time"),
        _ => error,
    }
}
