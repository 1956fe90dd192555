//! What a store and a tenant can be set to, by name, with the type of each value.

use serde::{Deserialize, Serialize};

mod returns;
mod store;
mod tenant;

pub use returns::ReturnDay;
pub use store::{StoreCalendar, StoreSettings};
pub use tenant::{FEWEST_EVENTS, TenantForm, TenantSettings};

use crate::email;

/// Most recipients of one kind of mail.
pub const MOST_RECIPIENTS: usize = 20;

/// A setting of a store that says who gets a kind of mail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Setting {
    /// One message for each new sale.
    NotifyOrders,
    /// Yesterday's figures, each morning.
    DailySummary,
    /// A message when a variant runs low.
    StockAlerts,
}

/// E-mail addresses, each once, in the order in which they were given. None: nobody wants it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Recipients(Vec<String>);

impl Setting {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotifyOrders, Self::DailySummary, Self::StockAlerts];

    /// As it stands in the table of settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotifyOrders => "orders.notify",
            Self::DailySummary => "summary.daily",
            Self::StockAlerts => "stock.alerts",
        }
    }

    /// What the mail is called where somebody is told why they get it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotifyOrders => "new orders",
            Self::DailySummary => "daily summary",
            Self::StockAlerts => "low stock",
        }
    }
}

impl Recipients {
    /// Reads addresses with commas between them; an empty text is nobody.
    ///
    /// # Errors
    /// Words that name the address at fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::of(text.split(',').map(str::trim).filter(|part| !part.is_empty()))
    }

    /// The addresses.
    pub fn addresses(&self) -> &[String] {
        &self.0
    }

    /// Whether nobody wants it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of<'a>(parts: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut addresses: Vec<String> = Vec::new();
        for part in parts {
            let address = email::check(part).map_err(|words| format!("'{part}' is not valid. {words}"))?;
            if !addresses.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
                addresses.push(address);
            }
        }
        if addresses.len() > MOST_RECIPIENTS {
            return Err(format!("Enter at most {MOST_RECIPIENTS} emails."));
        }
        Ok(Self(addresses))
    }
}

impl TryFrom<Vec<String>> for Recipients {
    type Error = String;
    fn try_from(addresses: Vec<String>) -> Result<Self, String> {
        Self::of(addresses.iter().map(String::as_str))
    }
}

impl From<Recipients> for Vec<String> {
    fn from(recipients: Recipients) -> Self {
        recipients.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_checked_and_named_once() {
        let found = Recipients::parse("ana@example.com, bo@example.com,ANA@example.com,").unwrap();
        assert_eq!(found.addresses(), ["ana@example.com", "bo@example.com"]);
        assert!(Recipients::parse(" ").unwrap().is_empty());
        assert!(Recipients::parse("ana@example.com, bo").unwrap_err().starts_with("'bo' is not valid."));
        let many: Vec<String> = (0..21).map(|n| format!("a{n}@example.com")).collect();
        assert!(Recipients::try_from(many).is_err());
        let json = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Recipients>(&json).unwrap(), found);
        assert!(serde_json::from_str::<Recipients>("[\"a\\nb@c.d\"]").is_err());
    }
}
