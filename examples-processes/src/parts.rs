//! The parts of a pool, for programs that build another one of them.
//!
//! The controller and the engines of `examples-message-passing` are built of these parts: the same frames carry the same
//! functions and values through another kind of stream.

pub use crate::connection::{Connection, Stream};
pub use crate::frames::{Header, Incoming, Kind, append};
pub use crate::function::Function;
pub use crate::process::panicked;
pub use crate::values::{Values, decode, encode_one};
pub use crate::worker::answer;
