//! Dining philosophers: three of them at a table with three forks, and each needs the two forks beside its plate.

use crate::platform::{Mutex, note, together};

type Forks = [Mutex<()>; 3];

/// Each philosopher takes the left fork, then the right one.
pub fn broken() {
    let dine = |forks: &Forks, me| eat(forks, me, me, (me + 1) % 3);
    together(forks(), [dine; 3]);
}

/// Each philosopher takes the fork with the lower number first.
pub fn mended() {
    let dine = |forks: &Forks, me| {
        let (left, right) = (me, (me + 1) % 3);
        eat(forks, me, left.min(right), left.max(right));
    };
    together(forks(), [dine; 3]);
}

fn forks() -> Forks {
    [Mutex::new(()), Mutex::new(()), Mutex::new(())]
}

fn eat(forks: &Forks, me: usize, first: usize, second: usize) {
    let _first = forks[first].lock();
    note(me, format!("has fork {first}"));
    let _second = forks[second].lock();
    note(me, format!("has fork {second} and eats"));
}
