//! What the money of an order adds up to. No column says whether prices contain their tax, or whether a discount was for shipping:
//! what meets the order's total is right.

use domain::money::{Currency, Money};

/// What an order tells of its money, in minor units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    /// Its lines but tips, before discounts.
    pub goods: i128,
    /// Its tips.
    pub tips: i128,
    /// The discounts of its lines.
    pub of_lines: i128,
    /// Its goods after discounts, where the file has that column.
    pub subtotal: Option<i64>,
    /// All discounts, those of its lines and for shipping included.
    pub discount: i64,
    /// Its shipping.
    pub shipping: i64,
    /// All tax.
    pub tax: i64,
    /// Import duties, which are in the total only where the customer paid them in the shop.
    pub duties: i64,
    /// Its total.
    pub total: i64,
}

/// What adds up to the total, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// All discounts on goods, those of lines included.
    pub discount: i64,
    /// Shipping after its discount.
    pub shipping: i64,
    /// Duties that are in the total.
    pub duties: i64,
    /// Whether prices contain their tax.
    pub prices_include_tax: bool,
}

impl Told {
    /// What meets the total; nothing when nothing does. Without tax, prices do not contain any.
    pub fn sums(&self) -> Option<Sums> {
        self.readings().find_map(|reading| {
            let net = self.net(&reading);
            let total = i128::from(self.total);
            let prices_include_tax = net == total && self.tax != 0;
            (prices_include_tax || net + i128::from(self.tax) == total)
                .then_some(Sums { prices_include_tax, ..reading })
        })
    }

    /// Why the order is refused when nothing meets its total.
    pub fn reason(&self, currency: Currency) -> String {
        let shown = |minor: i128| Money::new(i64::try_from(minor).unwrap_or(i64::MAX), currency).plain();
        let net = self.readings().next().map_or(0, |reading| self.net(&reading));
        let total = shown(i128::from(self.total));
        match self.tax {
            0 => format!("The parts of this order come to {}, but its total is {total}.", shown(net)),
            tax => format!(
                "The parts of this order come to {} with tax and {} without, but its total is {total}.",
                shown(net + i128::from(tax)),
                shown(net)
            ),
        }
    }

    // In what ways the columns can be meant, the likely ones first. A code for free shipping is in the discount, not in the
    // subtotal; the shipping is told with or without it.
    fn readings(&self) -> impl Iterator<Item = Sums> {
        let told = *self;
        let of_goods = told.subtotal.and_then(|subtotal| i64::try_from(told.goods - i128::from(subtotal)).ok());
        let discounts =
            [of_goods.unwrap_or(told.discount), told.discount].into_iter().filter(|discount| *discount >= 0);
        discounts.flat_map(move |discount| {
            let reduced = told.shipping.saturating_sub(told.discount.saturating_sub(discount));
            let shipping = [told.shipping, reduced].into_iter().filter(|shipping| *shipping >= 0);
            shipping.flat_map(move |shipping| {
                [0, told.duties].map(|duties| Sums { discount, shipping, duties, prices_include_tax: false })
            })
        })
    }

    fn net(&self, reading: &Sums) -> i128 {
        let Sums { discount, shipping, duties, .. } = *reading;
        self.goods - i128::from(discount) + self.tips + i128::from(shipping) + i128::from(duties)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: Told = Told {
        goods: 10_000,
        tips: 0,
        of_lines: 0,
        subtotal: Some(10_000),
        discount: 0,
        shipping: 500,
        tax: 2_100,
        duties: 0,
        total: 12_600,
    };

    #[test]
    fn the_total_says_whether_prices_contain_tax() {
        let sums = Sums { shipping: 500, ..Sums::default() };
        assert_eq!(ORDER.sums(), Some(sums));
        assert_eq!(Told { total: 10_500, ..ORDER }.sums(), Some(Sums { prices_include_tax: true, ..sums }));
        assert_eq!(Told { tax: 0, total: 10_500, ..ORDER }.sums(), Some(sums), "nothing shows it");
        assert_eq!(Told { total: 10_501, ..ORDER }.sums(), None);
    }

    #[test]
    fn a_code_for_free_shipping_is_no_discount_on_goods() {
        let free = Told { discount: 500, tax: 0, total: 10_000, ..ORDER };
        assert_eq!(free.sums(), Some(Sums::default()));
        assert_eq!(Told { shipping: 0, ..free }.sums(), Some(Sums::default()));
        let of_goods = Told { subtotal: Some(9_500), ..free };
        assert_eq!(of_goods.sums(), Some(Sums { discount: 500, shipping: 500, ..Sums::default() }));
        assert_eq!(Told { subtotal: None, ..of_goods }.sums(), of_goods.sums());
    }

    #[test]
    fn duties_count_where_the_total_has_them() {
        let told = Told { duties: 300, ..ORDER };
        assert_eq!(told.sums().unwrap().duties, 0);
        assert_eq!(Told { total: 12_900, ..told }.sums().unwrap().duties, 300);
    }

    #[test]
    fn a_total_that_nothing_meets_is_told_beside_both_sums() {
        let currency = "EUR".parse().unwrap();
        let told = Told { total: 9_999, ..ORDER };
        let words = "The parts of this order come to 126.00 with tax and 105.00 without, but its total is 99.99.";
        assert_eq!(told.reason(currency), words);
        let words = "The parts of this order come to 105.00, but its total is 99.99.";
        assert_eq!(Told { tax: 0, ..told }.reason(currency), words);
    }
}
