//! How a lesson prints: `println!`, for a program whose output may be cut short, as by `cargo run ... | head -1`.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process::exit;

/// Prints a line to standard output, as the `println!` of the standard library does.
///
/// The standard `println!` panics if the line cannot be written. This `println!` ends the program: quietly, with
/// status 0, if the reader of standard output has gone; otherwise with a sentence and status 1. A forked child uses
/// `writeln!` instead, because it leaves by `_exit` in any case.
///
/// ```
/// use workloads::println;
///
/// println!("{} is {square}", "3 * 3", square = 3 * 3);
/// ```
#[macro_export]
macro_rules! println {
    ($($line:tt)*) => {
        $crate::print_line(::std::format_args!($($line)*))
    };
}

/// What [`println!`](crate::println) does with its line.
#[doc(hidden)]
pub fn print_line(line: fmt::Arguments<'_>) {
    let Err(error) = writeln!(io::stdout(), "{line}") else {
        return;
    };
    if error.kind() == ErrorKind::BrokenPipe {
        exit(0);
    }
    // Standard error may be full, too.
    let _ = writeln!(io::stderr(), "cannot write to standard output: {error}");
    exit(1);
}
