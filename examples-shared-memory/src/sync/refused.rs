//! Why a message was not sent or not received.

use std::fmt;

/// Why a message was not sent or not received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There was no room, or no message, and the time limit is over.
    NotYet,
    /// The other end was dropped. To a consumer this is said after the last message.
    Closed,
    /// The process that had the other end has ended without dropping it.
    Ended,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYet => "the other side did not come within the time limit",
            Self::Closed => "the other side has closed its end",
            Self::Ended => "the process at the other end has ended without closing it",
        })
    }
}

impl std::error::Error for Refused {}
