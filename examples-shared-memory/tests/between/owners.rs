//! Who removes a name: its owner on drop and on a panic, and others if the owner was killed.

use std::io::ErrorKind;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{fs, thread};

use examples_shared_memory::{Shared, remove_left_behind};

use crate::harness::{assert_ends_well, child, kill_and_wait, name};
use crate::own_process::{Test, lines_of, part, part_command};

pub(crate) const TESTS: &[Test] = &[
    (
        "the_owner_removes_it_on_drop_and_on_a_panic",
        the_owner_removes_it_on_drop_and_on_a_panic,
    ),
    (
        "an_owner_that_exits_removes_it",
        an_owner_that_exits_removes_it,
    ),
    (
        "a_forked_child_does_not_remove_it",
        a_forked_child_does_not_remove_it,
    ),
    (
        "a_killed_owner_is_found_and_its_segment_removed",
        a_killed_owner_is_found_and_its_segment_removed,
    ),
    (
        "a_process_killed_while_it_creates_leaves_nothing_half_made",
        a_process_killed_while_it_creates_leaves_nothing_half_made,
    ),
    (
        "processes_that_create_and_remove_at_the_same_time",
        processes_that_create_and_remove_at_the_same_time,
    ),
];

fn exists(name: &str) -> bool {
    fs::exists(format!("/dev/shm{name}")).expect("it can be asked")
}

fn create(name: &str) -> Shared<AtomicU64> {
    Shared::create(name, AtomicU64::new(7)).expect("the name is free")
}

fn the_owner_removes_it_on_drop_and_on_a_panic() {
    let name = name("owner");
    let shared = create(&name);
    assert!(exists(&name));
    drop(shared);
    assert!(!exists(&name));
    let panics = catch_unwind(|| {
        let _shared = create(&name);
        assert!(!exists(&name), "a panic on purpose: it does exist");
    });
    assert!(panics.is_err() && !exists(&name));
}

fn an_owner_that_exits_removes_it() {
    if let Some(name) = part() {
        let _shared = create(&name);
        std::process::exit(0); // which drops nothing
    }
    let name = name("exits");
    let end = part_command(&name).status();
    assert!(end.expect("it can be started").success());
    assert!(!exists(&name));
}

fn a_forked_child_does_not_remove_it() {
    let name = name("parent");
    let mut shared = Some(create(&name));
    assert_ends_well(child(|| drop(shared.take())));
    assert_ends_well(child(|| std::process::exit(0)));
    assert!(exists(&name));
    // What it opens, it does not own either.
    drop(Shared::<AtomicU64>::open(&name).expect("it is there"));
    assert!(exists(&name));
}

fn a_killed_owner_is_found_and_its_segment_removed() {
    if let Some(name) = part() {
        let _shared = create(&name);
        println!("created");
        thread::sleep(Duration::from_mins(1));
    }
    let (name, own) = (name("killed"), name("own"));
    let alive = create(&own);
    let (mut owner, mut lines) = lines_of(&mut part_command(&name));
    assert_eq!(lines.next().as_deref(), Some("created"));
    let used = Shared::<AtomicU64>::open(&name).expect("it is there");
    let removed = remove_left_behind("/between-").expect("this is Linux");
    assert!(!removed.contains(&name), "its owner lives");
    owner.kill().expect("it lives");
    // Not yet waited for: it is a zombie for a moment, and dead. (A signal takes its time.)
    while fs::read_to_string(format!("/proc/{}/stat", owner.id()))
        .is_ok_and(|stat| !stat.contains(") Z"))
    {
        thread::yield_now();
    }
    let error = Shared::create(&name, AtomicU64::new(0)).expect_err("the name is taken");
    let said = format!(
        "the name {name} is taken by a segment of process {}, which has ended: `remove_left_behind` removes it",
        owner.id()
    );
    assert_eq!(error.to_string(), said);
    owner.wait().expect("it is ours");
    assert!(exists(&name));
    let removed = remove_left_behind("/between-").expect("this is Linux");
    assert!(
        removed.contains(&name) && !removed.contains(&own),
        "{removed:?}"
    );
    assert!(!exists(&name) && exists(&own));
    assert_eq!(used.load(Ordering::Relaxed), 7);
    assert_eq!(alive.load(Ordering::Relaxed), 7);
    drop(create(&name));
}

fn a_process_killed_while_it_creates_leaves_nothing_half_made() {
    for round in 0..100 {
        let name = name("creates");
        let creates = child(|| {
            loop {
                drop(create(&name));
            }
        });
        thread::sleep(Duration::from_micros(round * 37));
        kill_and_wait(creates);
        // Either there is nothing, or it is complete.
        let is_there = match Shared::<AtomicU64>::open(&name) {
            Ok(shared) => shared.load(Ordering::Relaxed) == 7,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => panic!("round {round}: {error}"),
        };
        let removed = remove_left_behind("/between-").expect("this is Linux");
        assert_eq!(removed.contains(&name), is_there);
        assert!(!exists(&name));
    }
}

fn processes_that_create_and_remove_at_the_same_time() {
    let name = name("contended");
    let create_or_open = || {
        loop {
            match Shared::create(&name, AtomicU64::new(7)) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                created => return created,
            }
            match Shared::<AtomicU64>::open(&name) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                opened => return opened,
            }
        }
    };
    let children = [(); 3].map(|()| {
        child(|| {
            for _ in 0..1_000 {
                let number = create_or_open().expect("it is created or opened");
                assert_eq!(number.load(Ordering::Relaxed), 7);
            }
        })
    });
    children.into_iter().for_each(assert_ends_well);
    assert!(!exists(&name));
}
