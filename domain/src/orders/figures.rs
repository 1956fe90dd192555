//! The figures of an order and of any sum of orders. The one place where it is said what counts
//! as gross sales, returns and so on; the SQL recounts of the tests say it independently.

use std::ops::{Add, AddAssign, Neg};

use serde::{Deserialize, Serialize};

use super::new_order::Amounts;
use super::refund::Parts;
use super::status::OrderKind;

/// Maintained figures of one store, time bucket and currency. Amounts are minor units.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Figures {
    /// Sales not cancelled.
    pub orders: i64,
    /// Sales that were cancelled; they count in nothing else.
    pub cancelled: i64,
    /// Return orders.
    pub return_orders: i64,
    /// Refunds recorded on sales.
    pub refunds: i64,
    /// Item lines of the orders counted above, returns included.
    pub items: i64,
    /// Quantity x unit price of the product items of sales.
    pub gross: i64,
    /// Reductions on sales, positive.
    pub discounts: i64,
    /// Value of every line of return orders, positive.
    pub returned: i64,
    /// Given back for goods of sales, positive.
    pub refunded: i64,
    /// Shipping of sales, less what was given back of it.
    pub shipping: i64,
    /// Tax on sales, less what was given back of it.
    pub tax: i64,
    /// Other charges on sales, less what was given back of them.
    pub fees: i64,
}

impl Figures {
    /// What an order adds on the day of its `placed_at`.
    pub fn of_order(kind: OrderKind, items: i64, amounts: &Amounts) -> Self {
        match kind {
            OrderKind::Sale => Self {
                orders: 1,
                items,
                gross: amounts.gross,
                discounts: amounts.discounts,
                shipping: amounts.shipping,
                tax: amounts.tax,
                fees: amounts.fees,
                ..Self::default()
            },
            OrderKind::Return => Self { return_orders: 1, items, returned: -amounts.total(), ..Self::default() },
        }
    }

    /// What a refund adds on the day on which it counts ([`crate::settings::ReturnDay`]): each part lowers its own figure.
    pub fn of_refund(parts: Parts) -> Self {
        let Parts { goods, shipping, tax, fees } = parts;
        Self { refunds: 1, refunded: goods, shipping: -shipping, tax: -tax, fees: -fees, ..Self::default() }
    }

    /// What cancelling an order changes on the day of its `placed_at`.
    pub fn of_cancellation(placed: Self) -> Self {
        -placed + Self { cancelled: 1, ..Self::default() }
    }

    /// Returns: return orders and refunds of goods. Positive.
    pub const fn returns(&self) -> i64 {
        self.returned + self.refunded
    }

    /// Gross sales less discounts and returns.
    pub const fn net(&self) -> i64 {
        self.gross - self.discounts - self.returns()
    }

    /// Net sales, shipping, tax and fees.
    pub const fn total(&self) -> i64 {
        self.net() + self.shipping + self.tax + self.fees
    }

    /// Net sales per order, rounded half away from zero; none without orders.
    pub fn average_order(&self) -> Option<i64> {
        (self.orders > 0).then(|| {
            let (net, n) = (i128::from(self.net()), i128::from(self.orders));
            let rounded = (net.abs() * 2 + n) / (n * 2) * net.signum();
            i64::try_from(rounded).unwrap_or(i64::MAX)
        })
    }

    /// Whether nothing happened at all.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

impl Add for Figures {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.orders += other.orders;
        self.cancelled += other.cancelled;
        self.return_orders += other.return_orders;
        self.refunds += other.refunds;
        self.items += other.items;
        self.gross += other.gross;
        self.discounts += other.discounts;
        self.returned += other.returned;
        self.refunded += other.refunded;
        self.shipping += other.shipping;
        self.tax += other.tax;
        self.fees += other.fees;
    }
}

impl Neg for Figures {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            orders: -self.orders,
            cancelled: -self.cancelled,
            return_orders: -self.return_orders,
            refunds: -self.refunds,
            items: -self.items,
            gross: -self.gross,
            discounts: -self.discounts,
            returned: -self.returned,
            refunded: -self.refunded,
            shipping: -self.shipping,
            tax: -self.tax,
            fees: -self.fees,
        }
    }
}

impl std::iter::Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_and_its_refund_leave_what_was_kept() {
        let amounts = Amounts { gross: 10_000, discounts: 500, shipping: 300, tax: 1_900, fees: 50 };
        let day = Figures::of_order(OrderKind::Sale, 3, &amounts)
            + Figures::of_refund(Parts { goods: 2_000, ..Parts::default() });
        assert_eq!((day.net(), day.total(), day.returns()), (7_500, 9_750, 2_000));
        assert_eq!(day.average_order(), Some(7_500));
    }

    #[test]
    fn every_line_of_a_return_order_counts_as_returned() {
        let amounts = Amounts { gross: -2_000, discounts: 0, shipping: -300, tax: 0, fees: -50 };
        let day = Figures::of_order(OrderKind::Return, 3, &amounts);
        assert_eq!((day.orders, day.returns(), day.total()), (0, 2_350, -2_350));
        assert_eq!(day.average_order(), None);
    }

    #[test]
    fn averages_round_half_away_from_zero() {
        let average = |gross, orders| Figures { gross, orders, ..Figures::default() }.average_order();
        assert_eq!(
            (average(5, 2), average(-5, 2), average(4, 3), average(0, 1)),
            (Some(3), Some(-3), Some(1), Some(0))
        );
    }
}
