//! The record of who did what: ways, filters, and what an entry changed.

mod action;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;
use strum::{EnumString, IntoStaticStr};

use crate::calendar::Tz;
use crate::choices::Hint;
use crate::fields::{FieldErrors, UNKNOWN};
use crate::orders::query::{NO_PERIOD, day};
use crate::page::{Place, Seal};

pub use action::Action;

/// The action of orders that programs sent: by far the most entries.
pub const ORDERS_TAKEN: &str = "order.place";

const LONGEST: usize = 200;

/// By which way something was done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = via_hint)]
pub enum Via {
    /// A person, on a page of the tenant.
    Page,
    /// A program with a key.
    Api,
    /// Background work.
    Job,
    /// Somebody who runs the installation.
    Platform,
    /// Somebody at the server's command line.
    Command,
}

/// Which entries to list. The default is all, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Slug of a tenant, or [`crate::jobs::INSTALLATION`]; for the platform only.
    pub tenant: Option<String>,
    /// By this actor: an e-mail, or as entries have it.
    pub actor: Option<String>,
    /// This action, or all that begin with it and a full stop.
    pub action: Option<String>,
    /// About this.
    pub object: Option<String>,
    /// By this way.
    pub via: Option<Via>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Whose days are meant: those of the page's clock; of UTC, when not said.
    pub zone: Option<Tz>,
    /// Where the page begins.
    pub cursor: Option<Place>,
}

/// A field that an entry tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its path, such as `limits.stores`.
    pub field: String,
    /// As it was.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

impl Via {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Page, Self::Api, Self::Job, Self::Platform, Self::Command];

    /// As stored and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Api => "API key",
            Self::Job => "Background job",
            Self::Platform => "Platform",
            Self::Command => "Command line",
        }
    }
}

impl AuditQuery {
    /// What can be understood of `pairs`, and every fault of the rest. Days that do not
    /// go together are both left out.
    pub fn understood<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, seal: &Seal) -> (Self, FieldErrors) {
        let mut query = Self::default();
        let mut faults = FieldErrors::of_pairs(pairs, |name, value| query.set(name, value, seal));
        if let (Some(from), Some(to)) = (query.from, query.to)
            && to < from
        {
            faults.add("to", "Enter an end date after the start date.");
            faults.add("from", NO_PERIOD);
            (query.from, query.to) = (None, None);
        }
        (query, faults)
    }

    /// The filters as pairs of a query string, in a fixed order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("tenant", self.tenant.clone()),
            ("actor", self.actor.clone()),
            ("action", self.action.clone()),
            ("object", self.object.clone()),
            ("via", self.via.map(|via| via.as_str().to_owned())),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("cursor", self.cursor.map(|place| place.text().to_owned())),
        ];
        pairs.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))).collect()
    }

    /// The same filters, from `cursor` on.
    pub fn at(&self, cursor: Option<Place>) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// Whether anything but the page is chosen.
    pub fn is_filtered(&self) -> bool {
        *self != Self { cursor: self.cursor, zone: self.zone, ..Self::default() }
    }

    /// Whether orders that programs sent can be among the entries: where they cannot, nobody need pass them.
    pub fn may_show_orders(&self) -> bool {
        let action =
            self.action.as_deref().is_none_or(|a| a == ORDERS_TAKEN || ORDERS_TAKEN.split('.').next() == Some(a));
        action && self.via.is_none_or(|via| via == Via::Api)
    }

    fn set(&mut self, name: &str, value: &str, seal: &Seal) -> Result<(), String> {
        match name {
            "tenant" => self.tenant = Some(short(value)?),
            "actor" => self.actor = Some(short(value)?),
            "action" => self.action = Some(short(value)?),
            "object" => self.object = Some(short(value)?),
            "via" => self.via = Some(value.parse::<Via>()?),
            "from" => self.from = Some(day(value)?),
            "to" => self.to = Some(day(value)?),
            "cursor" => self.cursor = Some(seal.open(value)?),
            _ => return Err(UNKNOWN.into()),
        }
        Ok(())
    }
}

/// The fields of an entry that differ, or all that it tells of where there is but one side. In the order of their names.
pub fn difference(before: Option<&Value>, after: Option<&Value>) -> Vec<Changed> {
    let (was, is) = (fields(before), fields(after));
    let names: BTreeSet<&String> = was.iter().chain(&is).map(|(name, _)| name).collect();
    let of = |side: &[(String, String)], name: &str| side.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let changed =
        names.into_iter().map(|name| Changed { field: name.clone(), before: of(&was, name), after: of(&is, name) });
    changed.filter(|c| c.before != c.after).collect()
}

fn fields(value: Option<&Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Some(value) = value {
        flatten("", value, &mut found);
    }
    found
}

fn flatten(path: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, into);
            }
        }
        Value::Null => {}
        Value::String(text) => into.push((path.to_owned(), text.clone())),
        Value::Array(list) => {
            let words = list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
            into.push((path.to_owned(), words.collect::<Vec<_>>().join(", ")));
        }
        other => into.push((path.to_owned(), other.to_string())),
    }
}

fn short(value: &str) -> Result<String, String> {
    let is_plain = value.len() <= LONGEST && !value.contains('\0');
    is_plain.then(|| value.to_owned()).ok_or_else(|| format!("Use at most {LONGEST} printable characters."))
}

fn via_hint(_: &str) -> Hint {
    "Use page, api, job, platform or command."
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::page::seal;

    proptest! {
        #[test]
        fn filters_are_understood_or_named_and_print_back(
            pairs in prop::collection::vec(("(actor|action|object|via|from|to|cursor|tenant)", "\\PC{0,30}"), 0..6),
        ) {
            let (query, _) = AuditQuery::understood(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())), &seal());
            let printed = query.pairs();
            let (again, faults) = AuditQuery::understood(printed.iter().map(|(n, v)| (*n, v.as_str())), &seal());
            prop_assert!(faults.is_empty() || query.to < query.from);
            prop_assert_eq!(again, query);
        }
    }

    #[test]
    fn a_query_prints_back_to_itself_and_names_its_faults() {
        let pairs =
            [("actor", "ana@x.test"), ("action", "order"), ("object", "A-1"), ("via", "page"), ("from", "2026-03-01")];
        let (query, faults) = AuditQuery::understood(pairs, &seal());
        assert!(faults.is_empty() && query.is_filtered());
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())));
        let long = "x".repeat(201);
        let bad = [("via", "pigeon"), ("from", "x"), ("cursor", "y"), ("object", long.as_str()), ("action", "a\0")];
        let (rest, faults) = AuditQuery::understood(bad, &seal());
        assert_eq!(
            faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(),
            ["via", "from", "cursor", "object", "action"]
        );
        assert!(!rest.is_filtered());
        let (_, faults) = AuditQuery::understood([("from", "2026-03-02"), ("to", "2026-03-01")], &seal());
        assert_eq!(faults.0[0].field, "to");
    }

    #[test]
    fn orders_are_passed_over_where_they_cannot_be_meant() {
        let shows = |name, value| AuditQuery::understood([(name, value)], &seal()).0.may_show_orders();
        assert!(AuditQuery::default().may_show_orders() && shows("via", "api") && shows("action", "order"));
        assert!(shows("action", "order.place") && !shows("action", "order.cancel") && !shows("via", "page"));
    }

    #[test]
    fn a_difference_names_fields_that_changed() {
        let (was, is) = (
            json!({"name": "A", "limits": {"stores": 3, "keys": 1}}),
            json!({"name": "A", "limits": {"stores": 5}, "tags": ["x", 2]}),
        );
        let changed = difference(Some(&was), Some(&is));
        let shown: Vec<String> =
            changed.iter().map(|c| format!("{} {:?} {:?}", c.field, c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(
            shown,
            ["limits.keys Some(\"1\") None", "limits.stores Some(\"3\") Some(\"5\")", "tags None Some(\"x, 2\")"]
        );
        assert_eq!(difference(None, Some(&json!({"reason": "x"}))).len(), 1);
        assert!(difference(None, None).is_empty());
    }
}
