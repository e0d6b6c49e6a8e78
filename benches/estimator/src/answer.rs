//! The short answer: where does the rival win?

use serde::{Deserialize, Serialize};

use crate::crossing::Crossing;
use crate::verdict::{AtPlace, Verdict};

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
    /// At no size that was measured: it is slower at the largest, or by a little at all of them together.
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
    /// The measurement does not decide.
    Undecided {
        /// The largest size that was measured.
        up_to: usize,
        /// The rival is slower up to here, and may win beyond; `None` if no size shows it slower.
        slower_up_to: Option<usize>,
        /// Whether there were too few rounds to judge any size.
        too_few_rounds: bool,
    },
}

/// If a difference of ln(rival / base) as large as this could have been missed, the measurement does not say that
/// there is none.
const LARGE: f64 = 0.2;

impl Answer {
    /// `places` and `crossings` are in rising order; `together` gives the verdict on all places beyond one, and how
    /// small a difference it would have found.
    pub(crate) fn new(
        places: &[AtPlace],
        crossings: &[Crossing],
        together: impl Fn(usize) -> Option<(Verdict, f64)>,
    ) -> Self {
        let (from, up_to) = (places[0].at, places[places.len() - 1].at);
        // A verdict from few rounds, or from rounds that contradict each other, does not count.
        let large = |place: &AtPlace| {
            if place.ratio.may_be(1.0) {
                0.0
            } else {
                place.ratio.median.ln()
            }
        };
        let alike = places.iter().all(|place| large(place).abs() < 2.0 * LARGE);
        let ends = [places[0], places[places.len() - 1]];
        match *crossings {
            [.., begin] if begin.to == Verdict::Faster => return Self::From { begin },
            [.., begin, end] => {
                return Self::Between {
                    begin: Some(begin),
                    end,
                };
            }
            [end] => return Self::Between { begin: None, end },
            [] => {}
        }
        let decided = |place: &&AtPlace| place.verdict != Verdict::Undecided;
        match places.iter().rfind(decided) {
            Some(place) if place.verdict == Verdict::Faster => Self::Always { from },
            Some(place) if place.at == up_to => Self::Never { up_to },
            // Slower up to some place, and no place beyond is decided; but all of them together may be, and the
            // largest too if it is asked alone.
            Some(place) => match together(place.at) {
                Some((Verdict::Slower, _)) if large(&ends[1]) > 0.0 => Self::Never { up_to },
                _ => Self::Undecided {
                    up_to,
                    slower_up_to: Some(place.at),
                    too_few_rounds: false,
                },
            },
            // No place by itself. All together say something if the ends do not contradict.
            None => match together(0) {
                Some((Verdict::Faster, _)) if ends.iter().all(|place| large(place) < LARGE) => {
                    Self::Always { from }
                }
                Some((Verdict::Slower, _)) if ends.iter().all(|place| large(place) > -LARGE) => {
                    Self::Never { up_to }
                }
                Some((Verdict::Undecided, within)) if within < LARGE && alike => {
                    Self::NoDifference { up_to, within }
                }
                known => Self::Undecided {
                    up_to,
                    slower_up_to: None,
                    too_few_rounds: known.is_none(),
                },
            },
        }
    }

    /// The crossing at which the rival starts to win; if it wins at the smallest size already, the crossing at which it
    /// stops.
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

    /// The place at which the rival starts to win: a crossing, or the smallest place. `None` if it does not win.
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
