//! What is said of the floors.

use laboratory::floors::{Floors, Group, Placement};

/// The title of a group's table.
pub fn title(group: Group) -> &'static str {
    todo!("{group:?}")
}

/// What to see in its table.
pub fn what_to_see(group: Group) -> &'static str {
    todo!("{group:?}")
}

/// How many cores: `one` or `two`.
pub fn cores(placement: Placement) -> &'static str {
    todo!("{placement:?}")
}

/// A sentence on each floor, and on each thing built on one, that could not be measured here.
pub fn what_is_absent(floors: &Floors) -> Vec<String> {
    todo!("{floors:?}")
}
