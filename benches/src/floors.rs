//! Floors: the least that this machine allows, and how far above it ours is.
//!
//! Whoever starts a thread, wakes a neighbour or sends a byte asks the kernel for it, and no way of
//! running in parallel is faster than that. So each primitive is timed bare, in a few lines of system
//! calls (`floors/syscalls.rs`), and what is built on it as a multiple of that floor. A multiple near one
//! says that nothing is left to gain above the kernel; a large one says what a convenience costs.
//!
//! # Method
//!
//! Each row is measured in a process of its own: this executable, started again. So its memory has a
//! known size, and it has one thread when it forks. Where a large parent is wanted, one byte on each of
//! its pages is written first.
//!
//! The floor and ours take turns in the same process, in rounds; whose turn is first changes from round
//! to round. A turn repeats its operation until it has lasted long enough for the clock. The multiple is
//! the median, over the rounds, of the ratio of two turns in the same round: a machine that slows down
//! slows both.
//!
//! Its interval is that of a median by order statistics: of n ratios in order, those between the k-th
//! from below and the k-th from above, with the largest k for which at least 95% of all samples hold the
//! true median, by the binomial distribution. It asks nothing of the shape of the noise, is exact for few
//! rounds, where resampling them (the bootstrap) is too narrow, and needs no random numbers. It does
//! ask that rounds are independent: a disturbance that lasts for many rounds is not seen by it.
//!
//! Source: David and Nagaraja, *Order Statistics* (2003), section 7.1.

#[cfg(unix)]
mod contestants;
#[cfg(unix)]
mod helper;
#[cfg(unix)]
mod messages;
mod placement;
#[cfg(unix)]
mod rows;
#[cfg(unix)]
mod syscalls;

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use placement::Placement;

use crate::statistics::median;

/// Where the latest floors are kept, in the target directory, as JSON.
pub const LATEST_FLOORS: &str = "crossover/floors.json";

/// All floors of this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floors {
    /// What takes a time.
    pub rows: Vec<Floor>,
    /// What has a bandwidth.
    pub copying: Vec<Copying>,
    /// What could not be measured here.
    pub absent: Vec<Absent>,
}

/// The least time that a primitive takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Floor {
    /// Its name; together with the placement, no other row has it.
    pub name: String,
    /// What one operation is.
    pub about: String,
    /// What it is a primitive of.
    pub group: Group,
    /// Where the two who take part run; `None` if the system chooses, or only one takes part.
    pub placement: Option<Placement>,
    /// Seconds an operation, round by round.
    pub rounds: Vec<f64>,
    /// What is built on it, timed in the same rounds.
    pub ours: Vec<Ours>,
}

/// Something that is built on a primitive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ours {
    /// Its name: a paradigm's, or that of a type of a library.
    pub name: String,
    /// Seconds an operation, round by round.
    pub rounds: Vec<f64>,
}

/// How fast memory is copied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Copying {
    /// Its name.
    pub name: String,
    /// What is copied.
    pub about: String,
    /// The size of a buffer in bytes. There are two: one is read, the other is written.
    pub buffer: usize,
    /// Bytes copied in a second, the median over the rounds. Each is read once and written once, which
    /// counts once.
    pub bytes_per_second: f64,
    /// The same, round by round.
    pub rounds: Vec<f64>,
}

/// A row that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// Its name.
    pub name: String,
    /// Its placement.
    pub placement: Option<Placement>,
    /// Why, in words.
    pub reason: String,
    /// Whether it was tried; else this machine is known not to have it.
    pub failed: bool,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Starting threads.
    Threads,
    /// Starting processes.
    Processes,
    /// Sharing a number, and waking another thread.
    Synchronisation,
    /// One byte to another process and back.
    Messages,
    /// Copying memory.
    Copying,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Threads,
        Self::Processes,
        Self::Synchronisation,
        Self::Messages,
        Self::Copying,
    ];

    /// The title of its table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Threads => "Starting a thread, and waiting for its end",
            Self::Processes => "Starting a process, and waiting for its end",
            Self::Synchronisation => "Changing a shared number, and waking another thread",
            Self::Messages => "One byte to another process and back",
            Self::Copying => "Copying memory",
        }
    }

    /// What to see in its table.
    pub fn what_to_see(self) -> &'static str {
        match self {
            Self::Threads => {
                "What to see: the clone is the kernel's part, the pthread library adds some to it. Most of what Rust \
                 adds is a second stack for each thread, on which it reports that the first one overflowed: next \
                 to a floor that has one, too, little is left."
            }
            Self::Processes => {
                "What to see: fork takes longer the more memory the parent has written, since it copies the tables of \
                 its pages; vfork copies none. What ours adds hides behind a large parent."
            }
            Self::Synchronisation => {
                "What to see: nanoseconds while nobody has to sleep, microseconds as soon as the kernel has to wake \
                 somebody. A multiple below one means that ours spins a while before it sleeps."
            }
            Self::Messages => {
                "What to see: on one core a message is a change of processes, on two cores it wakes the other core; \
                 only memory that both watch without sleeping avoids that, and it needs both cores."
            }
            Self::Copying => {
                "What to see: beyond the caches a core copies as fast as memory lets it, and a second core may add \
                 little."
            }
        }
    }
}

/// How many times as long as its floor something takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Multiple {
    /// The median of the ratios, round by round.
    pub estimate: f64,
    /// The lower end of its interval, of at least 95% from six rounds on.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Floor {
    /// Seconds an operation: the median over the rounds.
    pub fn median(&self) -> f64 {
        median(self.rounds.clone())
    }
}

impl Ours {
    /// Seconds an operation: the median over the rounds.
    pub fn median(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// How many times as long as `floor` it takes, if both were timed in the same rounds.
    ///
    /// # Panics
    ///
    /// If there are no rounds.
    pub fn multiple_of(&self, floor: &Floor) -> Multiple {
        let pairs = self.rounds.iter().zip(&floor.rounds);
        let mut ratios: Vec<f64> = pairs.map(|(ours, floor)| ours / floor).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let outside = left_out(ratios.len());
        Multiple {
            low: ratios[outside],
            high: ratios[ratios.len() - 1 - outside],
            estimate: median(ratios),
        }
    }
}

/// How many of `n` values in order to leave out at each end, so that what is left reaches round the true
/// median in at least 95% of all samples. None, if there are fewer than six: then it is fewer.
fn left_out(n: usize) -> usize {
    // Each value is below the true median with probability one half. The interval misses it if `outside`
    // values or fewer are below it, or as few above.
    let mut exactly = 0.5_f64.powf(n as f64);
    let mut at_most = exactly;
    let mut outside = 0;
    loop {
        exactly *= (n - outside) as f64 / (outside + 1) as f64;
        at_most += exactly;
        if 2.0 * at_most > 0.05 || n == 0 {
            return outside;
        }
        outside += 1;
    }
}

/// Measures every floor within `budget`, which they share. Six rounds of each are taken in any case; a row is absent
/// if even those would not fit. `progress` is told what is measured next, and which share is done, from 0 to 1.
///
/// A row that fails is put down as absent, with its reason, and the others go on. The program must offer
/// the role of a helper, by [`take_role_if_asked`](crate::measuring::take_role_if_asked).
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] where there is no `fork`.
#[cfg(unix)]
pub fn measure(budget: Duration, mut progress: impl FnMut(&str, f64)) -> io::Result<Floors> {
    use std::time::Instant;

    let start = Instant::now();
    let rows = rows::all();
    let whole: f64 = rows.iter().map(|row| row.weight()).sum();
    let mut to_do = whole;
    let mut floors = Floors {
        rows: Vec::new(),
        copying: Vec::new(),
        absent: Vec::new(),
    };
    for row in rows {
        progress(&row.name(), 1.0 - to_do / whole);
        let share = row.weight() / to_do;
        to_do -= row.weight();
        let too_long = (budget < row.least_budget())
            .then(|| "its six rounds take longer than there is time".to_owned());
        if let Some(reason) = row.absent_because().or(too_long) {
            floors.absent.push(absent(row, reason, false));
            continue;
        }
        let left = budget.saturating_sub(start.elapsed());
        match helper::measure_in_helper(row, left.mul_f64(share)) {
            Ok(times) => floors.add(row, times),
            Err(error) => floors.absent.push(absent(row, error.to_string(), true)),
        }
    }
    Ok(floors)
}

/// There is no `fork` here.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`], always.
#[cfg(not(unix))]
pub fn measure(_: Duration, _: impl FnMut(&str, f64)) -> io::Result<Floors> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "floors are measured by system calls of Linux and macOS",
    ))
}

#[cfg(unix)]
fn absent(row: rows::Row, reason: String, failed: bool) -> Absent {
    Absent {
        name: row.name(),
        placement: row.placement(),
        reason,
        failed,
    }
}

impl Floors {
    /// A sentence on each row that could not be measured here.
    pub fn what_is_absent(&self) -> Vec<String> {
        let sentence = |absent: &Absent| {
            let place = absent
                .placement
                .map_or(String::new(), |place| format!(", {} cores", place.name()));
            format!("Not here: {}{place}: {}.", absent.name, absent.reason)
        };
        self.absent.iter().map(sentence).collect()
    }
}

#[cfg(unix)]
impl Floors {
    /// Adds what was measured of `row`: its floor, then ours.
    fn add(&mut self, row: rows::Row, times: Vec<helper::Times>) {
        let mut times = times.into_iter();
        let rounds = times.next().map_or(Vec::new(), |floor| floor.rounds);
        if let rows::Row::Copy(block) = row {
            let buffer = block.bytes();
            let rounds: Vec<_> = rounds
                .into_iter()
                .map(|time| buffer as f64 / time)
                .collect();
            self.copying.push(Copying {
                name: row.name(),
                about: row.about(),
                buffer,
                bytes_per_second: median(rounds.clone()),
                rounds,
            });
            return;
        }
        self.rows.push(Floor {
            name: row.name(),
            about: row.about(),
            group: row.group(),
            placement: row.placement(),
            rounds,
            ours: times
                .map(|helper::Times { name, rounds }| Ours { name, rounds })
                .collect(),
        });
    }
}

/// Takes on the role of a helper, if this process was started as one: then it measures, and ends.
#[cfg(unix)]
pub(crate) fn take_role_if_asked() {
    helper::take_role_if_asked();
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    fn floor(rounds: Vec<f64>) -> Floor {
        Floor {
            name: "floor".to_owned(),
            about: String::new(),
            group: Group::Threads,
            placement: None,
            rounds,
            ours: Vec::new(),
        }
    }

    #[test]
    fn intervals_leave_out_what_the_tables_say() {
        // The tables of the sign test at 5%, two-sided, as printed in textbooks.
        for (n, outside) in [
            (1, 0),
            (5, 0),
            (6, 0),
            (8, 0),
            (9, 1),
            (12, 2),
            (20, 5),
            (50, 17),
        ] {
            assert_eq!(left_out(n), outside, "n = {n}");
        }
    }

    #[test]
    fn the_interval_nearly_always_holds_the_truth() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let (mut held, samples) = (0, 2_000);
        let mut widths = Vec::new();
        for _ in 0..samples {
            // A machine whose speed drifts by a factor of five, and disturbs every tenth turn.
            let speeds: Vec<f64> = (0..25).map(|round| 1.0 + f64::from(round) / 6.0).collect();
            let mut turn = |speed: f64| {
                let stall = if random.random_bool(0.1) { 10.0 } else { 1.0 };
                speed * stall * random.random_range(0.9..1.1)
            };
            let bare = floor(speeds.iter().map(|&speed| turn(speed)).collect());
            let ours = Ours {
                name: "ours".to_owned(),
                rounds: speeds.iter().map(|&speed| 1.3 * turn(speed)).collect(),
            };
            let Multiple {
                estimate,
                low,
                high,
            } = ours.multiple_of(&bare);
            assert!((low..=high).contains(&estimate));
            widths.push(high / low);
            held += u32::from((low..=high).contains(&1.3));
        }
        assert!(
            f64::from(held) >= 0.95 * f64::from(samples),
            "{held} of {samples}"
        );
        // A sample with many stalls says little, and its interval says so. Most say more.
        let width = median(widths);
        assert!(width < 1.2, "they are {width} wide");
    }
}
