//! Who buys: name, telephone and home, those who live in the store's country first. Telephone numbers are of the ranges
//! that are kept free for plays and films.

use domain::orders::NewCustomer;
use domain::orders::new_order::Address;

// A table of its own, because addresses are longer than lines of a program.
const TABLE: &str = include_str!("buyers.csv");

/// Somebody who buys.
pub(super) struct Buyer {
    // As the shop calls them.
    id: String,
    // The part of their address before the `@`.
    mailbox: String,
    /// Where they live.
    pub home: Address,
}

/// All of them, those of the country `home` first.
pub(super) fn buyers(home: &str) -> Vec<Buyer> {
    let mut buyers: Vec<Buyer> = TABLE.lines().zip(1_000_u32..).skip(1).filter_map(Buyer::read).collect();
    buyers.sort_by_key(|buyer| buyer.home.country != home);
    buyers
}

impl Buyer {
    /// As an order names them.
    pub fn customer(&self) -> NewCustomer {
        let Address { name, phone, country, .. } = &self.home;
        NewCustomer {
            email: Some(format!("{}@example.com", self.mailbox)),
            name: Some(name.clone()),
            phone: Some(phone.clone()),
            external_id: Some(self.id.clone()),
            country: Some(country.clone()),
        }
    }

    fn read((line, id): (&str, u32)) -> Option<Self> {
        let parts: [String; 10] = line.split(';').map(str::to_owned).collect::<Vec<_>>().try_into().ok()?;
        let [name, mailbox, phone, company, line1, line2, city, region, postal_code, country] = parts;
        let home = Address { name, company, line1, line2, city, region, postal_code, country, phone };
        Some(Self { id: format!("cus-{id}"), mailbox, home })
    }
}
