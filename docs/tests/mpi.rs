//! Every lesson on MPI prints what it says, on as many ranks as it says.

mod support;

use support::header::Header;
use support::running::{compare, run_ranks};
use support::{assert_none, lessons};

#[test]
fn every_lesson_on_mpi_prints_what_its_header_says() {
    let mut lessons = lessons();
    lessons.retain(support::Example::needs_mpi);
    assert!(!lessons.is_empty(), "there are lessons on MPI");
    let mut faults = Vec::new();
    for lesson in lessons {
        let header = Header::of(&lesson);
        // What is missing fails another test.
        if let (Some(ranks), Some(expected)) = (header.ranks(), header.expected_output()) {
            let printed = run_ranks(ranks, &lesson.name);
            if let Err(fault) = printed.and_then(|printed| compare(&printed, &expected)) {
                faults.push(format!("{}: {fault}", lesson.name));
            }
        }
    }
    assert_none(&faults);
}
