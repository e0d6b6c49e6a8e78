//! Rings and queues: what arrives, and what a process that is killed leaves behind.

use std::time::Duration;

use examples_shared_memory::Shared;
use examples_shared_memory::sync::{Queue, Refused, Ring};

use crate::harness::{assert_ends_well, assert_is_killed, child, kill_and_wait};
use crate::own_process::Test;

pub(crate) const TESTS: &[Test] = &[
    ("all_messages_arrive_in_order", all_messages_arrive_in_order),
    (
        "an_end_belongs_to_one_process",
        an_end_belongs_to_one_process,
    ),
    ("a_consumer_learns_that_the_producer_was_killed", || {
        killed_producer(false);
    }),
    (
        "a_consumer_that_waits_learns_that_the_producer_was_killed",
        || {
            killed_producer(true);
        },
    ),
    (
        "a_producer_learns_that_the_consumer_was_killed",
        killed_consumer,
    ),
    ("a_time_limit_ends_waiting_for_one_that_is_stopped", stopped),
    ("an_end_of_a_killed_process_can_be_claimed", replaced),
    ("a_queue_gives_each_message_once", queue),
];

/// Not at all, and briefly.
const SPINS: [Duration; 2] = [Duration::ZERO, Duration::from_micros(20)];

const LIMIT: Duration = Duration::from_millis(20);

/// A child that waits to be killed: if a test fails first, the child ends some time later.
const LONG: Duration = Duration::from_mins(2);

fn ring<const CAPACITY: usize>(spin: Duration) -> Shared<Ring<u64, CAPACITY>> {
    Shared::new(Ring::new(spin)).expect("there is memory")
}

fn in_order<const CAPACITY: usize>(messages: u64) {
    for spin in SPINS {
        let ring = ring::<CAPACITY>(spin);
        let child = child(|| {
            let mut producer = ring.producer().expect("it is free");
            for message in 0..messages {
                producer.push(message).expect("the parent receives");
            }
        });
        let mut consumer = ring.consumer().expect("it is free");
        for message in 0..messages {
            assert_eq!(consumer.pop(), Ok(message));
        }
        assert_eq!(consumer.pop(), Err(Refused::Closed));
        assert_ends_well(child);
    }
}

fn all_messages_arrive_in_order() {
    in_order::<1>(2_000);
    in_order::<4>(10_000);
    in_order::<1024>(300_000);
}

fn an_end_belongs_to_one_process() {
    let ring = ring::<4>(Duration::ZERO);
    let mut producer = Some(ring.producer().expect("it is free"));
    assert_ends_well(child(|| {
        assert!(ring.producer().is_none());
        // The child's copy is not its own: dropping it closes nothing.
        drop(producer.take());
        let mut consumer = ring.consumer().expect("it is free");
        assert_eq!(consumer.try_pop(), Err(Refused::NotYet));
    }));
    let producer = producer.as_mut().expect("the child has dropped its copy");
    assert_eq!(producer.push(1), Err(Refused::Closed));
}

/// The producer sends two messages, and is killed before it ends: while the consumer waits, or before.
fn killed_producer(while_it_waits: bool) {
    for spin in SPINS {
        let ring = ring::<4>(spin);
        let producing = child(|| {
            let mut producer = ring.producer().expect("it is free");
            producer.push_all(&[1, 2]).expect("there is room");
            std::thread::sleep(LONG);
        });
        let mut consumer = ring.consumer().expect("it is free");
        assert_eq!(consumer.pop(), Ok(1));
        producing.kill().expect("it has not been waited for");
        let mut zombie = Some(producing);
        if !while_it_waits {
            zombie.take().into_iter().for_each(assert_is_killed);
        }
        // What it had sent is there.
        assert_eq!(consumer.pop(), Ok(2));
        assert_eq!(consumer.pop(), Err(Refused::Ended));
        zombie.into_iter().for_each(assert_is_killed);
    }
}

fn killed_consumer() {
    for spin in SPINS {
        let ring = ring::<2>(spin);
        let consuming = child(|| {
            let mut consumer = ring.consumer().expect("it is free");
            assert_eq!(consumer.pop(), Ok(1));
            std::thread::sleep(LONG);
        });
        let mut producer = ring.producer().expect("it is free");
        // The third one has room as soon as the child has received the first.
        for message in 1..=3 {
            producer.push(message).expect("the child receives");
        }
        kill_and_wait(consuming);
        assert_eq!(producer.push(4), Err(Refused::Ended));
        let limited = producer.push_within(4, LIMIT);
        assert_eq!(limited, Err(Refused::Ended));
    }
}

/// A process that is there but does nothing is not distinguished from a slow one.
fn stopped() {
    let ring = ring::<2>(Duration::ZERO);
    let child = child(|| {
        let _producer = ring.producer().expect("it is free");
        std::thread::sleep(LONG);
    });
    let mut consumer = ring.consumer().expect("it is free");
    assert_eq!(consumer.pop_within(LIMIT), Err(Refused::NotYet));
    kill_and_wait(child);
}

/// The next process goes on where the killed one was.
fn replaced() {
    let ring = ring::<4>(Duration::ZERO);
    let mut consumer = ring.consumer().expect("it is free");
    for round in 0..20 {
        let child = child(|| {
            let mut producer = ring.producer().expect("the one before it has ended");
            producer.push(round).expect("there is room");
            std::thread::sleep(LONG);
        });
        assert_eq!(consumer.pop(), Ok(round));
        assert!(ring.producer().is_none());
        kill_and_wait(child);
    }
}

fn queue() {
    const MESSAGES: u64 = 20_000;
    for spin in SPINS {
        let queue: Shared<Queue<u64, 16>> = Shared::new(Queue::new(spin)).expect("there is memory");
        let sums: Shared<Queue<[u64; 2], 2>> =
            Shared::new(Queue::new(spin)).expect("there is memory");
        let consumers = [(); 2].map(|()| {
            child(|| {
                let (mut number, mut sum) = (0, 0);
                while let Ok(message) = queue.pop() {
                    number += 1;
                    sum += message;
                }
                sums.push([number, sum]).expect("it is open");
            })
        });
        let producers = [0, 1].map(|producer| {
            let messages = (0..MESSAGES).filter(move |message| message % 2 == producer);
            child(|| messages.for_each(|message| queue.push(message).expect("it is open")))
        });
        producers.into_iter().for_each(assert_ends_well);
        queue.close();
        let of_each = [(); 2].map(|()| sums.pop().expect("each consumer sends its sum"));
        let (number, sum) = of_each
            .iter()
            .fold((0, 0), |(n, s), it| (n + it[0], s + it[1]));
        assert_eq!((number, sum), (MESSAGES, MESSAGES * (MESSAGES - 1) / 2));
        consumers.into_iter().for_each(assert_ends_well);
    }
}
