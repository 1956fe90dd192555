//! What may be given to others: no one grants, renews or keeps alive a right that they do not have themselves.

use std::sync::Arc;

use super::{KeyScope, Permission, Permissions};
use crate::ids::StoreId;
use crate::people::StoreAccess;

/// Permissions, and the stores in which they hold: what a member has, and what a role, an invitation, an API key or a
/// webhook would give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    permissions: Permissions,
    stores: StoreAccess,
}

/// Why something may not be granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beyond {
    /// It includes these permissions, which its grantor does not have.
    Permissions(Permissions),
    /// It reaches stores that its grantor does not.
    Stores,
}

impl Rights {
    /// These permissions in these stores.
    pub const fn new(permissions: Permissions, stores: StoreAccess) -> Self {
        Self { permissions, stores }
    }

    /// Every permission in every store.
    pub fn all() -> Self {
        Self::new(Permission::ALL.into_iter().collect(), StoreAccess::All)
    }

    /// What an API key with these scopes gives, for `store` alone or for all stores.
    pub fn of_key(scopes: &[KeyScope], store: Option<StoreId>) -> Self {
        Self::new(scopes.iter().map(|scope| scope.permission()).collect(), in_store(store))
    }

    /// What a program that receives events gives: the right to follow them, and to read what they are about.
    pub fn of_events(about: impl Iterator<Item = Permission>, store: Option<StoreId>) -> Self {
        Self::new(about.chain([Permission::ReadEvents]).collect(), in_store(store))
    }

    /// What a copy of all rows gives to whoever downloads it.
    pub fn of_backup() -> Self {
        use Permission::{ReadAudit, ReadImports, ReadOrders, ReadReports};
        Self::new([ReadOrders, ReadReports, ReadImports, ReadAudit].into_iter().collect(), StoreAccess::All)
    }

    /// Whether `permission` is among them. Whoever is limited to some stores has none that reaches beyond stores.
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions.contains(permission) && self.stores.suits(permission)
    }

    /// Whether whoever has these rights may grant `given`. Every act that grants something asks this, and nothing else.
    ///
    /// # Errors
    /// What of it they do not have.
    pub fn may_grant(&self, given: &Self) -> Result<(), Beyond> {
        let missing: Permissions = given.permissions.iter().filter(|permission| !self.has(*permission)).collect();
        match (missing.is_empty(), given.stores.is_within(&self.stores)) {
            (false, _) => Err(Beyond::Permissions(missing)),
            (true, false) => Err(Beyond::Stores),
            (true, true) => Ok(()),
        }
    }
}

fn in_store(store: Option<StoreId>) -> StoreAccess {
    store.map_or(StoreAccess::All, |store| StoreAccess::Only(Arc::from([store])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;
    use crate::ids::Uuid;

    fn store(n: u128) -> StoreId {
        StoreId(Uuid::from_u128(n))
    }

    #[test]
    fn every_single_permission_that_is_missing_is_refused() {
        for missing in Permission::ALL {
            let others = Permission::ALL.into_iter().filter(|p| *p != missing).collect();
            let mine = Rights::new(others, StoreAccess::All);
            let one = Rights::new([missing].into_iter().collect(), StoreAccess::All);
            assert_eq!(mine.may_grant(&one), Err(Beyond::Permissions([missing].into_iter().collect())), "{missing:?}");
            assert_eq!(mine.may_grant(&mine), Ok(()), "{missing:?}");
            assert_eq!(Rights::all().may_grant(&one), Ok(()), "{missing:?}");
        }
    }

    #[test]
    fn stores_out_of_reach_are_refused() {
        let read: Permissions = [Permission::ReadOrders].into_iter().collect();
        let north = Rights::new(read, StoreAccess::of(Some([store(1)])));
        assert_eq!(north.may_grant(&Rights::of_key(&[KeyScope::OrdersRead], Some(store(1)))), Ok(()));
        for beyond in [Some(store(2)), None] {
            assert_eq!(north.may_grant(&Rights::of_key(&[KeyScope::OrdersRead], beyond)), Err(Beyond::Stores));
        }
    }

    proptest! {
        #[test]
        fn what_is_granted_never_exceeds_what_one_has(
            mine in subsequence(Permission::ALL.to_vec(), 0..=Permission::ALL.len()),
            given in subsequence(Permission::ALL.to_vec(), 0..=Permission::ALL.len()),
            my_stores in prop::option::of(subsequence(vec![1, 2, 3], 1..=3)),
            given_stores in prop::option::of(subsequence(vec![1, 2, 3], 1..=3)),
        ) {
            let stores = |some: Option<Vec<u128>>| StoreAccess::of(some.map(|s| s.into_iter().map(store)));
            let mine = Rights::new(mine.into_iter().collect(), stores(my_stores));
            let given_rights = Rights::new(given.iter().copied().collect(), stores(given_stores));
            if mine.may_grant(&given_rights).is_ok() {
                prop_assert!(Permission::ALL.into_iter().all(|p| !given_rights.has(p) || mine.has(p)));
                for n in [1, 2, 3] {
                    prop_assert!(!given_rights.stores.includes(store(n)) || mine.stores.includes(store(n)));
                }
            } else {
                let has_all = given.iter().all(|p| mine.has(*p));
                prop_assert!(!has_all || !given_rights.stores.is_within(&mine.stores));
            }
        }
    }
}
