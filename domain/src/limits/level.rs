//! How near something is to its limit, and what is said when it is reached.

use super::Limit;

/// From so many hundredths of a limit on, somebody is warned.
pub const WARN_PERCENT: i64 = 80;

/// How near to a limit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Far enough.
    Fine,
    /// At 80 % or more.
    Near,
    /// Exactly at the limit: nothing more fits.
    Full,
    /// Above it: taken in all the same, or the limit was lowered.
    Over,
}

impl Level {
    /// Where `used` of `allowed` is.
    pub const fn of(used: i64, allowed: i64) -> Self {
        if used > allowed {
            Self::Over
        } else if used == allowed && used > 0 {
            Self::Full
        } else if used > 0 && used as i128 * 100 >= allowed as i128 * WARN_PERCENT as i128 {
            Self::Near
        } else {
            Self::Fine
        }
    }

    /// Whether its owner should know.
    pub fn warns(self) -> bool {
        self >= Self::Near
    }
}

/// A limit that stands in the way. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Your plan {tier} allows {}, and you have {}. {}", .limit.things(*.allowed), .limit.number(*.used), next_step(*.limit))]
pub struct Reached {
    /// Which one.
    pub limit: Limit,
    /// The name of the tier that sets it.
    pub tier: String,
    /// What it allows.
    pub allowed: i64,
    /// What there is.
    pub used: i64,
}

fn next_step(limit: Limit) -> &'static str {
    match limit {
        Limit::ApiKeys => "Revoke an API key, or ask your platform admin for a larger plan.",
        Limit::Members => "Remove a member, or ask your platform admin for a larger plan.",
        _ => "Ask your platform admin for a larger plan.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_begin_where_they_say() {
        for (used, allowed, level) in [
            (0, 0, Level::Fine),
            (1, 0, Level::Over),
            (7, 10, Level::Fine),
            (8, 10, Level::Near),
            (79_999, 100_000, Level::Fine),
            (10, 10, Level::Full),
            (11, 10, Level::Over),
            (i64::MAX, i64::MAX, Level::Full),
            (i64::MAX - 1, i64::MAX, Level::Near),
        ] {
            assert_eq!(Level::of(used, allowed), level, "{used} of {allowed}");
        }
        let reached = Reached { limit: Limit::Stores, tier: "Starter".into(), allowed: 1, used: 3 };
        let words = "Your plan Starter allows 1 store, and you have 3. Ask your platform admin for a larger plan.";
        assert_eq!(reached.to_string(), words);
    }

    proptest! {
        #[test]
        fn more_is_never_farther_from_the_limit(used in 0_i64..1_000_000, more in 0_i64..1_000, allowed in 0_i64..1_000_000) {
            prop_assert!(Level::of(used, allowed) <= Level::of(used + more, allowed));
            prop_assert_eq!(Level::of(used, allowed) == Level::Over, used > allowed);
        }
    }
}
