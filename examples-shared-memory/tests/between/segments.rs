//! Segments: found by name or by file, and refused in words.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use examples_shared_memory::sync::Barrier;
use examples_shared_memory::{Shared, SharedSlice};

use crate::harness::{assert_ends_well, child, name};
use crate::own_process::{Test, part, part_command};

pub(crate) const TESTS: &[Test] = &[
    (
        "another_program_opens_it_by_its_name",
        another_program_opens_it_by_its_name,
    ),
    (
        "another_program_inherits_its_file",
        another_program_inherits_its_file,
    ),
    ("another_type_is_refused", another_type_is_refused),
    ("another_file_is_refused", another_file_is_refused),
    ("a_name_is_refused", a_name_is_refused),
    ("more_than_there_is_room_for", more_than_there_is_room_for),
    (
        "slices_are_read_by_many_or_written_by_one",
        slices_are_read_by_many_or_written_by_one,
    ),
];

fn another_program_opens_it_by_its_name() {
    if let Some(name) = part() {
        let number = Shared::<AtomicU64>::open(&name).expect("it is there");
        number.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let name = name("number");
    let number = Shared::create(&name, AtomicU64::new(41)).expect("the name is free");
    let end = part_command(&name).status();
    assert!(end.expect("it can be started").success());
    assert_eq!(number.load(Ordering::Relaxed), 42);
    let same = Shared::<AtomicU64>::open(&name).expect("it is still there");
    drop(number);
    same.fetch_add(1, Ordering::Relaxed); // its memory is
    let error = Shared::<AtomicU64>::open(&name).expect_err("its name is not");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let said =
        format!("there is no segment {name}: its owner has not created it, or has removed it");
    assert_eq!(error.to_string(), said);
}

fn another_program_inherits_its_file() {
    if part().is_some() {
        let file = io::stdin().as_fd().try_clone_to_owned();
        let file = file.expect("it is open");
        let number = Shared::<AtomicU64>::from_file(file).expect("it is a segment");
        number.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let (number, file) = Shared::with_file(AtomicU64::new(41)).expect("there is room");
    let file = fs::File::from(file);
    assert!(file.set_len(1).is_err(), "it is sealed");
    let input = file.try_clone().expect("it is open");
    let end = part_command("adds").stdin(input).status();
    assert!(end.expect("it can be started").success());
    assert_eq!(number.load(Ordering::Relaxed), 42);
    let same = file.try_clone().expect("it is open");
    let error = Shared::<AtomicI64>::from_file(same.into()).expect_err("it is another type");
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

fn another_type_is_refused() {
    let name = name("type");
    let _number = Shared::create(&name, AtomicU64::new(0)).expect("the name is free");
    let said = |error: io::Error| {
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        error.to_string()
    };
    let barrier = said(Shared::<Barrier>::open(&name).expect_err("it is no barrier"));
    assert!(barrier.starts_with(&format!("{name} holds ")), "{barrier}");
    assert!(barrier.contains("and not examples_shared_memory::sync::barrier::Barrier"));
    // The same size, and even the same bytes.
    said(Shared::<AtomicI64>::open(&name).expect_err("it has another type"));
    said(Shared::<[AtomicU64; 1]>::open(&name).expect_err("it has another type"));
    // A type of the same name with another size, as from an older build of the program. The header says the size.
    let file = fs::File::options()
        .write(true)
        .open(format!("/dev/shm{name}"));
    let file = file.expect("it is ours");
    file.write_all_at(&16_u64.to_ne_bytes(), 32)
        .expect("it is open");
    let error = Shared::<AtomicU64>::open(&name).expect_err("it has another size");
    let why = "holds values of the same name with another size or alignment";
    assert_eq!(said(error), format!("{name} {why}"));
    // Another layout of the header.
    file.write_all_at(b"\x02", 0).expect("it is open");
    let error = Shared::<AtomicU64>::open(&name).expect_err("it has another layout");
    let why = "is no segment of this version of the program";
    assert_eq!(said(error), format!("{name} {why}"));
}

fn another_file_is_refused() {
    let name = name("file");
    let path = format!("/dev/shm{name}");
    for (bytes, why) in [
        (0, "is no segment: it is too short"),
        (100, "is no segment: it is too short"),
        (5_000, "is not complete yet"),
    ] {
        let mut file = fs::File::create_new(&path).expect("the name is free");
        file.write_all(&vec![0; bytes]).expect("there is room");
        let error = Shared::<AtomicU64>::open(&name).expect_err("it is no segment");
        assert_eq!(error.to_string(), format!("{name} {why}"));
        let error = Shared::create(&name, AtomicU64::new(0)).expect_err("the name is taken");
        let why = "by a file that is no segment of this program";
        assert_eq!(error.to_string(), format!("the name {name} is taken {why}"));
        fs::remove_file(&path).expect("it is ours");
    }
}

fn a_name_is_refused() {
    for name in [
        "",
        "/",
        "name",
        "/a/b",
        "/../etc",
        "/.",
        "/a\0b",
        &"/x".repeat(200),
    ] {
        let error = Shared::create(name, AtomicU64::new(0)).expect_err("it is no name");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
        let error = Shared::<AtomicU64>::open(name).expect_err("it is no name");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
    }
    let name = name("taken");
    let first = Shared::create(&name, AtomicU64::new(1)).expect("the name is free");
    let id = std::process::id();
    let said = format!("the name {name} is taken by a segment of process {id}");
    let error = Shared::create(&name, AtomicU64::new(2)).expect_err("the name is taken");
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::AlreadyExists, said.clone())
    );
    assert_ends_well(child(|| {
        let error = Shared::create(&name, AtomicU64::new(2)).expect_err("the name is taken");
        assert_eq!(error.to_string(), said);
    }));
    assert_eq!(first.load(Ordering::Relaxed), 1);
}

fn more_than_there_is_room_for() {
    // 64 TiB. If it were not refused, this process would be ended by a signal when it touches the items.
    let name = name("large");
    let error = SharedSlice::<u64>::create(&name, 1 << 43);
    let error = error.expect_err("no computer has that much");
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    let said = error.to_string();
    let begin = format!(
        "there is no room for {} bytes of shared memory: ",
        (1_u64 << 46) + 4096
    );
    assert!(
        said.starts_with(&begin) && said.ends_with(" bytes are free"),
        "{said}"
    );
    assert!(!fs::exists(format!("/dev/shm{name}")).expect("it can be asked"));
    // Twice what /dev/shm has: there may be more memory than that.
    let free = nix::sys::statvfs::statvfs("/dev/shm").expect("it is mounted");
    let free = free.blocks_available() * free.fragment_size();
    let error = SharedSlice::<u8>::create(&name, 2 * free as usize).expect_err("it is too large");
    assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
    let error = SharedSlice::<u8>::with_file(1 << 46).expect_err("it is too large");
    assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
    let error = SharedSlice::<u64>::create(&name, usize::MAX).expect_err("it is too large");
    assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}");
}

fn slices_are_read_by_many_or_written_by_one() {
    const ROUNDS: u64 = 2_000;
    let name = name("slice");
    let mut slice = SharedSlice::<u64>::create(&name, 1_000).expect("the name is free");
    let both_equal = |items: &[u64]| assert_eq!(items[0], items[999]);
    let adds = |slice: &mut SharedSlice<u64>| {
        for _ in 0..ROUNDS {
            let mut items = slice.write().expect("it can be locked");
            items[0] += 1;
            items[999] += 1;
            drop(items);
            both_equal(&slice.read().expect("it can be locked"));
        }
    };
    // One child opens it, and the other has the parent's: each has a lock of its own.
    let opens = child(|| adds(&mut SharedSlice::open(&name).expect("it is there")));
    let inherits = child(|| adds(&mut slice));
    let mut same = SharedSlice::<u64>::open(&name).expect("it is there");
    for _ in 0..ROUNDS {
        both_equal(&same.read().expect("it can be locked"));
    }
    assert_ends_well(opens);
    assert_ends_well(inherits);
    assert_eq!(slice.read().expect("it can be locked")[999], 2 * ROUNDS);
    // Two may read at the same time.
    let reads = slice.read().expect("it can be locked");
    both_equal(&same.read().expect("it can be locked"));
    drop(reads);
    let empty = SharedSlice::<u64>::with_file(0).expect("there is room").0;
    assert!(empty.is_empty());
}
