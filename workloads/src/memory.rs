//! Memory for the items of an answer, or a sentence that says how much is missing.

use std::io;

use bytemuck::{Zeroable, try_zeroed_vec};

/// Memory for `len` items, zero at first. The system gives each page of it when it is first written.
///
/// # Errors
///
/// [`no_memory_for`] this many, if there is not enough.
pub fn zeroed_items<T: Zeroable>(len: usize) -> io::Result<Vec<T>> {
    try_zeroed_vec(len).map_err(|()| no_memory_for::<T>(len))
}

/// The error that says that there is no memory for `len` items of type `T`, and how many bytes that would be. Its
/// kind is [`io::ErrorKind::OutOfMemory`].
pub fn no_memory_for<T>(len: usize) -> io::Error {
    let each = size_of::<T>();
    let all = in_binary_units(len as f64 * each as f64);
    let message = format!("there is no memory for {len} items of {each} bytes each, {all} in all");
    io::Error::new(io::ErrorKind::OutOfMemory, message)
}

/// A number of bytes, such as `512 TiB`.
fn in_binary_units(mut bytes: f64) -> String {
    let mut unit = "bytes";
    for larger in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
        if bytes < 1024.0 {
            break;
        }
        bytes /= 1024.0;
        unit = larger;
    }
    format!("{bytes:.0} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_is_an_error_that_says_how_much() {
        let error = zeroed_items::<u64>(1 << 46).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        assert_eq!(
            error.to_string(),
            "there is no memory for 70368744177664 items of 8 bytes each, 512 TiB in all"
        );
        // So many bytes are more than a usize can count.
        let error = zeroed_items::<[u64; 5]>(usize::MAX).unwrap_err();
        assert!(error.to_string().ends_with("640 EiB in all"), "{error}");
    }

    #[test]
    fn sizes_are_said_in_the_largest_unit_that_fits() {
        for (bytes, said) in [(0.0, "0 bytes"), (1023.0, "1023 bytes"), (1024.0, "1 KiB")] {
            assert_eq!(in_binary_units(bytes), said);
        }
    }
}
