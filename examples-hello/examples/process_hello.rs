//! A process is a program that runs. This program starts itself a second time, and waits for that
//! process to end.
//!
//! The second process, the child, begins at the start of `main` and has variables of its own. Its
//! parent tells it what to do with an argument, as you do on the command line.
//!
//! Run: `cargo run --example process_hello`
//!
//! Expected output:
//!
//! ```text
//! parent: hello
//! child:  hello from a second process
//! parent: the child has ended, exit status: 0
//! ```
//!
//! Try: print `std::process::id()` in both processes: the numbers differ. Then start the child
//! yourself: `cargo run --example process_hello child`.

use std::process::Command;
use std::{env, io};

fn main() -> io::Result<()> {
    // With any argument, this process is the child.
    if env::args().len() > 1 {
        println!("child:  hello from a second process");
        return Ok(());
    }
    println!("parent: hello");
    let program = env::current_exe()?;
    let status = Command::new(program).arg("child").status()?;
    println!("parent: the child has ended, {status}");
    Ok(())
}
