//! How many messages a channel has room for decides when `send` waits.
//!
//! `unbounded()` has room for all messages: `send` never waits, and messages that are not received
//! stay in memory. `bounded(4)` has room for four: `send` waits while four are in the channel.
//! `bounded(0)`, a *rendezvous* channel, has no room: `send` waits until another thread receives
//! the message. So only there, a `send` that has returned means that the message was received. In
//! the standard library, `channel()` is the first, and `sync_channel(n)` is the other two.
//!
//! Run: `cargo run --example channel_capacity`
//!
//! Expected output:
//!
//! ```text
//! sent before one is received:
//!   unbounded(): 100 of 100, 800000 bytes wait
//!   bounded(4):    4 of 100,  32000 bytes wait; message 4: sending on a full channel
//!   bounded(0):    0 of 100,      0 bytes wait; message 0: sending on a full channel
//! each time, all 100 are received in the end, with the serial sum
//! a thread sends, and no thread receives:
//!   bounded(1): `send` has returned
//!   bounded(0): `send` has not returned after 50ms
//!   bounded(0): `main` receives, and `send` has returned
//! ```
//!
//! Try: set `MESSAGES` to `1_000`. The unbounded channel needs ten times as much memory, and the
//! other two need no more than before.

use std::thread;
use std::time::Duration;

use crossbeam::channel::{Receiver, bounded, unbounded};
use workloads::squares::Squares;
use workloads::{Map, println};

const MESSAGES: usize = 100;
const SQUARES: usize = 1_000; // in a message

const LIMIT: Duration = Duration::from_millis(50);

fn main() {
    let workload = Squares::new(MESSAGES * SQUARES);
    let message = |k: usize| workload.items(k * SQUARES..(k + 1) * SQUARES);
    let serial: u64 = workload.items(0..MESSAGES * SQUARES).iter().sum();

    let channels = [
        ("unbounded():", unbounded()),
        ("bounded(4):", bounded(4)),
        ("bounded(0):", bounded(0)),
    ];
    println!("sent before one is received:");
    for (name, (sender, receiver)) in channels {
        let (mut sent, mut refused) = (0, String::new());
        while sent < MESSAGES && refused.is_empty() {
            // Where `send` would wait, `try_send` returns the message in an error.
            match sender.try_send(message(sent)) {
                Ok(()) => sent += 1,
                Err(error) => refused = format!("; message {sent}: {error}"),
            }
        }
        let bytes = receiver.len() * 8 * SQUARES;
        println!("  {name:12} {sent:3} of {MESSAGES}, {bytes:6} bytes wait{refused}");

        let adder = thread::spawn(move || receiver.iter().flatten().sum::<u64>());
        for k in sent..MESSAGES {
            sender.send(message(k)).expect("the adder receives");
        }
        drop(sender);
        assert_eq!(adder.join().expect("it does not panic"), serial);
    }
    println!("each time, all {MESSAGES} are received in the end, with the serial sum");

    println!("a thread sends, and no thread receives:");
    let (_messages, returned) = send_one(1);
    returned.recv().expect("`send` does not wait");
    println!("  bounded(1): `send` has returned");
    let (messages, returned) = send_one(0);
    returned.recv_timeout(LIMIT).expect_err("`send` waits"); // `recv`, for at most so long.
    println!("  bounded(0): `send` has not returned after {LIMIT:?}");
    assert_eq!(messages.recv(), Ok(7));
    returned.recv().expect("`main` has received");
    println!("  bounded(0): `main` receives, and `send` has returned");
}

/// Starts a thread that sends one message, and says when `send` has returned.
fn send_one(capacity: usize) -> (Receiver<u32>, Receiver<()>) {
    let (sender, messages) = bounded(capacity);
    let (has_returned, returned) = bounded(1);
    thread::spawn(move || {
        sender.send(7).expect("`main` has the receiver");
        has_returned.send(()).expect("`main` receives");
    });
    (messages, returned)
}
