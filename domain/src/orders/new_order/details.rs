//! What an order says beside its money: where it came from, where it goes, and what the customer wrote.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The texts of an order, all of them optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// The order's id in the shop that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Where it was placed, such as `web`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the shop changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_updated_at: Option<DateTime<Utc>>,
    /// What the customer wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_note: Option<String>,
    /// Where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Whom it is billed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
}

/// A postal address, as it was sent. Each part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Who lives or works there.
    pub name: String,
    /// Their company.
    pub company: String,
    /// Street and number.
    pub line1: String,
    /// More of that.
    pub line2: String,
    /// Town.
    pub city: String,
    /// County, state or region.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166 code or name of the country, as sent.
    pub country: String,
    /// Telephone number.
    pub phone: String,
}

impl Address {
    /// The names of its parts, as in the API.
    pub const PARTS: [&'static str; 9] =
        ["name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone"];

    /// Its parts, in the order of [`Self::PARTS`].
    pub const fn parts(&self) -> [&String; 9] {
        let Self { name, company, line1, line2, city, region, postal_code, country, phone } = self;
        [name, company, line1, line2, city, region, postal_code, country, phone]
    }

    /// The same, to be changed.
    pub const fn parts_mut(&mut self) -> [&mut String; 9] {
        let Self { name, company, line1, line2, city, region, postal_code, country, phone } = self;
        [name, company, line1, line2, city, region, postal_code, country, phone]
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|part| part.is_empty())
    }
}
