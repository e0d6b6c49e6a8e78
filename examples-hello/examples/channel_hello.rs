//! A channel carries messages from one thread to another.
//!
//! `channel` returns two ends. The worker owns the sender (`move` gives it to the closure), `main`
//! keeps the receiver. A loop over the receiver waits for each message, and ends when the sender is
//! gone and no message is left.
//!
//! Run: `cargo run --example channel_hello`
//!
//! Expected output:
//!
//! ```text
//! main received 1
//! main received 4
//! main received 9
//! main: the sender is gone, so the loop has ended
//! ```
//!
//! Try: write `let sender_2 = sender.clone();` below the line with `channel()`. (The compiler warns
//! that `sender_2` is not used.) There is now a sender that sends nothing and is never dropped: the
//! program prints three lines and waits forever. End it with Ctrl-C.

use std::sync::mpsc::channel;
use std::thread;

fn main() {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for number in [1, 2, 3] {
            sender.send(number * number).expect("main receives");
        }
    });
    for square in receiver {
        println!("main received {square}");
    }
    println!("main: the sender is gone, so the loop has ended");
}
