//! The filters of the list of imports: read from a query string and printed back to one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::calendar::Tz;
use crate::choices::Hint;
use crate::fields::{FieldErrors, UNKNOWN};
use crate::orders::query::day;
use crate::page::{Place, Seal};

/// What to list. The default is everything, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportQuery {
    /// Slug of one store.
    pub store: Option<String>,
    /// Only those that somebody should look at.
    pub view: Option<ImportView>,
    /// The first day on which they were begun.
    pub from: Option<NaiveDate>,
    /// Whose days are meant: those of the page's clock; of UTC, when not said.
    pub zone: Option<Tz>,
    /// Where the page begins.
    pub cursor: Option<Place>,
}

/// Imports that somebody should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = view_hint)]
pub enum ImportView {
    /// Those that ended early.
    Failed,
    /// Those that are done, but for orders that had faults.
    Rejected,
}

impl ImportView {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Failed, Self::Rejected];

    /// As it stands in an address.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl ImportQuery {
    /// What can be understood of `pairs`, and every fault of the rest. Empty values mean nothing.
    pub fn understood<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, seal: &Seal) -> (Self, FieldErrors) {
        let mut query = Self::default();
        let faults = FieldErrors::of_pairs(pairs, |name, value| query.set(name, value, seal));
        (query, faults)
    }

    /// The filters as pairs of a query string, in a fixed order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("store", self.store.clone()),
            ("status", self.view.map(|view| view.as_str().to_owned())),
            ("from", self.from.map(|day| day.to_string())),
            ("cursor", self.cursor.map(|place| place.text().to_owned())),
        ];
        pairs.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))).collect()
    }

    /// Whether anything but the page itself is chosen.
    pub const fn is_filtered(&self) -> bool {
        self.store.is_some() || self.view.is_some() || self.from.is_some()
    }

    fn set(&mut self, name: &str, value: &str, seal: &Seal) -> Result<(), String> {
        match name {
            "store" => self.store = Some(value.to_owned()),
            "status" => self.view = Some(value.parse::<ImportView>()?),
            "from" => self.from = Some(day(value)?),
            "cursor" => self.cursor = Some(seal.open(value)?),
            _ => return Err(UNKNOWN.into()),
        }
        Ok(())
    }
}

fn view_hint(_: &str) -> Hint {
    "Use failed or rejected."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::seal;

    #[test]
    fn a_query_prints_back_to_itself_and_names_its_faults() {
        let pairs = [("store", "north"), ("status", "rejected"), ("from", "2026-03-01")];
        let (query, faults) = ImportQuery::understood(pairs, &seal());
        assert!(faults.is_empty() && query.is_filtered());
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())));
        let (rest, faults) = ImportQuery::understood(
            [("status", "gone"), ("from", "x"), ("cursor", "y"), ("store", "a"), ("x", "y")],
            &seal(),
        );
        assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["status", "from", "cursor", "x"]);
        assert_eq!(rest.store.as_deref(), Some("a"));
    }
}
