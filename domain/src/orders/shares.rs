//! Sharing the amounts of a whole order out over its lines, exactly: the shares always add up to what was shared.

use super::status::ItemKind;

/// Shares `amount` out by `weights`, by largest remainder: each share is its exact part rounded down or up, and they add up to
/// `amount`. Weights below zero count as zero; where none is above, all count alike. Empty without weights.
pub fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let even = weights.iter().all(|weight| *weight <= 0);
    let weights: Vec<i128> = weights.iter().map(|weight| if even { 1 } else { i128::from((*weight).max(0)) }).collect();
    let whole: i128 = weights.iter().sum();
    if whole == 0 {
        return Vec::new();
    }
    let size = i128::from(amount).abs();
    let mut shares: Vec<i128> = weights.iter().map(|weight| size * weight / whole).collect();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    // The sort is stable: of equal remainders the earlier line gets more.
    by_remainder.sort_by_key(|i| std::cmp::Reverse(size * weights[*i] % whole));
    let left = usize::try_from(size - shares.iter().sum::<i128>()).unwrap_or_default();
    for i in by_remainder.into_iter().take(left) {
        shares[i] += 1;
    }
    let sign = i128::from(amount.signum());
    shares.into_iter().map(|share| i64::try_from(share * sign).unwrap_or(i64::MAX)).collect()
}

/// What `taken` of `of` pieces are worth beside `before` that were taken already, when all are worth `whole`: however they are
/// taken one after another, together they come to `whole`.
pub fn part(whole: i64, before: i64, taken: i64, of: i64) -> i64 {
    up_to(whole, before.saturating_add(taken), of) - up_to(whole, before, of)
}

/// A line as far as sharing goes. Minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shared {
    /// What it stands for.
    pub kind: ItemKind,
    /// Quantity x unit price.
    pub amount: i64,
    /// The reduction that was given for this line, positive on sales.
    pub discount: i64,
    /// The tax that was told for this line.
    pub tax: Option<i64>,
}

/// What a line bears of the order's discounts and tax. Minor units.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Share {
    /// Its own discount and its share of the order's.
    pub discount: i64,
    /// Its tax.
    pub tax: i64,
}

/// Shares out an order's discounts and tax: `discounts` is the sum of all of them and `tax` all of the tax. What was told of a
/// line stays with it. Goods bear the rest of the discounts, in proportion to what they cost after their own, and no more than
/// that. Goods bear the tax too when none was told of any line; otherwise what no line bears is the tax of shipping.
pub fn shares(lines: &[Shared], discounts: i64, tax: i64) -> Vec<Share> {
    let is_good = |line: &Shared| line.kind == ItemKind::Product;
    let costs: Vec<i64> =
        lines.iter().map(|line| if is_good(line) { (line.amount - line.discount).abs() } else { 0 }).collect();
    let own: i64 = lines.iter().map(|line| line.discount).sum();
    let most: i64 = costs.iter().sum();
    let rest = (discounts - own).clamp(-most, most);
    let of_discounts = if most == 0 { vec![0; lines.len()] } else { spread(rest, &costs) };
    let discount = |i: usize| lines[i].discount + of_discounts[i];
    let is_told = lines.iter().any(|line| line.tax.is_some());
    let taxed: Vec<i64> = (0..lines.len()).map(|i| costs[i] - of_discounts[i].abs()).collect();
    let of_tax = if is_told || !lines.iter().any(is_good) {
        lines.iter().map(|line| line.tax.unwrap_or(0)).collect()
    } else if taxed.iter().all(|cost| *cost <= 0) {
        spread(tax, &costs_or_even(lines, &costs))
    } else {
        spread(tax, &taxed)
    };
    (0..lines.len()).map(|i| Share { discount: discount(i), tax: of_tax[i] }).collect()
}

// Goods alone bear tax, also where they are free.
fn costs_or_even(lines: &[Shared], costs: &[i64]) -> Vec<i64> {
    if costs.iter().any(|cost| *cost > 0) {
        return costs.to_vec();
    }
    lines.iter().map(|line| i64::from(line.kind == ItemKind::Product)).collect()
}

// Rounded half away from zero.
fn up_to(whole: i64, taken: i64, of: i64) -> i64 {
    let (whole, taken, of) = (i128::from(whole), i128::from(taken), i128::from(of));
    if of == 0 {
        return 0;
    }
    let exact = whole * taken;
    let rounded = (exact.abs() * 2 + of.abs()) / (of.abs() * 2) * exact.signum() * of.signum();
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn good(amount: i64) -> Shared {
        Shared { kind: ItemKind::Product, amount, discount: 0, tax: None }
    }

    #[test]
    fn forty_two_off_two_hundred_and_ten() {
        let shares = shares(&[good(15_000), good(6_000)], 4_200, 0);
        assert_eq!(shares.iter().map(|share| share.discount).collect::<Vec<_>>(), [3_000, 1_200]);
    }

    #[test]
    fn goods_bear_the_tax_and_shipping_none_of_it() {
        let carriage = Shared { kind: ItemKind::Shipping, ..good(500) };
        let shares = shares(&[good(20_000), carriage], 0, 4_000);
        assert_eq!(shares.iter().map(|share| share.tax).collect::<Vec<_>>(), [4_000, 0]);
    }

    #[test]
    fn what_was_told_of_a_line_stays_with_it() {
        let told = Shared { discount: 100, tax: Some(311), ..good(1_990) };
        assert_eq!(shares(&[told, good(1_000)], 100, 380)[0], Share { discount: 100, tax: 311 });
    }

    #[test]
    fn a_discount_above_the_goods_takes_them_to_nothing() {
        let shares = shares(&[good(1_000), good(0)], 1_200, 0);
        assert_eq!(shares[0].discount, 1_000);
    }

    proptest! {
        #[test]
        fn shares_add_up(amount in any::<i32>(), weights in prop::collection::vec(-5_i64..1_000_000, 1..40)) {
            let shares = spread(i64::from(amount), &weights);
            prop_assert_eq!(shares.iter().sum::<i64>(), i64::from(amount));
            prop_assert!(shares.iter().all(|share| share.signum() * i64::from(amount).signum() >= 0));
        }

        #[test]
        fn pieces_come_to_the_whole(whole in -1_000_000_i64..1_000_000, taken in prop::collection::vec(1_i64..50, 1..10)) {
            let of: i64 = taken.iter().sum();
            let mut before = 0;
            let mut worth = 0;
            for pieces in taken {
                worth += part(whole, before, pieces, of);
                before += pieces;
            }
            prop_assert_eq!(worth, whole);
        }

        #[test]
        fn discounts_and_tax_of_goods_are_borne_whole(
            goods in prop::collection::vec(0_i64..100_000, 1..20), percent in 0_i64..=100, tax in 0_i64..50_000,
        ) {
            let lines: Vec<Shared> = goods.iter().map(|amount| good(*amount)).collect();
            let discounts = goods.iter().sum::<i64>() * percent / 100;
            let shares = shares(&lines, discounts, tax);
            prop_assert_eq!(shares.iter().map(|share| share.discount).sum::<i64>(), discounts);
            prop_assert_eq!(shares.iter().map(|share| share.tax).sum::<i64>(), tax);
        }
    }
}
