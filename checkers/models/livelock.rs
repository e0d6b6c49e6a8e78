//! Livelock: two people meet in a corridor. Both step aside, to the same side, again and again.
//!
//! A checker looks for a state that must not be. "Never ends" is no state, so the attempts are limited, and the state is
//! that both threads have used them up.

use crate::platform::{AtomicU32, Ordering, note, together};

const ATTEMPTS: u32 = 2;

struct Corridor {
    /// On which side each thread is: 0 or 1.
    side: [AtomicU32; 2],
    passed: AtomicU32,
}

impl Corridor {
    /// Whether the other one is on the other side.
    fn is_free(&self, me: usize) -> bool {
        let [mine, other] = [me, 1 - me].map(|who| self.side[who].load(Ordering::SeqCst));
        note(
            me,
            format!("is on side {mine}, and the other one on {other}"),
        );
        mine != other
    }

    fn step_aside(&self, me: usize) {
        let side = 1 - self.side[me].load(Ordering::SeqCst);
        self.side[me].store(side, Ordering::SeqCst);
        note(me, format!("steps to side {side}"));
    }
}

/// Both give way.
pub fn broken() {
    let pass = |corridor: &Corridor, me: usize| {
        for _ in 0..ATTEMPTS {
            if corridor.is_free(me) {
                corridor.passed.fetch_add(1, Ordering::SeqCst);
                return note(me, "passes");
            }
            corridor.step_aside(me);
        }
    };
    let corridor = together(corridor(), [pass; 2]);
    let passed = corridor.passed.load(Ordering::SeqCst);
    assert!(passed > 0, "both have given way each time");
}

/// Only one gives way: as where all threads take their locks in the same order, and wait.
pub fn mended() {
    let give_way = |corridor: &Corridor, me| {
        if !corridor.is_free(me) {
            corridor.step_aside(me);
        }
        assert!(corridor.is_free(me), "the other one stays where it is");
    };
    let stay = |corridor: &Corridor, me| {
        corridor.is_free(me);
    };
    together(corridor(), [give_way, stay]);
}

fn corridor() -> Corridor {
    Corridor {
        side: [AtomicU32::new(0), AtomicU32::new(0)],
        passed: AtomicU32::new(0),
    }
}
