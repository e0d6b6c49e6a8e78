//! The short answer: where does the rival win?

use serde::{Deserialize, Serialize};

use crate::crossing::Crossing;
use crate::estimate::{AtPlace, Verdict};

/// Where the rival is faster than the base. Made here and nowhere else: every table, page and sentence shows this one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// From this crossing on.
    From {
        /// Where it starts to win.
        begin: Crossing,
    },
    /// Only up to `end`: at larger sizes it loses what it had gained.
    Between {
        /// Where it starts to win; `None` if it wins from the smallest size on.
        begin: Option<Crossing>,
        /// Where it stops winning.
        end: Crossing,
    },
    /// At every size that was measured.
    Always {
        /// The smallest of them.
        from: usize,
    },
    /// At no size that was measured: it is slower, also at the largest.
    Never {
        /// The largest of them.
        up_to: usize,
    },
    /// Neither is faster, at any size.
    NoDifference {
        /// The largest size that was measured.
        up_to: usize,
        /// A difference that is larger than this would have been found: a distance of ln(rival / base) from 0.
        within: f64,
    },
    /// The measurement does not tell.
    Undecided {
        /// The largest size that was measured.
        up_to: usize,
        /// The rival is slower up to here, and may win beyond; `None` if no size shows it slower.
        slower_up_to: Option<usize>,
        /// Whether there were too few rounds to judge any size.
        too_few_rounds: bool,
    },
}

impl Answer {
    /// `places` are in rising order, `crossings`, too; `overall` is the verdict on all places together, and how small a
    /// difference it would have found.
    pub(crate) fn new(
        places: &[AtPlace],
        crossings: &[Crossing],
        overall: Option<(Verdict, f64)>,
    ) -> Self {
        let (from, up_to) = (places[0].at, places[places.len() - 1].at);
        let slower_up_to = places
            .iter()
            .rfind(|place| place.verdict == Verdict::Slower)
            .map(|place| place.at);
        let undecided = Self::Undecided {
            up_to,
            slower_up_to,
            too_few_rounds: overall.is_none(),
        };
        let decided = places
            .iter()
            .rev()
            .find(|place| place.verdict != Verdict::Undecided);
        match (crossings, decided, overall) {
            (&[.., last], ..) if last.to == Verdict::Faster => Self::From { begin: last },
            (&[.., begin, end], ..) => Self::Between {
                begin: Some(begin),
                end,
            },
            (&[end], ..) => Self::Between { begin: None, end },
            ([], Some(place), _) if place.verdict == Verdict::Faster => Self::Always { from },
            // Slower somewhere, and at the largest size the interval holds "equal".
            ([], Some(place), _) if place.at < up_to => undecided,
            ([], Some(_), _) => Self::Never { up_to },
            ([], None, Some((Verdict::Faster, _))) => Self::Always { from },
            ([], None, Some((Verdict::Slower, _))) => Self::Never { up_to },
            ([], None, Some((Verdict::Undecided, within))) => Self::NoDifference { up_to, within },
            ([], None, None) => undecided,
        }
    }

    /// The crossing from which the rival wins, or the one where it stops if it wins from the smallest size on.
    pub fn crossing(&self) -> Option<&Crossing> {
        match self {
            Self::From { begin }
            | Self::Between {
                begin: Some(begin), ..
            } => Some(begin),
            Self::Between { begin: None, end } => Some(end),
            _ => None,
        }
    }

    /// The place from which the rival wins: a crossing, or the smallest place; `None` if it does not win.
    pub fn wins_from(&self) -> Option<f64> {
        match *self {
            Self::From { begin }
            | Self::Between {
                begin: Some(begin), ..
            } => Some(begin.at),
            Self::Always { from } => Some(from as f64),
            _ => None,
        }
    }
}
