//! A peer whose machine or network has failed says nothing any more, not even that it has ended.

use std::net::TcpStream;

use nix::sys::socket::{setsockopt, sockopt};

/// The system asks a peer that has been silent for this long, in seconds, whether it is there.
const SILENCE: u32 = 10;
/// It asks this often, in seconds, until it gives up.
const AGAIN: u32 = 5;
/// It asks this many times.
const TIMES: u32 = 3;

/// Lets the system end this connection if its peer has been unreachable for 25 seconds. A peer that is only busy
/// answers, because its system does.
///
/// Where a system has no such options, the connection stays as it is. (Linux also gives up data that was not acknowledged
/// for that long.)
pub(super) fn end_if_unreachable(stream: &TcpStream) {
    let _ = setsockopt(stream, sockopt::KeepAlive, &true);
    #[cfg(target_os = "linux")]
    {
        let _ = setsockopt(stream, sockopt::TcpKeepIdle, &SILENCE);
        let _ = setsockopt(
            stream,
            sockopt::TcpUserTimeout,
            &(1000 * (SILENCE + AGAIN * TIMES)),
        );
    }
    #[cfg(target_os = "macos")]
    let _ = setsockopt(stream, sockopt::TcpKeepAlive, &SILENCE);
    let _ = setsockopt(stream, sockopt::TcpKeepInterval, &AGAIN);
    let _ = setsockopt(stream, sockopt::TcpKeepCount, &TIMES);
}
