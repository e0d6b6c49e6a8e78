//! What waits, between forked processes.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use examples_shared_memory::Shared;
use examples_shared_memory::sync::{Barrier, Condvar, Event, Mutex, Semaphore};

use crate::harness::{assert_ends_well, child, kill_and_wait};
use crate::own_process::Test;

pub(crate) const TESTS: &[Test] = &[
    ("a_mutex_loses_no_update", a_mutex_loses_no_update),
    (
        "a_semaphore_lets_as_many_pass_as_it_has_permits",
        a_semaphore_lets_as_many_pass_as_it_has_permits,
    ),
    (
        "a_barrier_holds_all_until_all_have_come",
        a_barrier_holds_all_until_all_have_come,
    ),
    (
        "a_bounded_buffer_with_a_condition_variable",
        a_bounded_buffer_with_a_condition_variable,
    ),
    (
        "an_event_lets_all_go_on_that_wait",
        an_event_lets_all_go_on_that_wait,
    ),
    (
        "limits_end_waits_for_a_process_that_was_killed",
        limits_end_waits_for_a_process_that_was_killed,
    ),
];

const MOMENT: Duration = Duration::from_millis(5);

fn a_mutex_loses_no_update() {
    let mutex = Shared::new(Mutex::new([0_u64; 2])).expect("there is memory");
    let children = [(); 3].map(|()| {
        child(|| {
            for _ in 0..20_000 {
                let mut numbers = mutex.lock();
                numbers[0] += 1;
                numbers[1] += 1;
            }
        })
    });
    children.into_iter().for_each(assert_ends_well);
    assert_eq!(*mutex.lock(), [60_000; 2]);
}

fn a_semaphore_lets_as_many_pass_as_it_has_permits() {
    let (inside, passed) = (AtomicU64::new(0), AtomicU64::new(0));
    let shared = Shared::new((Semaphore::new(2), inside, passed)).expect("there is memory");
    let (semaphore, inside, passed) = &*shared;
    let children = [(); 4].map(|()| {
        child(|| {
            for _ in 0..1_000 {
                let _permit = semaphore.acquire();
                assert!(inside.fetch_add(1, Ordering::Relaxed) < 2);
                thread::yield_now();
                inside.fetch_sub(1, Ordering::Relaxed);
                passed.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    children.into_iter().for_each(assert_ends_well);
    assert_eq!(
        (passed.load(Ordering::Relaxed), semaphore.permits()),
        (4_000, 2)
    );
}

fn a_barrier_holds_all_until_all_have_come() {
    const PARTIES: u64 = 3;
    let three = NonZero::new(3).expect("three parties");
    for spin in [Duration::ZERO, Duration::from_micros(50)] {
        let shared = (Barrier::new(three, spin), AtomicU64::new(0));
        let shared = Shared::new(shared).expect("there is memory");
        let (barrier, come) = &*shared;
        let children = [(); PARTIES as usize].map(|()| {
            child(|| {
                for round in 1..=1_000 {
                    come.fetch_add(1, Ordering::Relaxed);
                    barrier.wait();
                    assert!(come.load(Ordering::Relaxed) >= round * PARTIES);
                }
            })
        });
        children.into_iter().for_each(assert_ends_well);
    }
}

fn a_bounded_buffer_with_a_condition_variable() {
    const ITEMS: u64 = 20_000;
    const ROOM: u64 = 4;
    // How many items were put into the buffer and taken from it, and places for some of them.
    let buffer = Mutex::new([0_u64; 2 + ROOM as usize]);
    let shared = Shared::new((buffer, Condvar::new(), Condvar::new())).expect("there is memory");
    let (buffer, filled, emptied) = &*shared;
    let child = child(|| {
        for item in 1..=ITEMS {
            let mut buffer = emptied.wait_while(buffer.lock(), |it| it[0] - it[1] == ROOM);
            let place = 2 + buffer[0] % ROOM;
            buffer[place as usize] = item;
            buffer[0] += 1;
            drop(buffer);
            filled.notify_one();
        }
    });
    for item in 1..=ITEMS {
        let mut buffer = filled.wait_while(buffer.lock(), |it| it[0] == it[1]);
        let place = 2 + buffer[1] % ROOM;
        assert_eq!(buffer[place as usize], item);
        buffer[1] += 1;
        drop(buffer);
        emptied.notify_one();
    }
    assert_ends_well(child);
}

fn an_event_lets_all_go_on_that_wait() {
    for _ in 0..50 {
        let shared = Shared::new((Event::new(), AtomicU64::new(0))).expect("there is memory");
        let (event, number) = &*shared;
        let children = [(); 3].map(|()| {
            child(|| {
                event.wait();
                assert_eq!(number.load(Ordering::Relaxed), 7);
            })
        });
        number.store(7, Ordering::Relaxed);
        event.set();
        children.into_iter().for_each(assert_ends_well);
        event.reset();
        assert!(!event.wait_for(MOMENT));
    }
}

fn limits_end_waits_for_a_process_that_was_killed() {
    let shared = (
        Mutex::new(0_u64),
        Semaphore::new(1),
        Event::new(),
        Condvar::new(),
    );
    let shared = Shared::new(shared).expect("there is memory");
    let (mutex, semaphore, event, condvar) = &*shared;
    let victim = child(|| {
        let _guard = mutex.lock();
        let _permit = semaphore.acquire();
        event.set();
        thread::sleep(Duration::from_mins(1));
    });
    event.wait();
    kill_and_wait(victim);
    assert!(mutex.lock_for(MOMENT).is_none());
    assert!(semaphore.acquire_for(MOMENT).is_none());
    let other = Mutex::new(());
    let so = condvar.wait_while_for(other.lock(), MOMENT, |()| true);
    assert!(so.is_err());
}
