//! A mutex that tells of the death of its owner: what it says in each case.

use std::mem;
use std::time::Duration;

use examples_shared_memory::Shared;
use examples_shared_memory::sync::{Event, LockError, RobustMutex};

use crate::harness::{assert_ends_well, child, kill_and_wait};
use crate::own_process::{SOON, Test};

pub(crate) const TESTS: &[Test] = &[
    ("it_loses_no_update", it_loses_no_update),
    (
        "what_is_not_repaired_is_unusable_for_all",
        what_is_not_repaired_is_unusable_for_all,
    ),
    ("errors_instead_of_deadlocks", errors_instead_of_deadlocks),
    (
        "a_child_that_ends_with_the_lock_has_died",
        a_child_that_ends_with_the_lock_has_died,
    ),
    (
        "a_forgotten_guard_keeps_its_memory",
        a_forgotten_guard_keeps_its_memory,
    ),
    (
        "a_forked_child_does_not_unlock_for_its_parent",
        a_forked_child_does_not_unlock_for_its_parent,
    ),
];

const MOMENT: Duration = Duration::from_millis(5);

fn robust(value: u64) -> Shared<RobustMutex<u64>> {
    Shared::new(RobustMutex::new(value)).expect("there is memory")
}

fn it_loses_no_update() {
    let mutex = robust(0);
    let children = [(); 3].map(|()| {
        child(|| {
            for _ in 0..20_000 {
                *mutex.lock().expect("no owner dies") += 1;
            }
        })
    });
    children.into_iter().for_each(assert_ends_well);
    assert_eq!(*mutex.lock().expect("no owner has died"), 60_000);
}

fn what_is_not_repaired_is_unusable_for_all() {
    let mutex = robust(1);
    assert_ends_well(child(|| mem::forget(mutex.lock())));
    match mutex.lock() {
        Err(LockError::OwnerDied(half_changed)) => assert_eq!(*half_changed, 1),
        other => panic!("{other:?}"),
    } // dropped here, and not repaired
    let is_unusable = || matches!(mutex.lock(), Err(LockError::Unusable));
    assert!(is_unusable());
    assert_ends_well(child(|| assert!(is_unusable())));
}

fn errors_instead_of_deadlocks() {
    let alone = RobustMutex::new(0);
    assert!(matches!(alone.lock(), Err(LockError::NotShared)));
    let mutex = robust(0);
    let guard = mutex.lock().expect("it is free");
    assert!(matches!(mutex.lock(), Err(LockError::AlreadyMine)));
    assert_ends_well(child(|| {
        let said = mutex.lock_for(MOMENT);
        assert!(matches!(said, Err(LockError::TimedOut)), "{said:?}");
    }));
    drop(guard);
    assert!(mutex.lock_for(Duration::MAX).is_ok());
}

fn a_child_that_ends_with_the_lock_has_died() {
    // By `_exit` with status 0, and by a signal, while another child waits for the lock.
    let shared = Shared::new((RobustMutex::new(0), Event::new())).expect("there is memory");
    let (mutex, inside) = &*shared;
    for _ in 0..50 {
        let victim = child(|| {
            let mut number = mutex.lock().expect("the last owner has not died");
            *number += 1;
            inside.set();
            std::thread::sleep(Duration::from_mins(1));
        });
        inside.wait();
        inside.reset();
        let waits = child(|| match mutex.lock_for(SOON) {
            Err(LockError::OwnerDied(mut half_changed)) => {
                *half_changed -= 1;
                drop(half_changed.repaired());
            }
            other => panic!("{other:?}"),
        });
        kill_and_wait(victim);
        assert_ends_well(waits);
        assert_eq!(*mutex.lock().expect("it was repaired"), 0);
    }
}

fn a_forgotten_guard_keeps_its_memory() {
    // The thread library follows its list of locked mutexes whenever it locks another one.
    let forgotten = robust(0);
    mem::forget(forgotten.lock());
    drop(forgotten);
    for _ in 0..100 {
        let other = robust(0);
        *other.lock().expect("it is free") += 1;
    }
    // This mapping is left behind on purpose, until the process ends. A forked child has a list of its own, which is empty.
    assert_ends_well(child(|| drop(robust(0).lock().expect("it is free"))));
    std::process::exit(0);
}

fn a_forked_child_does_not_unlock_for_its_parent() {
    let mutex = robust(7);
    let guard = mutex.lock().expect("it is free");
    let mut guard = Some(guard);
    assert_ends_well(child(|| drop(guard.take())));
    assert_ends_well(child(|| {
        let said = mutex.lock_for(MOMENT);
        assert!(matches!(said, Err(LockError::TimedOut)), "{said:?}");
    }));
    assert_eq!(guard.as_deref(), Some(&7));
}
