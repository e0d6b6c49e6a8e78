//! When a wait has to be over.

use std::time::{Duration, Instant};

/// The end of a wait. A wait sleeps more than once, and what is left becomes less each time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(Option<Instant>);

impl Limit {
    /// A wait without a limit.
    pub(crate) const NONE: Self = Self(None);

    /// A wait that begins now. If its end is later than a clock can say, it has no limit.
    pub(crate) fn after(limit: Duration) -> Self {
        Self(Instant::now().checked_add(limit))
    }

    /// What is left of it; `None` if there is no limit.
    pub(crate) fn left(self) -> Option<Duration> {
        let left = |end: Instant| end.saturating_duration_since(Instant::now());
        self.0.map(left)
    }

    /// How long a sleep in this wait may be. A process that was killed may have been about to wake this one up, or was
    /// woken up in its place: so one that sleeps looks again ten times a second.
    pub(crate) fn slice(self) -> Duration {
        const SLICE: Duration = Duration::from_millis(100);
        self.left().map_or(SLICE, |left| left.min(SLICE))
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_over(self) -> bool {
        self.left() == Some(Duration::ZERO)
    }
}
