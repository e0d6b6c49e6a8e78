//! A socket carries bytes in both directions, within this computer or to another one: the code is
//! the same.
//!
//! This program starts itself twice. The first child connects to a *Unix socket*, which has a
//! path, like a file. The second one connects to a port of *TCP* on `127.0.0.1`, the *loopback*:
//! an address that leads to the same computer. Then both sides have a stream to read and to
//! write, and need not know of which kind.
//!
//! Run: `cargo run --example socket_hello`
//!
//! Expected output:
//!
//! ```text
//! Unix socket: a child found 392279 hits in the points 0..500000
//! TCP:         a child found 392934 hits in the points 500000..1000000
//! 785213 hits, as in serial
//! ```
//!
//! Try: bind the TCP listener to `"[::1]:0"`, which is the loopback of version 6. What else has
//! to change?

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command};
use std::{env, fs};

use examples_processes::this_executable;
use workloads::monte_carlo_pi::MonteCarloPi;
use workloads::{Reduce, println};

examples_processes::needs_unix!();

const POINTS: usize = 1_000_000;

#[cfg(unix)]
fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [kind, path] if kind == "unix" => return work(UnixStream::connect(path)?),
        [kind, address] if kind == "tcp" => return work(TcpStream::connect(address)?),
        _ => {}
    }

    let path = env::temp_dir().join(format!("socket_hello_{}", std::process::id()));
    let listener = UnixListener::bind(&path)?;
    let mut child = start("unix", &path.to_string_lossy())?;
    let (stream, _) = listener.accept()?; // Waits until the child connects.
    fs::remove_file(path)?; // The path is only needed to connect.
    let first = ask(stream, 0..POINTS / 2)?;
    assert!(child.wait()?.success());
    println!("Unix socket: a child found {first} hits in the points 0..500000");

    let listener = TcpListener::bind("127.0.0.1:0")?; // Port 0: the system chooses a free one.
    let mut child = start("tcp", &listener.local_addr()?.to_string())?;
    let (stream, _) = listener.accept()?;
    let second = ask(stream, POINTS / 2..POINTS)?;
    assert!(child.wait()?.success());
    println!("TCP:         a child found {second} hits in the points 500000..1000000");

    assert_eq!(first + second, MonteCarloPi::new(POINTS).fold(0..POINTS));
    println!("{} hits, as in serial", first + second);
    Ok(())
}

fn start(kind: &str, address: &str) -> io::Result<Child> {
    Command::new(this_executable()?)
        .args([kind, address])
        .spawn()
}

/// The parent's part, for a stream of any kind: two numbers go out, one number comes back.
fn ask(mut stream: impl Read + Write, points: Range<usize>) -> io::Result<u64> {
    let bounds = [points.start, points.end].map(usize::to_le_bytes);
    stream.write_all(&bounds.concat())?;
    let mut answer = [0; 8];
    stream.read_exact(&mut answer)?;
    Ok(u64::from_le_bytes(answer))
}

/// The child's part.
fn work(mut stream: impl Read + Write) -> io::Result<()> {
    let (mut start, mut end) = ([0; 8], [0; 8]);
    stream.read_exact(&mut start)?;
    stream.read_exact(&mut end)?;
    let points = usize::from_le_bytes(start)..usize::from_le_bytes(end);
    let hits = MonteCarloPi::new(POINTS).fold(points);
    stream.write_all(&hits.to_le_bytes())
}
