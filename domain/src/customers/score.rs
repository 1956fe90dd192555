//! Scores from 1 to 5: in which fifth of its store a customer stands.

use serde::{Deserialize, Serialize};

/// How a customer compares with the others of the store; 5 is best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Scores {
    /// How lately they bought.
    pub recency: u8,
    /// How often.
    pub frequency: u8,
    /// For how much: net sales, among customers who mostly buy in the same currency.
    pub monetary: u8,
}

/// The fifth in which somebody stands of whom `below` of `of` stand lower and `equal`, themselves included, alike.
/// Those who are alike share the middle of their places, so that they get one score: where all are alike it is 3.
pub fn score(below: u64, equal: u64, of: u64) -> u8 {
    let (below, equal, of) = (u128::from(below), u128::from(equal), u128::from(of));
    let place = 5 * (2 * below + equal);
    let fifth = place.checked_div(2 * of).unwrap_or(2).min(4);
    u8::try_from(fifth).unwrap_or(4) + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_different_ones_fill_the_fifths_and_equal_ones_stay_together() {
        let scores: Vec<u8> = (0..10).map(|below| score(below, 1, 10)).collect();
        assert_eq!(scores, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!((score(0, 1, 1), score(0, 7, 7), score(0, 0, 0)), (3, 3, 3));
        // Eight of ten bought once, one twice, one three times.
        assert_eq!((score(0, 8, 10), score(8, 1, 10), score(9, 1, 10)), (3, 5, 5));
    }

    proptest! {
        #[test]
        fn scores_lie_between_1_and_5_and_rise_with_the_place(below in 0_u64..1_000, equal in 1_u64..1_000, above in 0_u64..1_000, more in 1_u64..1_000) {
            let of = below + equal + above;
            let own = score(below, equal, of);
            prop_assert!((1..=5).contains(&own));
            prop_assert!(score(below + more, equal, of + more) >= own);
            prop_assert!(score(below, equal, of + more) <= own);
        }
    }
}
