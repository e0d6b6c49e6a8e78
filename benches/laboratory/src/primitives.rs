//! What the operating system offers for parallel work, bare, and what is built on it: how each of them is timed.

/// How something is prepared that only Linux has: elsewhere it is absent, and never prepared.
#[cfg(unix)]
macro_rules! on_linux {
    ($prepare:expr) => {{
        #[cfg(target_os = "linux")]
        {
            $prepare
        }
        #[cfg(not(target_os = "linux"))]
        {
            |_| Err(std::io::ErrorKind::Unsupported.into())
        }
    }};
}

mod contest;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod partners;
mod primitive;
#[cfg(unix)]
mod syscalls;
#[cfg(unix)]
mod table;

/// Without `fork`, there is nothing to measure.
#[cfg(not(unix))]
mod table {
    pub(crate) fn all() -> Vec<super::primitive::Primitive> {
        Vec::new()
    }
}

pub use contest::Contest;
pub(crate) use primitive::Primitive;
pub use primitive::{Absent, Group};
pub(crate) use table::all;
#[cfg(unix)]
pub(crate) use table::end_if_idle;
