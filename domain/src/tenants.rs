//! Tenants as the platform sees them: their states, and the filters of their list.

use strum::{EnumString, IntoStaticStr};

use crate::choices::Hint;
use crate::fields::{FieldErrors, UNKNOWN};

/// Days between the wish to delete a tenant and its end, when nobody says otherwise.
pub const GRACE_DAYS: u32 = 14;

/// How a tenant stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = state_hint)]
pub enum TenantState {
    /// Its people and programs come in.
    Active,
    /// Closed to them; nothing is deleted.
    Suspended,
    /// Closed, and about to be deleted.
    Leaving,
}

impl TenantState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Leaving];

    /// As it stands in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Suspended => "Suspended",
            Self::Leaving => "Deletion scheduled",
        }
    }
}

/// What to list: tenants by their name in addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantQuery {
    /// Part of a name, or of a name in addresses.
    pub q: Option<String>,
    /// Slug of a tier.
    pub tier: Option<String>,
    /// How they stand.
    pub state: Option<TenantState>,
    /// Only those behind this slug.
    pub after: Option<String>,
}

impl TenantQuery {
    /// What can be understood of `pairs`, and every fault of the rest. Empty values mean nothing.
    pub fn understood<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, FieldErrors) {
        let mut query = Self::default();
        let faults = FieldErrors::of_pairs(pairs, |name, value| {
            let text = || {
                if value.chars().count() > 200 { Err("Use at most 200 characters.") } else { Ok(value.to_owned()) }
            };
            match name {
                "q" => query.q = Some(text()?),
                "tier" => query.tier = Some(text()?),
                "after" => query.after = Some(text()?),
                "state" => query.state = Some(value.parse::<TenantState>()?),
                _ => return Err(UNKNOWN.into()),
            }
            Ok(())
        });
        (query, faults)
    }

    /// The filters as pairs of a query string, in a fixed order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("q", self.q.clone()),
            ("tier", self.tier.clone()),
            ("state", self.state.map(|state| state.as_str().to_owned())),
            ("after", self.after.clone()),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Whether anything is chosen but the page.
    pub fn is_filtered(&self) -> bool {
        *self != Self { after: self.after.clone(), ..Self::default() }
    }

    /// The same filters behind `slug`.
    #[must_use]
    pub fn behind(&self, slug: &str) -> Self {
        Self { after: Some(slug.to_owned()), ..self.clone() }
    }
}

fn state_hint(_: &str) -> Hint {
    "Use active, suspended or leaving."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_prints_back_to_itself_and_names_its_faults() {
        let pairs = [("q", "har"), ("tier", "starter"), ("state", "leaving"), ("after", "demo")];
        let (query, faults) = TenantQuery::understood(pairs);
        assert!(faults.is_empty() && query.is_filtered());
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())));
        assert!(!TenantQuery::default().behind("x").is_filtered());
        let long = "x".repeat(201);
        let (query, faults) =
            TenantQuery::understood([("state", "gone"), ("q", &long), ("moon", &long), ("tier", " ")]);
        assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["state", "q", "moon"]);
        assert_eq!(query, TenantQuery::default());
    }
}
