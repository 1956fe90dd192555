//! Named groups of customers, by their scores. The first rule that fits names the group:
//!
//! | segment | rule |
//! |---|---|
//! | champions | recency, frequency and monetary 4 or 5, more than one order |
//! | loyal | recency 3 or more, frequency 4 or 5, more than one order |
//! | new | one order, at most 30 days ago |
//! | promising | recency 4 or 5 |
//! | needs attention | recency 3 |
//! | at risk | recency 1 or 2, frequency or monetary 4 or 5 |
//! | fading | recency 2 |
//! | lost | recency 1 |

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use super::score::Scores;
use crate::choices::Hint;

/// For how many days after the only order somebody is new.
pub const FRESH_DAYS: u64 = 30;

const HIGH: u8 = 4;
const MIDDLE: u8 = 3;

/// A group of customers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", parse_err_ty = Hint, parse_err_fn = hint)]
pub enum Segment {
    /// Bought lately, often and for much.
    Champions,
    /// Come back again and again.
    Loyal,
    /// Bought for the first time, lately.
    New,
    /// Bought lately; not yet often.
    Promising,
    /// Neither lately nor long ago.
    NeedsAttention,
    /// Bought often or for much, and stay away.
    AtRisk,
    /// Have not been here for some time.
    Fading,
    /// Have not been here for longest.
    Lost,
}

/// All that the rules look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Traits {
    /// The scores.
    pub scores: Scores,
    /// Whether there is one order only.
    pub is_single: bool,
    /// Whether the last order is at most [`FRESH_DAYS`] days old.
    pub is_fresh: bool,
}

impl Segment {
    /// All of them, best first.
    pub const ALL: [Self; 8] = [
        Self::Champions,
        Self::Loyal,
        Self::New,
        Self::Promising,
        Self::NeedsAttention,
        Self::AtRisk,
        Self::Fading,
        Self::Lost,
    ];

    /// The segment of a customer.
    pub const fn of(traits: Traits) -> Self {
        let Traits { scores: Scores { recency, frequency, monetary }, is_single, is_fresh } = traits;
        if recency >= HIGH && frequency >= HIGH && monetary >= HIGH && !is_single {
            Self::Champions
        } else if recency >= MIDDLE && frequency >= HIGH && !is_single {
            Self::Loyal
        } else if is_single && is_fresh {
            Self::New
        } else if recency >= HIGH {
            Self::Promising
        } else if recency == MIDDLE {
            Self::NeedsAttention
        } else if frequency >= HIGH || monetary >= HIGH {
            Self::AtRisk
        } else if recency == 2 {
            Self::Fading
        } else {
            Self::Lost
        }
    }

    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Champions => "Champions",
            Self::Loyal => "Loyal",
            Self::New => "New",
            Self::Promising => "Promising",
            Self::NeedsAttention => "Needs attention",
            Self::AtRisk => "At risk",
            Self::Fading => "Fading",
            Self::Lost => "Lost",
        }
    }
}

fn hint(_: &str) -> Hint {
    "Use the name of a segment, such as loyal."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scores: [u8; 3], is_single: bool, is_fresh: bool) -> Segment {
        let [recency, frequency, monetary] = scores;
        Segment::of(Traits { scores: Scores { recency, frequency, monetary }, is_single, is_fresh })
    }

    #[test]
    fn the_first_rule_that_fits_names_the_segment() {
        let cases = [
            ([5, 5, 5], false, true, Segment::Champions),
            ([4, 4, 4], false, false, Segment::Champions),
            ([5, 5, 5], true, true, Segment::New),
            ([5, 4, 3], false, true, Segment::Loyal),
            ([3, 5, 1], false, false, Segment::Loyal),
            ([3, 3, 3], true, true, Segment::New),
            ([5, 3, 3], true, false, Segment::Promising),
            ([4, 2, 5], false, true, Segment::Promising),
            ([3, 3, 5], false, false, Segment::NeedsAttention),
            ([2, 4, 1], false, false, Segment::AtRisk),
            ([1, 1, 4], true, false, Segment::AtRisk),
            ([2, 3, 3], false, false, Segment::Fading),
            ([1, 3, 3], true, false, Segment::Lost),
        ];
        for (scores, is_single, is_fresh, segment) in cases {
            assert_eq!(of(scores, is_single, is_fresh), segment, "{scores:?} {is_single} {is_fresh}");
        }
    }

    #[test]
    fn every_segment_is_reached_and_a_later_order_never_makes_a_customer_lost() {
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..500_u16 {
            let fifth = |power: u32| u8::try_from(n / 4 / 5_u16.pow(power) % 5 + 1).unwrap();
            let (rest, single, fresh) = ([fifth(1), fifth(2)], n & 1 == 1, n & 2 == 2);
            let segment = of([fifth(0), rest[0], rest[1]], single, fresh);
            seen.insert(segment);
            if segment != Segment::Lost {
                for later in fifth(0)..=5 {
                    assert_ne!(of([later, rest[0], rest[1]], single, fresh), Segment::Lost);
                }
            }
            assert_eq!(segment.as_str().parse(), Ok(segment));
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), Segment::ALL);
    }
}
