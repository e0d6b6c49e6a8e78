//! Broadcast: each message goes to all receivers, so each receiver has a channel of its own.
//!
//! A message in a channel is received once, by one receiver. To reach three receivers, it is sent
//! three times. (Only the pointer of an `Arc` is copied, and not the pixels.) What if one receiver
//! is slow and its channel is full? The sender can wait: then all receivers wait for the slow one.
//! Or the sender can drop the message for this receiver, and count it. (Here the slow receiver
//! does not receive at all until it is allowed to.)
//!
//! Run: `cargo run --example channel_broadcast`
//!
//! Expected output:
//!
//! ```text
//! wait: no room for message 4, so all receivers wait
//! wait: [40, 40, 40] messages were received, and 0 were dropped
//! drop: [4, 40, 40] messages were received, and 36 were dropped
//! ```
//!
//! Try: set `ROOM` to 40. The slow receiver is behind by 40 messages, and both ways deliver all.
//! So room helps if a receiver is slow for a while. If it stays slow, any room will be full one
//! day.

use std::{sync::Arc, thread};

use crossbeam::channel::bounded;
use workloads::{Map, mandelbrot::Mandelbrot, println};

const PIXELS: usize = 40_000;
const MESSAGES: usize = 40;
const ROOM: usize = 4;

fn main() {
    let picture = Mandelbrot::new(PIXELS).items(0..PIXELS);
    broadcast("wait", &picture);
    broadcast("drop", &picture);
}

/// Sends the picture, in parts, to three receivers. The first one is slow.
fn broadcast(how: &str, picture: &[u16]) {
    let (gate, slow_begin) = bounded::<()>(0);
    let mut gate = Some(gate);
    let (taken_sender, taken) = bounded(2 * MESSAGES);
    thread::scope(|scope| {
        let (mut senders, mut receivers, mut dropped) = (Vec::new(), Vec::new(), 0);
        for receiver in 0..3 {
            let (sender, messages) = bounded::<Arc<[u16]>>(ROOM);
            senders.push(sender);
            let (slow_begin, taken_sender) = (slow_begin.clone(), taken_sender.clone());
            receivers.push(scope.spawn(move || {
                if receiver == 0 {
                    let _ = slow_begin.recv(); // Returns when `gate` is dropped.
                }
                let mut pixels = Vec::new();
                for message in messages {
                    pixels.extend_from_slice(&message);
                    if receiver > 0 {
                        taken_sender.send(()).expect("the sender waits for it");
                    }
                }
                assert!(picture.starts_with(&pixels));
                pixels.len() * MESSAGES / PIXELS
            }));
        }
        for (number, part) in picture.chunks(PIXELS / MESSAGES).enumerate() {
            let message: Arc<[u16]> = part.into();
            for sender in &senders {
                match sender.try_send(Arc::clone(&message)) {
                    Ok(()) => {}
                    Err(_) if how == "drop" => dropped += 1,
                    Err(full) => {
                        if let Some(_gate) = gate.take() {
                            println!("{how}: no room for message {number}, so all receivers wait");
                        }
                        sender.send(full.into_inner()).expect("it receives");
                    }
                }
            }
            if (number + 1).is_multiple_of(ROOM) {
                // Both quick receivers have taken all messages: they are quick in every run.
                taken.iter().take(2 * ROOM).for_each(drop);
            }
        }
        drop((senders, gate));
        let ends = receivers.into_iter().map(thread::ScopedJoinHandle::join);
        let received: Vec<_> = ends.map(|end| end.expect("no panic")).collect();
        println!("{how}: {received:?} messages were received, and {dropped} were dropped");
    });
}
