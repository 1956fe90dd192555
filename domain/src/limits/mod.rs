//! What a tier allows: limits by name, features as flags, and what follows when one is near or reached.
//!
//! A limit that a tier does not name does not exist: what it lacks is allowed without end.

mod forecast;
mod level;
mod rate;
mod terms;

pub use forecast::{Growth, forecast};
pub use level::{Level, Reached, WARN_PERCENT};
pub use rate::{Rate, Verdict};
pub use terms::{Feature, Terms};

use strum::{Display, EnumString, IntoStaticStr};

use crate::numbers::NumberFormat;
use crate::size::size;

/// Something of which a tier may allow only so much.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownLimit, parse_err_fn = UnknownLimit::of)]
pub enum Limit {
    /// Stores of the tenant.
    Stores,
    /// People with a role in it.
    Members,
    /// Living API keys.
    ApiKeys,
    /// Webhooks, paused ones among them.
    Webhooks,
    /// Orders of a calendar month, by the store's own days.
    OrdersPerMonth,
    /// Products.
    Products,
    /// Requests to the API in a minute, of all keys together.
    RequestsPerMinute,
    /// Requests to the API in a minute with one key.
    RequestsPerMinutePerKey,
    /// Orders in one batch of the API.
    BatchOrders,
    /// Bytes of files that the tenant uploaded.
    StorageBytes,
    /// Days for which backups are kept.
    BackupDays,
    /// Days from one scheduled backup to the next.
    BackupEveryDays,
    /// Rows of one export.
    ExportRows,
}

/// What happens at a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtLimit {
    /// No more is made; what is there stays and works.
    Refuse,
    /// It is taken all the same, and the platform sees it.
    Flag,
    /// The request waits for its turn.
    Slow,
    /// It says how large one thing may be.
    Size,
    /// It says how the platform works for the tenant.
    Service,
}

impl Limit {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 13] = [
        Self::OrdersPerMonth,
        Self::Stores,
        Self::Members,
        Self::Products,
        Self::StorageBytes,
        Self::ApiKeys,
        Self::Webhooks,
        Self::RequestsPerMinute,
        Self::RequestsPerMinutePerKey,
        Self::BatchOrders,
        Self::ExportRows,
        Self::BackupDays,
        Self::BackupEveryDays,
    ];

    /// As it is stored and named in forms.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Stores => "Stores",
            Self::Members => "Members",
            Self::ApiKeys => "API keys",
            Self::Webhooks => "Webhooks",
            Self::OrdersPerMonth => "Orders per month",
            Self::Products => "Products",
            Self::RequestsPerMinute => "API requests per minute",
            Self::RequestsPerMinutePerKey => "API requests per minute and key",
            Self::BatchOrders => "Orders per batch",
            Self::StorageBytes => "Storage",
            Self::BackupDays => "Backup history (days)",
            Self::BackupEveryDays => "Days between backups",
            Self::ExportRows => "Rows per export",
        }
    }

    /// `n` of it in words: `3 stores`, `1 API key`.
    pub fn things(self, n: i64) -> String {
        let (one, many) = match self {
            Self::Stores => ("store", "stores"),
            Self::Members => ("member", "members"),
            Self::ApiKeys => ("API key", "API keys"),
            Self::Webhooks => ("webhook", "webhooks"),
            Self::OrdersPerMonth => ("order per month", "orders per month"),
            Self::Products => ("product", "products"),
            Self::RequestsPerMinute => ("API request per minute", "API requests per minute"),
            Self::RequestsPerMinutePerKey => ("API request per minute and key", "API requests per minute and key"),
            Self::BatchOrders => ("order per batch", "orders per batch"),
            Self::StorageBytes => return format!("{} of files", size(n)),
            Self::BackupDays => ("day of backups", "days of backups"),
            Self::BackupEveryDays => ("day between backups", "days between backups"),
            Self::ExportRows => ("row per export", "rows per export"),
        };
        format!("{} {}", self.number(n), if n == 1 { one } else { many })
    }

    /// `n` of it as a figure: `12,000`, `1.5 GB`.
    pub fn number(self, n: i64) -> String {
        self.number_in(NumberFormat::default(), n)
    }

    /// The same as a tenant has its numbers written.
    pub fn number_in(self, format: NumberFormat, n: i64) -> String {
        if self == Self::StorageBytes { size(n) } else { format.count(n) }
    }

    /// What happens when it is reached.
    pub const fn at_limit(self) -> AtLimit {
        match self {
            Self::Stores | Self::Members | Self::ApiKeys | Self::Webhooks | Self::StorageBytes => AtLimit::Refuse,
            Self::OrdersPerMonth | Self::Products => AtLimit::Flag,
            Self::RequestsPerMinute | Self::RequestsPerMinutePerKey => AtLimit::Slow,
            Self::BatchOrders | Self::ExportRows => AtLimit::Size,
            Self::BackupDays | Self::BackupEveryDays => AtLimit::Service,
        }
    }

    /// The same in plain words, for those whom it concerns.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Stores => "You cannot add more stores. Existing stores keep working.",
            Self::Members => "You cannot invite more members. Existing members keep their roles.",
            Self::ApiKeys => "You cannot create more API keys. Revoke a key to create another.",
            Self::Webhooks => "You cannot create more webhooks. Delete a webhook to create another.",
            Self::OrdersPerMonth => {
                "Orders over the limit are still accepted and counted. Your platform admin is notified."
            }
            Self::Products => {
                "Products over the limit are still accepted with their orders. Your platform admin is notified."
            }
            Self::RequestsPerMinute | Self::RequestsPerMinutePerKey => {
                "Requests over the limit receive status 429 and the time to retry. No data is lost."
            }
            Self::BatchOrders => "Larger batches are rejected. Send several smaller batches.",
            Self::StorageBytes => "You cannot upload more files. Existing files stay.",
            Self::BackupDays => "Older backups are deleted. The newest verified backup is never deleted.",
            Self::BackupEveryDays => "Stoa creates a backup this often, and whenever you request one.",
            Self::ExportRows => "Larger exports are rejected. Add filters, or export in parts.",
        }
    }

    /// The least that a tier may set: nothing can be done with less.
    pub const fn least(self) -> i64 {
        match self {
            Self::ApiKeys | Self::Webhooks | Self::StorageBytes => 0,
            _ => 1,
        }
    }

    /// The most that a tier may set.
    pub const fn most(self) -> i64 {
        match self {
            Self::RequestsPerMinute | Self::RequestsPerMinutePerKey => 1_000_000,
            Self::BatchOrders => 1_000,
            Self::BackupDays => 3_650,
            Self::BackupEveryDays => 31,
            _ => 1_000_000_000_000_000,
        }
    }

    /// What is said of `value` when a tier cannot set it.
    ///
    /// # Errors
    /// The words for a form.
    pub fn check(self, value: i64) -> Result<i64, String> {
        let group = |n: i64| NumberFormat::default().count(n);
        if (self.least()..=self.most()).contains(&value) {
            Ok(value)
        } else {
            Err(format!(
                "Enter a number from {} to {}, or leave empty for no limit.",
                group(self.least()),
                group(self.most())
            ))
        }
    }
}

/// The text names no limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a limit")]
pub struct UnknownLimit(String);

impl UnknownLimit {
    fn of(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_all_different() {
        for limit in Limit::ALL {
            assert_eq!(limit.as_str().parse(), Ok(limit));
            assert!(limit.check(limit.least()).is_ok() && limit.check(limit.most()).is_ok());
            assert!(limit.check(limit.least() - 1).is_err() && limit.check(limit.most() + 1).is_err());
        }
        let names: std::collections::BTreeSet<&str> = Limit::ALL.iter().map(|l| l.as_str()).collect();
        assert_eq!(names.len(), Limit::ALL.len());
        assert!("orders".parse::<Limit>().is_err());
        assert_eq!([Limit::Stores.things(1), Limit::Products.things(12_000)], ["1 store", "12,000 products"]);
    }
}
