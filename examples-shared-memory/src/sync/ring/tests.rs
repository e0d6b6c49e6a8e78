//! Rings between threads. `tests/between` has those between processes.

use std::thread;
use std::time::Duration;

use super::*;

/// Not at all, briefly, and always.
const SPINS: [Duration; 3] = [Duration::ZERO, Duration::from_micros(20), Duration::MAX];

fn all_arrive_in_order<const CAPACITY: usize>(messages: u64) {
    for spin in SPINS {
        let ring = Ring::<u64, CAPACITY>::new(spin);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut producer = ring.producer().unwrap();
                (0..messages).for_each(|message| producer.push(message).unwrap());
            });
            let mut consumer = ring.consumer().unwrap();
            for message in 0..messages {
                assert_eq!(consumer.pop(), Ok(message));
            }
            assert_eq!(consumer.pop(), Err(Refused::Closed));
        });
    }
}

#[test]
fn all_messages_arrive_in_order() {
    all_arrive_in_order::<1>(2_000);
    all_arrive_in_order::<2>(5_000);
    all_arrive_in_order::<64>(50_000);
    all_arrive_in_order::<1024>(200_000);
}

#[test]
fn messages_in_batches_arrive_in_order() {
    let messages: Vec<[u32; 3]> = (0..10_000).map(|k| [k, !k, k / 2]).collect();
    for spin in SPINS {
        let ring = Ring::<_, 16>::new(spin);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut producer = ring.producer().unwrap();
                for batch in messages.chunks(37) {
                    producer.push_all(batch).unwrap();
                }
            });
            let mut consumer = ring.consumer().unwrap();
            let (mut received, mut some) = (Vec::new(), [[0; 3]; 7]);
            while let Ok(number) = consumer.pop_some(&mut some) {
                received.extend_from_slice(&some[..number]);
            }
            assert!(received == messages);
        });
    }
}

#[test]
fn counts_wrap_round() {
    let ring = Ring::<u8, 4>::new(Duration::ZERO);
    for side in [&ring.producer, &ring.consumer] {
        side.count.store(u32::MAX - 1, Ordering::Relaxed);
    }
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    for round in 0..4 {
        producer.push_all(&[round; 4]).unwrap();
        assert_eq!(producer.try_push(0), Err(Refused::NotYet));
        assert_eq!([(); 4].map(|()| consumer.try_pop()), [Ok(round); 4]);
        assert_eq!(consumer.try_pop(), Err(Refused::NotYet));
    }
}

#[test]
fn each_end_is_claimed_once() {
    let ring = Ring::<u8, 1>::new(Duration::ZERO);
    let (mut producer, consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    assert!(ring.producer().is_none() && ring.consumer().is_none());
    drop(consumer);
    assert!(ring.consumer().is_none());
    assert_eq!(producer.push(1), Err(Refused::Closed));
    assert_eq!(producer.push(2), Err(Refused::Closed));
}

#[test]
fn waiting_ends_at_its_limit_and_when_the_other_end_is_dropped() {
    let limit = Duration::from_millis(2);
    for spin in SPINS {
        let ring = Ring::<u8, 2>::new(spin);
        let mut consumer = ring.consumer().unwrap();
        assert_eq!(consumer.pop_within(limit), Err(Refused::NotYet));
        let mut producer = ring.producer().unwrap();
        producer.push_all(&[1, 2]).unwrap();
        assert_eq!(producer.push_within(3, limit), Err(Refused::NotYet));
        thread::scope(|scope| {
            scope.spawn(move || assert_eq!(producer.push(3), Err(Refused::Closed)));
            drop(consumer);
        });
        let ring = Ring::<u8, 2>::new(spin);
        let mut consumer = ring.consumer().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| drop(ring.producer()));
            assert_eq!(consumer.pop(), Err(Refused::Closed));
        });
    }
}
