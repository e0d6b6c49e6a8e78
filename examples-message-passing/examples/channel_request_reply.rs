//! Request and reply: a request carries the sender through which its reply comes back.
//!
//! A server thread owns a picture, and other threads ask it for pixels. Through one channel for
//! all replies, a client could get the reply to another client. So each request has a channel of
//! its own for one message. If the server panics, the sender is dropped, and the client that waits
//! gets an error: `Disconnected`. Be careful with requests that wait in a *bounded* channel of
//! crossbeam: they are dropped only with the last sender of requests. Until then, their clients
//! wait.
//!
//! Run: `cargo run --example channel_request_reply`
//!
//! Expected output (the message of the panic goes to stderr):
//!
//! ```text
//! pixel 0: 1 steps, as in serial
//! pixel 2500: 8 steps, as in serial
//! pixel 5000: 5 steps, as in serial
//! broken, the server panics at the first of two requests:
//!   unbounded: the clients find Disconnected and Disconnected
//!   bounded: the clients find Disconnected and Empty
//! mended, a reply may be an error: Err("there are 10000 pixels") and Ok(1)
//! ```
//!
//! Try: let the client keep a sender: in `ask`, write `std::mem::forget(reply.clone());` below the
//! line with `bounded(1)`. After the panic, the first client finds `Empty`, too, and the assertion
//! fails. With `recv`, it would wait forever: as long as there is a sender, a message may come.

use std::thread;

use crossbeam::channel::{Receiver, Sender, TryRecvError, bounded, unbounded};
use workloads::{Map, mandelbrot::Mandelbrot, println};

const PIXELS: usize = 10_000;

struct Request {
    place: usize,
    reply: Sender<Result<u16, String>>,
}

fn main() {
    let (requests, of_server) = bounded(3);
    thread::scope(|scope| {
        scope.spawn(|| serve(of_server, false));
        let mut clients = Vec::new();
        for place in [0, 2500, 5000] {
            let requests = requests.clone();
            clients.push(scope.spawn(move || (place, ask(&requests, place).recv())));
        }
        for client in clients {
            let (place, reply) = client.join().expect("no client panics");
            let pixel = Mandelbrot::new(PIXELS).items(place..place + 1)[0];
            assert_eq!(reply, Ok(Ok(pixel)));
            println!("pixel {place}: {pixel} steps, as in serial");
        }
        drop(requests); // The server's loop ends.
    });

    println!("broken, the server panics at the first of two requests:");
    for (kind, channel) in [("unbounded", unbounded()), ("bounded", bounded(2))] {
        let (requests, of_server) = channel;
        // Both requests are in the channel before the server starts.
        let replies = [PIXELS, 0].map(|place| ask(&requests, place));
        let server = thread::spawn(|| serve(of_server, false));
        assert!(server.join().is_err());
        // `recv` would wait for a reply as long as the channel is only `Empty`.
        let [first, second] = replies.map(|reply| reply.try_recv().expect_err("it panics"));
        println!("  {kind}: the clients find {first:?} and {second:?}");
        assert_eq!(first, TryRecvError::Disconnected);
    }

    let (requests, of_server) = bounded(2);
    let replies = [PIXELS, 0].map(|place| ask(&requests, place));
    drop(requests);
    serve(of_server, true);
    let [first, second] = replies.map(|reply| reply.recv().expect("each request has a reply"));
    println!("mended, a reply may be an error: {first:?} and {second:?}");
}

/// Sends a request, and returns the receiver of its reply.
fn ask(requests: &Sender<Request>, place: usize) -> Receiver<Result<u16, String>> {
    let (reply, receiver) = bounded(1);
    requests
        .send(Request { place, reply })
        .expect("the server has the receiver");
    receiver
}

/// The server: it owns the picture, and replies with one pixel of it.
fn serve(requests: Receiver<Request>, checks: bool) {
    let picture = Mandelbrot::new(PIXELS).items(0..PIXELS);
    for Request { place, reply } in requests {
        let answer = if checks && place >= PIXELS {
            Err(format!("there are {PIXELS} pixels"))
        } else {
            Ok(picture[place]) // Panics beyond the last pixel.
        };
        let _ = reply.send(answer); // An `Err` is no fault of the server: the client has gone.
    }
}
