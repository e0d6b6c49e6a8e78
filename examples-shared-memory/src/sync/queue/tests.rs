//! Queues between threads. `tests/between` has those between processes.

use std::sync::Mutex;
use std::thread;

use super::*;

/// Not at all, briefly, and always.
const SPINS: [Duration; 3] = [Duration::ZERO, Duration::from_micros(20), Duration::MAX];

fn all_arrive_once<const CAPACITY: usize>(each: u32) {
    const SIDES: u32 = 3;
    for spin in SPINS {
        let queue = Queue::<[u32; 2], CAPACITY>::new(spin);
        let received = Mutex::new(Vec::new());
        thread::scope(|scope| {
            let producers: Vec<_> = (0..SIDES)
                .map(|producer| {
                    let queue = &queue;
                    let send = move |number| queue.push([producer, number]).unwrap();
                    scope.spawn(move || (0..each).for_each(send))
                })
                .collect();
            for _ in 0..SIDES {
                scope.spawn(|| {
                    let mut own: Vec<[u32; 2]> = Vec::new();
                    while let Ok(message) = queue.pop() {
                        own.push(message);
                    }
                    for producer in 0..SIDES {
                        let of_one = own.iter().filter(|it| it[0] == producer);
                        assert!(of_one.is_sorted(), "messages of one producer are in order");
                    }
                    received.lock().unwrap().extend(own);
                });
            }
            for producer in producers {
                producer.join().unwrap();
            }
            queue.close();
        });
        let mut received = received.into_inner().unwrap();
        received.sort_unstable();
        let sent = (0..SIDES).flat_map(|producer| (0..each).map(move |number| [producer, number]));
        assert!(received.into_iter().eq(sent));
    }
}

#[test]
fn all_messages_arrive_once() {
    all_arrive_once::<2>(500);
    all_arrive_once::<8>(2_000);
    all_arrive_once::<1024>(20_000);
}

#[test]
fn positions_wrap_round() {
    let mut queue = Queue::<u8, 4>::new(Duration::ZERO);
    let begin = u32::MAX - 5;
    for (k, slot) in queue.slots.0.iter_mut().enumerate() {
        // The positions from `begin` on, each in its slot.
        let ahead = (k as u32).wrapping_sub(begin) % 4;
        slot.sequence = AtomicU32::new(begin.wrapping_add(ahead));
    }
    for side in [&queue.producers, &queue.consumers] {
        side.next.store(begin, Ordering::Relaxed);
    }
    for round in 0..4 {
        for _ in 0..4 {
            queue.try_push(round).unwrap();
        }
        assert_eq!(queue.try_push(round), Err(Refused::NotYet));
        assert_eq!([(); 4].map(|()| queue.try_pop()), [Ok(round); 4]);
        assert_eq!(queue.try_pop(), Err(Refused::NotYet));
    }
}

#[test]
fn waiting_ends_at_its_limit_and_when_the_queue_is_closed() {
    let limit = Duration::from_millis(2);
    for spin in SPINS {
        let queue = Queue::<u8, 2>::new(spin);
        assert_eq!(queue.pop_within(limit), Err(Refused::NotYet));
        queue.push(1).unwrap();
        queue.push(2).unwrap();
        assert_eq!(queue.push_within(3, limit), Err(Refused::NotYet));
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(queue.push(3), Err(Refused::Closed)));
            queue.close();
        });
        assert_eq!(
            [(); 3].map(|()| queue.pop()),
            [Ok(1), Ok(2), Err(Refused::Closed)]
        );
    }
}

/// A producer that was killed between claiming and publishing: here, one that claims and does no more.
#[test]
fn a_claimed_slot_that_is_never_published_is_noticed_by_a_time_limit() {
    let queue = Queue::<u8, 4>::new(Duration::ZERO);
    assert!(queue.try_claim(&queue.producers, 0).is_some());
    queue.push(1).unwrap();
    let limit = Duration::from_millis(2);
    assert_eq!(queue.pop_within(limit), Err(Refused::NotYet));
}
