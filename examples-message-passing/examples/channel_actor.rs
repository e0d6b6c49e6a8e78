//! An actor: one thread owns the state, and the other threads send it messages. There is no lock.
//!
//! The state is a bank with four accounts. A message says what to do: transfer money, or reply
//! with the sum of all accounts. The actor takes one message at a time. So each message is done as
//! a whole, and no sum is taken in the middle of a transfer. With a mutex, each thread does the
//! same in a critical section. Both ways give the same accounts.
//!
//! Run: `cargo run --example channel_actor`
//!
//! Expected output:
//!
//! ```text
//! actor: 4000 transfers, 40 sums of 40000, accounts [8999, 11667, 7666, 11668]
//! mutex: 4000 transfers, 40 sums of 40000, accounts [8999, 11667, 7666, 11668]
//! ```
//!
//! Try: delete the line `drop(mailbox);`. The actor waits for more messages, because `main` could
//! still send some, and `main` waits for the actor: a deadlock. End it with Ctrl-C.

use std::{sync::Mutex, thread};

use crossbeam::channel::{Receiver, Sender, bounded};
use workloads::println;

enum Message {
    Transfer(usize, usize, i64), // from which account, to which one, how much
    Sum(Sender<i64>),            // where to send the sum of all accounts
}

fn main() {
    let (mailbox, messages) = bounded(100);
    let send = |message| mailbox.send(message).expect("the actor receives");
    let actor = thread::spawn(|| act(messages));
    let transfer = |from, to, amount| send(Message::Transfer(from, to, amount));
    let sum = || {
        let (reply, sum) = bounded(1);
        send(Message::Sum(reply));
        sum.recv().expect("the actor replies")
    };
    run_clients(transfer, sum);
    drop(mailbox); // The last sender: the actor's loop ends.
    let of_actor = actor.join().expect("the actor does not panic");
    println!("actor: 4000 transfers, 40 sums of 40000, accounts {of_actor:?}");

    let accounts = Mutex::new([10_000; 4]);
    let lock = || accounts.lock().expect("no thread panics");
    let transfer = |from: usize, to: usize, amount| {
        let mut accounts = lock();
        accounts[from] -= amount;
        accounts[to] += amount;
    };
    run_clients(transfer, || lock().iter().sum());
    assert_eq!(of_actor, *lock());
    println!("mutex: 4000 transfers, 40 sums of 40000, accounts {of_actor:?}");
}

/// The actor: it owns the accounts, and does what the messages say, one after the other.
fn act(messages: Receiver<Message>) -> [i64; 4] {
    let mut accounts = [10_000; 4];
    for message in messages {
        match message {
            Message::Transfer(from, to, amount) => {
                accounts[from] -= amount;
                accounts[to] += amount;
            }
            Message::Sum(reply) => drop(reply.send(accounts.iter().sum())),
        }
    }
    accounts
}

/// Four threads, each with 1000 transfers from its own account to the others'.
fn run_clients(transfer: impl Fn(usize, usize, i64) + Sync, sum: impl Fn() -> i64 + Sync) {
    let client = &|own: usize, amount: i64| {
        for number in 0..1000 {
            transfer(own, (own + 1 + number % 3) % 4, amount);
            if number % 100 == 0 {
                assert_eq!(sum(), 40_000);
            }
        }
    };
    thread::scope(|scope| {
        for (own, amount) in [3, 1, 4, 1].into_iter().enumerate() {
            scope.spawn(move || client(own, amount));
        }
    });
}
