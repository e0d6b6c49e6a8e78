//! A stream has no messages: what was sent by two calls may be read by one, and what was sent by
//! one call by several.
//!
//! A socket, like a pipe, carries bytes in their order, and forgets where one `write` ended and
//! the next one began. So the sender has to say where a message ends. The usual way is a *frame*:
//! the length of the message in front of it. The receiver reads until it has the length, and then
//! until it has that many bytes.
//!
//! Run: `cargo run --example socket_framing`
//!
//! Expected output:
//!
//! ```text
//! broken: 12 and 34 were sent, and one read returned 1234
//! broken: 1234 was sent in two parts, and the first read returned 12
//! mended: 12 and 34 were sent as frames, and the receiver got 12 and 34
//! mended: 1000 frames were sent, 3 bytes at a time: the sum is 332833500, as in serial
//! ```
//!
//! Try: let `receive` read the message by `read` instead of `read_exact`. The first numbers still
//! arrive. Which of the thousand is the first that does not, and is it the same in each run?

use std::io::{self, Read, Write};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::thread;

use workloads::squares::Squares;
use workloads::{Map, println};

examples_processes::needs_unix!();

const ITEMS: usize = 1_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    // Two sockets that are connected to each other.
    let (mut sender, mut receiver) = UnixStream::pair()?;
    let mut room = [0; 100];
    sender.write_all(b"12")?;
    sender.write_all(b"34")?;
    let read = receiver.read(&mut room)?;
    let text = String::from_utf8_lossy(&room[..read]);
    println!("broken: 12 and 34 were sent, and one read returned {text}");

    // A long message, or a busy network, does this without the sender's help.
    sender.write_all(b"12")?;
    let read = receiver.read(&mut room)?;
    sender.write_all(b"34")?;
    let text = String::from_utf8_lossy(&room[..read]);
    println!("broken: 1234 was sent in two parts, and the first read returned {text}");
    let rest = receiver.read(&mut room)?;
    assert_eq!(&room[..rest], b"34");

    send(&mut sender, "12")?;
    send(&mut sender, "34")?;
    let (first, second) = (receive(&mut receiver)?, receive(&mut receiver)?);
    println!("mended: 12 and 34 were sent as frames, and the receiver got {first} and {second}");

    let squares = Squares::new(ITEMS).items(0..ITEMS);
    let mut frames = Vec::new();
    for square in &squares {
        send(&mut frames, &square.to_string())?;
    }
    let worker = thread::spawn(move || {
        let mut pieces = frames.chunks(3);
        pieces.try_for_each(|piece| sender.write_all(piece))
    });
    let mut sum = 0;
    for square in &squares {
        let number: u64 = receive(&mut receiver)?.parse().map_err(io::Error::other)?;
        assert_eq!(number, *square);
        sum += number;
    }
    worker.join().expect("sending does not panic")?;
    println!("mended: {ITEMS} frames were sent, 3 bytes at a time: the sum is {sum}, as in serial");
    Ok(())
}

/// Sends a frame: four bytes with the length, and then the message.
fn send(to: &mut impl Write, message: &str) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?; // `le`: the byte of the ones comes first.
    to.write_all(message.as_bytes())
}

/// Receives a frame. It trusts the length: see `socket_hostile_length`.
fn receive(from: &mut impl Read) -> io::Result<String> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?; // Reads again until all four bytes are there.
    let mut message = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut message)?;
    String::from_utf8(message).map_err(io::Error::other)
}
