//! Tasks that begin when others have succeeded: seven tasks sort numbers, by way of files.
//!
//! Tasks 4 to 7 each sort a part of the numbers, and write it to a file. Task 3 merges the files 6
//! and 7, task 2 merges 4 and 5, and task 1 merges 2 and 3. The program submits all seven tasks at
//! once. It says which tasks come *after* which others, so no task looks for a file that is not
//! there yet. A task that *follows* another one runs on the same engine: so it finds a file that
//! only this engine's computer has. (The merges come *after*: they need a disk that all engines
//! see.) If a task fails, the tasks after it fail, too. In IPython Parallel: `with
//! view.temp_flags(after=[a, b]): view.apply_async(merge, 3)`, `follow`, `abort`.
//!
//! Run: `cargo run --example engines_dependencies`
//!
//! Expected output:
//!
//! ```text
//! 7 tasks: 40000 numbers, sorted as in serial
//! a task that fails: task 0 panicked at [..]: file 18: [..]
//! the task after it: task 0 could not be done: a task that it depends on has failed ([..])
//! abort the first and the last of 6 tasks: [false, true]
//! how they end: [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(task 0 was cancelled)]
//! ```
//!
//! Try: write `[1, 2, 3]` in place of `[3, 2, 1]`. The program panics: a task can come after others
//! only if they were submitted before it. So tasks never wait for each other in a circle.

use std::{collections::BTreeMap, error::Error, fs, num::NonZero, path::PathBuf};

#[cfg(unix)]
use examples_message_passing::engines::{Cluster, Task, become_engine_if_asked};
use workloads::println;

examples_processes::needs_unix!();

/// What all tasks are given: where the files are.
type Folder = PathBuf;

#[cfg(unix)]
fn main() -> Result<(), Box<dyn Error>> {
    become_engine_if_asked();
    let cluster = Cluster::start(NonZero::new(2).expect("two engines"))?;
    let folder = tempfile::tempdir()?;
    let view = cluster.balanced().with(&folder.path().to_owned());

    // Nothing waits here: all tasks are submitted before the first result is received.
    let mut tasks: BTreeMap<u64, Task<()>> = BTreeMap::new();
    for part in 4..8 {
        tasks.insert(part, view.submit(sort, part)?);
    }
    for file in [3, 2, 1] {
        let both = [2 * file, 2 * file + 1].map(|before| tasks[&before].id());
        tasks.insert(file, view.clone().after(both).submit(merge, file)?);
    }
    let reader = view.clone().follow([tasks[&1].id()]);
    let sorted = reader.submit(read, 1)?.wait()?;
    let mut serial: Vec<u64> = (4..8).flat_map(numbers).collect();
    serial.sort_unstable();
    assert!(sorted == serial, "the numbers are not sorted");

    let fails = view.submit(merge, 9)?; // There is no file 18.
    let next = view.clone().after([fails.id()]).submit(merge, 4)?;
    let errors = [fails, next].map(|task| task.wait().expect_err("a file is missing"));

    // Each of the two engines is given two tasks. The others are still here.
    let six: Vec<_> = (32..38).flat_map(|part| view.submit(sort, part)).collect();
    let aborted = [six[0].abort(), six[5].abort()];
    let ends: Vec<_> = six.iter().map(Task::wait).collect();
    folder.close()?;

    println!("7 tasks: {} numbers, sorted as in serial", sorted.len());
    println!("a task that fails: {}", errors[0]);
    println!("the task after it: {}", errors[1]);
    println!("abort the first and the last of 6 tasks: {aborted:?}");
    println!("how they end: {ends:?}");
    Ok(())
}

/// Sorts a part of the numbers, and writes it to the file of this number.
fn sort(folder: &Folder, part: u64) {
    write_sorted(folder, part, numbers(part));
}

/// Merges two sorted files.
fn merge(folder: &Folder, file: u64) {
    let mut numbers = read(folder, 2 * file);
    numbers.extend(read(folder, 2 * file + 1));
    write_sorted(folder, file, numbers);
}

fn numbers(part: u64) -> Vec<u64> {
    (0..10_000).map(|k| k * part * 7_919 % 1_000_003).collect()
}

fn write_sorted(folder: &Folder, file: u64, mut numbers: Vec<u64>) {
    numbers.sort_unstable();
    let text = serde_json::to_string(&numbers).expect("numbers can be written");
    fs::write(folder.join(file.to_string()), text).expect("the folder is there");
}

fn read(folder: &Folder, file: u64) -> Vec<u64> {
    let text = fs::read_to_string(folder.join(file.to_string()));
    let text = text.unwrap_or_else(|error| panic!("file {file}: {error}"));
    serde_json::from_str(&text).expect("numbers were written")
}
