//! What is said of the floors.

use laboratory::floors::{Absent, Floors, Group, Placement};

/// The title of a group's table.
pub fn title(group: Group) -> &'static str {
    match group {
        Group::Threads => "Starting a thread, and waiting for its end",
        Group::Processes => "Starting a process, and waiting for its end",
        Group::Synchronisation => "Changing a shared number, and waking another thread",
        Group::Messages => "One byte to another process and back",
        Group::Copying => "Copying memory",
    }
}

/// What to see in its table.
pub fn what_to_see(group: Group) -> &'static str {
    match group {
        Group::Threads => {
            "What to see: the clone is the kernel's part, and the pthread library adds some time to the clone. Most of what \
             Rust adds is a second stack for each thread, on which Rust reports that the first stack overflowed. Compared \
             with a floor that has a second stack, Rust adds little."
        }
        Group::Processes => {
            "What to see: fork takes longer the more memory the parent has written, since fork copies the parent's page \
             tables; vfork copies none. With a large parent, what our code adds is small beside the fork."
        }
        Group::Synchronisation => {
            "What to see: nanoseconds while no thread has to sleep, microseconds as soon as the kernel has to wake up a \
             thread. A multiple below one means that our code spins for a while before it sleeps."
        }
        Group::Messages => {
            "What to see: on one core a message is a change of processes, on two cores a message wakes up the other core. \
             Only shared memory that both processes watch without sleeping avoids the wake-up, and watching needs both cores."
        }
        Group::Copying => {
            "What to see: beyond the caches a core copies as fast as memory lets it, and a second core may add \
             little."
        }
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

/// How many cores: `one` or `two`.
pub fn cores(placement: Placement) -> &'static str {
    match placement {
        Placement::OneCore => "one",
        Placement::TwoCores => "two",
    }
}

/// A sentence on each floor that this machine does not have, and on each thing that failed.
pub fn what_is_absent(floors: &Floors) -> Vec<String> {
    let mut sentences = Vec::new();
    for floor in &floors.floors {
        let cores = match floor.placement {
            None => "",
            Some(Placement::OneCore) => ", on one core",
            Some(Placement::TwoCores) => ", on two cores",
        };
        let name = format!("{}{cores}", floor.name);
        let why = floor.absent.map(|absent| match absent {
            Absent::OnlyLinux => "only Linux has it",
            Absent::OneCore => "this process may use one core only",
            Absent::NoTime => "its rounds take longer than the budget allows",
        });
        sentences.extend(why.map(|why| format!("Not measured: {name}: {why}.")));
        sentences.extend(floor.rivals.iter().filter_map(|rival| {
            let reason = rival.outcome.as_ref().err()?;
            Some(format!("Failed: {} on {name}: {reason}", rival.name))
        }));
    }
    sentences
}
