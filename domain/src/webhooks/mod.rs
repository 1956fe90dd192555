//! Webhooks: what a tenant's events are told, how that is signed, and when it is tried again.

mod retry;
mod signing;
mod state;

pub use retry::{ATTEMPTS, FAILED_AT_LEAST, FAILING_FOR, Verdict, is_hopeless, judge, wait};
pub use signing::{OVERLAP, Secret, signatures};
pub use state::{DeliveryQuery, DeliveryState, WebhookState};

use crate::feed::EventKind;
use crate::ids::StoreId;
use crate::permission::Rights;

/// The kind of a delivery that somebody sent to try the address.
pub const TEST: &str = "webhook.test";

/// The longest beginning of an answer that is kept, in bytes.
pub const ANSWER: usize = 1_024;

/// Which events a webhook is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Their kinds; none named: all.
    pub kinds: Vec<EventKind>,
    /// Their only store; without one all, and what belongs to no store.
    pub store: Option<StoreId>,
}

impl Wanted {
    /// Whether an event of `kind` in `store` is among them. Kinds that a later version made are, where all are wanted.
    pub fn has(&self, kind: &str, store: Option<StoreId>) -> bool {
        let is_wanted = self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted.as_str() == kind);
        is_wanted && self.store.is_none_or(|only| store == Some(only))
    }

    /// What a webhook gives to whoever receives these events. All kinds, later ones included, take every right to read
    /// that any kind takes.
    pub fn rights(&self) -> Rights {
        let kinds: &[EventKind] = if self.kinds.is_empty() { &EventKind::CHOSEN } else { &self.kinds };
        Rights::of_events(kinds.iter().filter_map(|kind| kind.about()), self.store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Uuid;
    use crate::people::StoreAccess;
    use crate::permission::{Permission, Role};

    #[test]
    fn only_what_is_wanted_is_told() {
        let (north, south) = (StoreId(Uuid::from_u128(1)), StoreId(Uuid::from_u128(2)));
        let all = Wanted::default();
        assert!(all.has("order.placed", Some(north)) && all.has("backup.changed", None) && all.has("moon.rose", None));
        let some = Wanted { kinds: vec![EventKind::OrderPlaced], store: Some(north) };
        assert!(some.has("order.placed", Some(north)));
        assert!(!some.has("order.placed", Some(south)) && !some.has("order.placed", None));
        assert!(!some.has("order.updated", Some(north)));
    }

    #[test]
    fn a_webhook_is_granted_only_for_kinds_its_maker_may_read() {
        let rights = |permissions: &[Permission]| Rights::new(permissions.iter().copied().collect(), StoreAccess::All);
        let of = |kinds: &[EventKind]| Wanted { kinds: kinds.to_vec(), store: None }.rights();
        for kind in EventKind::CHOSEN {
            let needed: Vec<Permission> = kind.about().into_iter().chain([Permission::ReadEvents]).collect();
            assert_eq!(rights(&needed).may_grant(&of(&[kind])), Ok(()), "{kind:?}");
            for missing in &needed {
                let others = Permission::ALL.into_iter().filter(|p| p != missing).collect::<Vec<_>>();
                assert!(rights(&others).may_grant(&of(&[kind])).is_err(), "{kind:?} without {missing:?}");
                assert!(rights(&others).may_grant(&of(&[])).is_err(), "all kinds without {missing:?}");
            }
            assert!(rights(&[Permission::ManageKeys]).may_grant(&of(&[kind])).is_err(), "{kind:?}");
        }
        assert_eq!(Rights::new(Role::Manager.permissions(), StoreAccess::All).may_grant(&of(&[])), Ok(()));
    }

    #[test]
    fn kinds_that_can_be_chosen_read_back() {
        for kind in EventKind::CHOSEN {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert!(!kind.words().is_empty());
        }
        assert!("gap".parse::<EventKind>().is_err());
    }
}
