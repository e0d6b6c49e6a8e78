//! What is said of the floors.

use laboratory::floors::{Contest, Floors, Group, Missing};

/// The title of a group's table, and what to see in the table.
pub fn about(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::Threads => (
            "Starting a thread, and waiting for its end",
            "What to see: the clone is the kernel's part, and the pthread library adds some time to the clone. Most of what \
             Rust adds is a second stack for each thread, on which Rust reports that the first stack overflowed. Compared \
             with a floor that has a second stack, Rust adds little.",
        ),
        Group::Processes => (
            "Starting a process, and waiting for its end",
            "What to see: fork takes longer the more memory the parent has written, since fork copies the parent's page \
             tables; vfork copies none. With a large parent, what our code adds is small beside the fork.",
        ),
        Group::Synchronisation => (
            "Changing a shared number, and waking another thread",
            "What to see: nanoseconds while no thread has to sleep, microseconds as soon as the kernel has to wake up a \
             thread. A multiple below one means that our code spins for a while before it sleeps.",
        ),
        Group::Messages => (
            "One byte to another process and back",
            "What to see: on one core, the kernel switches to the other process for each message; on two cores, a \
             message wakes up the other core. Only shared memory that both processes watch without sleeping avoids the wake-up, and watching needs both cores. \
             A call of a pool is a message, too, and what it adds is bookkeeping.",
        ),
        Group::OneWay => (
            "Long messages to another process, one after the other",
            "What to see: each byte is copied twice, into a buffer and out of it, so no way is faster than copying memory \
             (below). A way through the kernel needs time for its system calls, too.",
        ),
        Group::Rings => (
            "Eight bytes through memory that two processes or two threads share",
            "What to see: there and back, the floor is the time in which a cache line travels from core to core and back, and the ring \
             adds little. One way, a message takes a fraction of that time, because a line carries eight messages. \
             A ring whose sides sleep takes as long as waking them up.",
        ),
        Group::Copying => (
            "Copying memory",
            "What to see: what does not fit the caches is copied as fast as memory allows, and a second core may add little.",
        ),
    }
}

/// What the numbers of all tables are.
pub fn how_to_read(floors: &Floors) -> String {
    format!(
        "Each time is the median over the rounds. A multiple is the median of the ratios, round by round, with its 95% \
         interval. The noise floor, from floors compared with themselves, is {}.",
        super::noise_floor(floors.noise_floor)
    )
}

/// A floor's name, and its number of cores, if that is chosen.
pub(crate) fn name(contest: &Contest) -> String {
    match contest.cores {
        0 => contest.floor.clone(),
        cores => format!("{} (cores: {cores})", contest.floor),
    }
}

/// A sentence on each floor that this machine does not have, and on each thing that failed.
pub fn what_is_absent(floors: &Floors) -> Vec<String> {
    let mut sentences = Vec::new();
    for result in &floors.results {
        let name = name(&result.contest);
        sentences.extend(match &result.outcome {
            Ok(_) => None,
            Err(Missing::OneCore) => Some(format!(
                "Not measured: {name}: this process may use one core only."
            )),
            Err(Missing::NoTime) => Some(format!(
                "Not measured: {name}: its rounds take longer than the budget allows."
            )),
            Err(Missing::Failed(reason)) => Some(format!("Failed: {name}: {reason}")),
        });
    }
    // One sentence for a floor on which several things are built.
    sentences.dedup();
    sentences
}
