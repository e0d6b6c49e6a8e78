//! What a process has to know to be let in.

use std::fmt;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, ErrorKind, Read};

/// The size of a token, in bytes.
pub(super) const BYTES: usize = 32;

/// A number of 256 bits that the processes of one job share, and no other process can guess.
///
/// It is shown as 64 hexadecimal digits, so that it can be written to a file that only its owner may read. `Debug` does
/// not show it, so it does not get into a log by accident. Do not pass it as an argument of a command: all users of a
/// computer can see those.
#[derive(Clone)]
pub struct Token([u8; BYTES]);

impl Token {
    /// A new token, from the random numbers of the system.
    ///
    /// # Errors
    ///
    /// Those of reading `/dev/urandom`.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; BYTES];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The token that is shown as these 64 hexadecimal digits. Spaces and line ends around them are ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if `digits` is something else.
    pub fn from_hex(digits: &str) -> io::Result<Self> {
        let digits = digits.trim().as_bytes();
        let mut bytes = [0; BYTES];
        let is_token = digits.len() == 2 * BYTES && digits.iter().all(u8::is_ascii_hexdigit);
        if !is_token {
            let expected = format!("a token is {} hexadecimal digits", 2 * BYTES);
            return Err(io::Error::new(ErrorKind::InvalidInput, expected));
        }
        for (byte, two) in bytes.iter_mut().zip(digits.chunks(2)) {
            let digit = |k: usize| char::from(two[k]).to_digit(16).unwrap_or_default() as u8;
            *byte = digit(0) << 4 | digit(1);
        }
        Ok(Self(bytes))
    }

    /// What travels.
    pub(super) fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Whether these bytes are this token. It takes the same time wherever they differ, because a comparison that ends at
    /// the first difference would tell a patient peer how many bytes it has guessed.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        let differences = self
            .0
            .iter()
            .zip(bytes)
            .fold(0, |all, (a, b)| all | (a ^ b));
        bytes.len() == BYTES && black_box(differences) == 0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_after_it_was_written_down() {
        let token = Token::random().unwrap();
        let read = Token::from_hex(&format!("{token}\n")).unwrap();
        assert!(token.is(read.bytes()));
        assert!(!token.is(Token::random().unwrap().bytes()));
        assert!(!token.is(&token.bytes()[..BYTES - 1]));
        let text = "0123456789abcdefABCDEF00000000000000000000000000000000000000ff01";
        assert_eq!(
            Token::from_hex(text).unwrap().to_string(),
            text.to_lowercase()
        );
    }

    #[test]
    fn what_is_no_token_is_an_error_that_does_not_show_it() {
        for text in [
            "",
            "abc",
            &"g".repeat(64),
            &"0".repeat(66),
            &"é".repeat(32),
            &"+1".repeat(32),
        ] {
            let error = Token::from_hex(text).unwrap_err();
            assert_eq!(error.to_string(), "a token is 64 hexadecimal digits");
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        assert_eq!(format!("{:?}", Token::random().unwrap()), "Token(..)");
    }
}
