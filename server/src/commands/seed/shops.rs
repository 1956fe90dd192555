//! The demo stores and how each of them sells: with or without tax in its prices, at which rates, sent by whom.

use db::stores::NewStore;
use domain::orders::shares::part;

/// A store and its ways.
pub(super) struct Shop {
    /// The store.
    pub store: NewStore<'static>,
    /// The country in which most of its buyers live.
    pub home: &'static str,
    /// Whether its prices contain their tax.
    pub prices_include_tax: bool,
    /// Tax on goods and shipping, in thousandths.
    pub tax: i64,
    /// Tax on food, in thousandths.
    pub food_tax: i64,
    /// Shipping of an order, minor units.
    pub postage: i64,
    /// Above which price of the goods shipping is free, minor units.
    pub free_above: i64,
    /// Who takes its parcels.
    pub carriers: [Carrier; 2],
}

/// Who takes parcels.
#[derive(Clone, Copy)]
pub(super) struct Carrier {
    /// Its name.
    pub name: &'static str,
    /// Its name in the addresses at which parcels are followed.
    pub slug: &'static str,
    /// What its numbers begin with.
    pub prefix: &'static str,
}

/// Those of the tenant `demo`.
pub(super) const DEMO: [Shop; 2] = [
    Shop {
        store: NewStore { slug: "harbour", name: "Harbour Goods", time_zone: "Europe/London", currency: "GBP" },
        home: "GB",
        prices_include_tax: true,
        tax: 200,
        food_tax: 0,
        postage: 395,
        free_above: 5_000,
        carriers: [
            Carrier { name: "Royal Mail", slug: "royal-mail", prefix: "RM" },
            Carrier { name: "DPD", slug: "dpd", prefix: "1550" },
        ],
    },
    Shop {
        store: NewStore { slug: "finch", name: "Finch & Sohn", time_zone: "Europe/Berlin", currency: "EUR" },
        home: "DE",
        prices_include_tax: false,
        tax: 190,
        food_tax: 70,
        postage: 490,
        free_above: 7_500,
        carriers: [
            Carrier { name: "DHL", slug: "dhl", prefix: "0034" },
            Carrier { name: "GLS", slug: "gls", prefix: "GL" },
        ],
    },
];

/// Those of the tenant `other`.
pub(super) const OTHER: [Shop; 1] = [Shop {
    store: NewStore { slug: "prairie", name: "Prairie Supply", time_zone: "America/Chicago", currency: "USD" },
    home: "US",
    prices_include_tax: false,
    tax: 62,
    food_tax: 10,
    postage: 695,
    free_above: 10_000,
    carriers: [
        Carrier { name: "UPS", slug: "ups", prefix: "1Z" },
        Carrier { name: "USPS", slug: "usps", prefix: "9400" },
    ],
}];

impl Shop {
    /// The tax on `amount` at `rate` thousandths: within it where prices contain their tax.
    pub fn tax_on(&self, amount: i64, rate: i64) -> i64 {
        part(amount, 0, rate, if self.prices_include_tax { 1_000 + rate } else { 1_000 })
    }
}
