//! What a session holds.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ImpersonationId, ProviderId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The key under which the person's id stands.
pub const PERSON: &str = "person";
/// The key under which the absolute end stands, in seconds since 1970.
pub const UNTIL: &str = "until";
/// The key under which stands who has given a password and owes a second factor ([`Half`]). Such a session is nobody's.
pub const HALF: &str = "half";
/// The key under which a platform admin's impersonation stands: tenant and id. It is the word that it was stored under
/// first: under another one, an impersonation that goes on during an upgrade would become a session of the admin.
pub const IMPERSONATION: &str = "look";
/// The key under which stands what the browser was asked last: the name of a ceremony of signing in.
pub const CEREMONY: &str = "ceremony";
/// The key under which stands which tenant alone the session opens ([`Only`]), where that tenant's provider vouches for
/// whoever signed in.
pub const ONLY: &str = "only";
/// The key under which stands when whoever signed in last showed who they are, in seconds since 1970.
pub const PROVED: &str = "proved";
/// The key under which stands what an app for codes was told that is not confirmed yet.
pub const ENROLMENT: &str = "enrolment";
/// The key under which the address stands from which somebody signed in.
pub const ADDRESS: &str = "address";
/// The key under which the browser stands in which somebody signed in.
pub const AGENT: &str = "agent";

/// How long it counts that somebody showed who they are.
pub const PROOF_LASTS: TimeDelta = TimeDelta::minutes(10);
const HALF_LASTS: TimeDelta = TimeDelta::minutes(10);

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Who signed in.
    pub person: UserId,
    /// At which tenant they impersonate a member, if they do.
    pub impersonation: Option<(TenantId, ImpersonationId)>,
    /// Which tenant alone the session opens, if it does not open all of theirs.
    pub only: Option<Only>,
    /// When they last showed who they are.
    pub proved_at: Option<DateTime<Utc>>,
}

/// The one tenant that a session opens, and the provider through which it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Only {
    /// The tenant.
    pub tenant: TenantId,
    /// What it had set then.
    pub provider: ProviderId,
}

/// Somebody between password and second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    person: UserId,
    until: i64,
}

impl Bearer {
    /// The bearer of a session that holds `data`; none between password and second factor. A session whose bounds cannot be
    /// read is nobody's: it must not open more than it did.
    pub fn of(data: &Value) -> Option<Self> {
        let only = match data.get(ONLY) {
            Some(only) => Some(serde_json::from_value(only.clone()).ok()?),
            None => None,
        };
        let impersonation = data.get(IMPERSONATION).and_then(|found| serde_json::from_value(found.clone()).ok());
        let proved = data.get(PROVED).and_then(Value::as_i64);
        let proved_at = proved.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Some(Self { person: person(data)?, impersonation, only, proved_at })
    }
}

impl Half {
    /// Somebody who has just given their password.
    pub fn new(person: UserId, now: DateTime<Utc>) -> Self {
        Self { person, until: (now + HALF_LASTS).timestamp() }
    }

    /// Who it is, unless they took too long.
    pub fn person(self, now: DateTime<Utc>) -> Option<UserId> {
        (self.until > now.timestamp()).then_some(self.person)
    }
}

/// Whose session it is that holds `data`.
pub(super) fn person(data: &Value) -> Option<UserId> {
    data.get(PERSON)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use domain::ids::Uuid;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_half_session_signs_no_one_in_and_lasts_ten_minutes() {
        let (person, now) = (UserId(Uuid::from_u128(1)), DateTime::UNIX_EPOCH);
        let half = Half::new(person, now);
        assert_eq!(Bearer::of(&json!({HALF: half})), None);
        assert_eq!(half.person(now + TimeDelta::minutes(9)), Some(person));
        assert_eq!(half.person(now + TimeDelta::minutes(10)), None);
    }

    #[test]
    fn an_impersonation_stands_beside_whose_it_is() {
        let id = |n| Uuid::from_u128(n);
        let data = json!({PERSON: id(1), IMPERSONATION: [id(2), id(3)]});
        let expected = Bearer {
            person: UserId(id(1)),
            impersonation: Some((TenantId(id(2)), ImpersonationId(id(3)))),
            only: None,
            proved_at: None,
        };
        assert_eq!(Bearer::of(&data), Some(expected));
    }

    #[test]
    fn bounds_that_cannot_be_read_open_nothing() {
        let id = |n| Uuid::from_u128(n);
        let only = Only { tenant: TenantId(id(2)), provider: ProviderId(id(3)) };
        let bound = Bearer { person: UserId(id(1)), impersonation: None, only: Some(only), proved_at: None };
        assert_eq!(Bearer::of(&json!({PERSON: id(1), ONLY: only})), Some(bound));
        for broken in [json!(null), json!({}), json!("x"), json!({"tenant": id(2)})] {
            assert_eq!(Bearer::of(&json!({PERSON: id(1), ONLY: broken})), None);
        }
    }
}
