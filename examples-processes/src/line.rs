//! What a process is told: one line at a time, of bounded length.

use std::io::{self, BufRead, Read};

/// The longest line that is read, in bytes: 256 MiB. The parameters of `letters`, which hold all of its paths, are
/// one line. Without a bound, a line without an end would fill the memory.
pub const LONGEST_LINE: usize = 256 << 20;

/// Reads the next line, and returns it without its end; `None` at the end of the file.
///
/// # Errors
///
/// Those of reading; [`io::ErrorKind::InvalidData`], with a sentence, if the line has more than [`LONGEST_LINE`]
/// bytes, or is not text in UTF-8.
pub fn read_line(from: &mut impl BufRead) -> io::Result<Option<String>> {
    read_line_of(from, LONGEST_LINE)
}

fn read_line_of(from: &mut impl BufRead, longest: usize) -> io::Result<Option<String>> {
    let invalid = |message| Err(io::Error::new(io::ErrorKind::InvalidData, message));
    let mut line = Vec::new();
    // One byte more than a line may have is its end, or shows that it is too long.
    let limit = longest as u64 + 1;
    if from.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > longest {
        return invalid(format!("a line has more than {longest} bytes"));
    }
    match String::from_utf8(line) {
        Ok(line) => Ok(Some(line)),
        Err(_) => invalid("a line is not text in UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_one_by_one_until_the_end() {
        let mut text = &b"first\n\nlast"[..];
        for line in [Some("first"), Some(""), Some("last"), None, None] {
            assert_eq!(read_line(&mut text).unwrap().as_deref(), line);
        }
    }

    #[test]
    fn a_line_may_be_as_long_as_the_longest_and_no_longer() {
        let mut endless = io::BufReader::new(io::repeat(b'x'));
        let error = read_line_of(&mut endless, 5).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "a line has more than 5 bytes");
        for text in ["12345\n", "12345"] {
            let line = read_line_of(&mut text.as_bytes(), 5).unwrap();
            assert_eq!(line.as_deref(), Some("12345"));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        let error = read_line(&mut &b"a\xff\n"[..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
