//! A pipe has room for about 64 KiB: two processes that both write first and read later wait for
//! each other forever.
//!
//! The parent and its child each have a million bytes for the other. The child, which is this
//! program started again, writes all of its bytes before it reads. If the parent does so too,
//! both pipes become full, and no process makes room. To end in any case, the parent here asks
//! before each write whether there is room.
//!
//! Run: `cargo run --example pipe_capacity`
//!
//! Expected output:
//!
//! ```text
//! broken: the parent wrote [..] of 1000000 bytes, and there is no more room
//! broken: the child reads nothing before its own million bytes are read: a deadlock
//! mended: 1000000 bytes each way: the child's squares add up to 651033854187500, as in serial
//! ```
//!
//! Try: let main write `rest` before it starts the thread. The program now waits forever. End it
//! with Ctrl-C.

use std::env::args;
use std::io::{self, Read, Write, stdin, stdout};
use std::process::{Command, Stdio};
use std::thread;

use examples_processes::this_executable;
#[cfg(unix)]
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use workloads::squares::Squares;
use workloads::{Map, println};

examples_processes::needs_unix!();

const ITEMS: usize = 125_000;
/// Where there is room, there is room for this many bytes, on all systems. (POSIX calls it `PIPE_BUF`.)
const PIECE: usize = 512;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let squares = Squares::new(ITEMS).items(0..ITEMS);
    let bytes: &[u8] = bytemuck::cast_slice(&squares);
    if args().len() > 1 {
        stdout().write_all(bytes)?; // The child writes first,
        let mut theirs = Vec::new();
        stdin().read_to_end(&mut theirs)?; // and reads later.
        assert!(theirs == bytes, "all of the parent's bytes arrive");
        return Ok(());
    }

    let mut child = Command::new(this_executable()?);
    child
        .arg("child")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = child.spawn()?;
    let mut to_child = child.stdin.take().expect("it is piped");
    let mut from_child = child.stdout.take().expect("it is piped");

    let mut written = 0;
    while has_room(&to_child)? {
        to_child.write_all(&bytes[written..written + PIECE])?;
        written += PIECE;
    }
    let all = bytes.len();
    println!("broken: the parent wrote {written} of {all} bytes, and there is no more room");
    println!("broken: the child reads nothing before its own million bytes are read: a deadlock");

    let rest = &bytes[written..];
    // Mended: a thread reads, while main writes the rest.
    let reader = thread::spawn(move || {
        let mut theirs = Vec::new();
        from_child.read_to_end(&mut theirs).map(|_| theirs)
    });
    to_child.write_all(rest)?;
    drop(to_child); // The child reads the end of the file.
    let theirs = reader.join().expect("reading does not panic")?;
    assert!(child.wait()?.success());
    let theirs: Vec<u64> = bytemuck::pod_collect_to_vec(&theirs);
    assert_eq!(theirs, squares);
    let (all, sum) = (theirs.len() * 8, theirs.iter().sum::<u64>());
    println!("mended: {all} bytes each way: the child's squares add up to {sum}, as in serial");
    Ok(())
}

/// Whether a write of [`PIECE`] bytes would not wait.
#[cfg(unix)]
fn has_room(pipe: &std::process::ChildStdin) -> io::Result<bool> {
    use std::os::fd::AsFd;
    let mut pipe = [PollFd::new(pipe.as_fd(), PollFlags::POLLOUT)];
    Ok(poll(&mut pipe, PollTimeout::ZERO)? > 0)
}
