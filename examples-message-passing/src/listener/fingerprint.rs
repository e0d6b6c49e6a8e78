//! Which program this is.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::sync::OnceLock;

use examples_processes::this_executable;
use xxhash_rust::xxh3::Xxh3Default;

/// The size of a fingerprint, in bytes.
pub(super) const FINGERPRINT: usize = size_of::<u128>();

/// A digest of the content of this program's executable file. It is computed once.
pub(crate) fn fingerprint() -> io::Result<[u8; FINGERPRINT]> {
    static ONCE: OnceLock<[u8; FINGERPRINT]> = OnceLock::new();
    if let Some(known) = ONCE.get() {
        return Ok(*known);
    }
    let mut file = File::open(this_executable()?)?;
    let mut digest = Xxh3Default::new();
    let mut part = vec![0; 128 << 10];
    loop {
        match file.read(&mut part) {
            Ok(0) => break,
            Ok(bytes) => digest.update(&part[..bytes]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(*ONCE.get_or_init(|| digest.digest128().to_le_bytes()))
}
