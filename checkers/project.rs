//! Small programs that use the project's own locks. Each asserts what its lock promises. If a wake-up is lost, a thread
//! sleeps forever, which a checker calls a deadlock.

#![expect(unsafe_code, reason = "a cell whose users say that they take turns")]

use std::num::NonZero;
use std::time::Duration;

use crate::platform::{AtomicU32, Ordering, UnsafeCell, note, together};
use crate::sync::{Barrier, Condvar, Event, Mutex, Queue, Refused, Ring, Semaphore};

/// A number that one thread at a time may change. Loom fails if two do, or if one does not see what another has done.
struct InTurns {
    number: UnsafeCell<u32>,
    /// The threads that are at it now: for shuttle, which has no such cell.
    inside: AtomicU32,
}

// SAFETY: what breaks the promise to take turns is what the checkers look for.
unsafe impl Sync for InTurns {}

impl InTurns {
    fn new() -> Self {
        Self {
            number: UnsafeCell::new(0),
            inside: AtomicU32::new(0),
        }
    }

    fn add(&self, me: usize) {
        let others = self.inside.fetch_add(1, Ordering::Relaxed);
        assert!(others == 0, "two threads are inside");
        // SAFETY: as above.
        self.number.with_mut(|number| unsafe { *number += 1 });
        note(me, "adds 1");
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }

    fn get(&self) -> u32 {
        // SAFETY: all threads have ended.
        self.number.with(|number| unsafe { *number })
    }
}

/// Each of the `N` parties passes the barrier so many times, and none before all have come.
pub fn barrier<const N: usize, const ROUNDS: usize>() {
    let parties = NonZero::new(N as u32).expect("there are parties");
    let shared = (Barrier::new(parties, Duration::ZERO), AtomicU32::new(0));
    let pass = |(barrier, come): &(Barrier, AtomicU32), me| {
        for round in 1..=ROUNDS {
            come.fetch_add(1, Ordering::Relaxed);
            note(me, format!("comes to the barrier, round {round}"));
            let was_last = barrier.wait();
            let come = come.load(Ordering::Relaxed) as usize;
            note(
                me,
                format!("goes on (the last one: {was_last}), {come} have come"),
            );
            assert!(come >= round * N, "a party goes on before all have come");
        }
    };
    together(shared, [pass; N]);
}

/// The first of `N` parties is the caller of a split barrier: what it writes between the two halves, the others see when
/// they are released. What they write after that, it sees when it has gathered them.
pub fn split_barrier<const N: usize, const CALLS: u32>() {
    let parties = NonZero::new(N as u32).expect("there are parties");
    let numbers = [0; 2].map(AtomicU32::new);
    let run = |(barrier, [call, done]): &(Barrier, [AtomicU32; 2]), me| {
        for number in 1..=CALLS {
            if me == 0 {
                barrier.gather();
                let done = done.load(Ordering::Relaxed);
                note(
                    me,
                    format!("has gathered the others: {done} parts are done"),
                );
                assert!(done == (number - 1) * (N as u32 - 1), "a part is not done");
                call.store(number, Ordering::Relaxed);
                barrier.release();
            } else {
                barrier.wait();
                let call = call.load(Ordering::Relaxed);
                note(me, format!("is released, for call {call}"));
                assert!(call == number, "the call is not seen");
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let barrier = Barrier::new(parties, Duration::ZERO);
    together((barrier, numbers), [run; N]);
}

/// Each of `N` threads takes the mutex so many times.
pub fn mutex<const N: usize, const ROUNDS: usize>() {
    let add = |(mutex, number): &(Mutex<()>, InTurns), me| {
        for _ in 0..ROUNDS {
            let _guard = mutex.lock();
            number.add(me);
        }
    };
    let shared = together((Mutex::new(()), InTurns::new()), [add; N]);
    assert!(shared.1.get() as usize == N * ROUNDS, "an update is lost");
}

/// A semaphore with one permit is a mutex.
pub fn semaphore_of_one<const N: usize, const ROUNDS: usize>() {
    let add = |(semaphore, number): &(Semaphore, InTurns), me| {
        for _ in 0..ROUNDS {
            let _permit = semaphore.acquire();
            number.add(me);
        }
    };
    let shared = together((Semaphore::new(1), InTurns::new()), [add; N]);
    assert!(shared.1.get() as usize == N * ROUNDS, "an update is lost");
    assert!(shared.0.permits() == 1, "a permit is lost");
}

/// Two permits, `N` threads.
pub fn semaphore_of_two<const N: usize>() {
    let pass = |(semaphore, inside): &(Semaphore, AtomicU32), me| {
        let _permit = semaphore.acquire();
        let others = inside.fetch_add(1, Ordering::Relaxed);
        note(me, format!("is inside, and {others} others are"));
        assert!(others < 2, "three threads are inside");
        inside.fetch_sub(1, Ordering::Relaxed);
    };
    let shared = together((Semaphore::new(2), AtomicU32::new(0)), [pass; N]);
    assert!(shared.0.permits() == 2, "a permit is lost");
}

/// One thread puts `N - 1` items; each of the others waits for one.
pub fn condvar<const N: usize>() {
    type Queue = (Mutex<Vec<usize>>, Condvar);
    let run = |(items, changed): &Queue, me| {
        if me == 0 {
            for item in 1..N {
                items.lock().push(item);
                changed.notify_one();
                note(me, "has put an item, and notified");
            }
        } else {
            let mut items = changed.wait_while(items.lock(), |items| items.is_empty());
            note(me, "takes an item");
            assert!(items.pop().is_some(), "there is an item");
        }
    };
    together((Mutex::new(Vec::new()), Condvar::new()), [run; N]);
}

/// One thread sets the event, the others wait for it.
pub fn event<const N: usize>() {
    let run = |(event, data): &(Event, AtomicU32), me| {
        if me == 0 {
            data.store(42, Ordering::Relaxed);
            event.set();
            note(me, "has set the event");
        } else {
            event.wait();
            let data = data.load(Ordering::Relaxed);
            note(me, format!("sees the event, and {data}"));
            assert!(data == 42, "what was written before is seen after");
        }
    };
    together((Event::new(), AtomicU32::new(0)), [run; N]);
}

/// So many messages through a ring of two slots: each arrives once, in order. Then the producer is gone.
pub fn ring<const MESSAGES: u32>() {
    let send = |ring: &Ring<u32, 2>, me| {
        let mut producer = ring.producer().expect("no other thread sends");
        for message in 0..MESSAGES {
            let sent = producer.push(message);
            note(me, format!("sends {message}"));
            assert!(sent == Ok(()), "the consumer is there");
        }
    };
    let receive = |ring: &Ring<u32, 2>, me| {
        let mut consumer = ring.consumer().expect("no other thread receives");
        for message in 0..MESSAGES {
            let received = consumer.pop();
            note(me, format!("receives {received:?}"));
            assert!(received == Ok(message), "each message once, in order");
        }
        assert!(consumer.pop() == Err(Refused::Closed), "there are no more");
    };
    together(Ring::<u32, 2>::new(Duration::ZERO), [send, receive]);
}

/// `PAIRS` producers send `EACH` messages each, and as many consumers receive them through a queue of two slots: each
/// message arrives once.
pub fn queue<const PAIRS: usize, const THREADS: usize, const EACH: usize>() {
    type Received = [AtomicU32; 8];
    let run = |(queue, received): &(Queue<u32, 2>, Received), me| {
        for message in EACH * me..EACH * (me + 1) {
            if me < PAIRS {
                let sent = queue.push(message as u32);
                note(me, format!("sends {message}"));
                assert!(sent == Ok(()), "the queue is open");
            } else {
                let message = queue.pop().expect("the queue is open");
                note(me, format!("receives {message}"));
                let before = received[message as usize].fetch_add(1, Ordering::Relaxed);
                assert!(before == 0, "a message arrives twice");
            }
        }
    };
    let received = std::array::from_fn(|_| AtomicU32::new(0));
    let shared = together((Queue::new(Duration::ZERO), received), [run; THREADS]);
    let received = shared.1[..EACH * PAIRS].iter();
    let all = received.map(|number| number.load(Ordering::Relaxed));
    assert!(
        all.sum::<u32>() as usize == EACH * PAIRS,
        "each message arrives"
    );
}
