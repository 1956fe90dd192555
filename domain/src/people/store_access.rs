//! Which stores somebody reaches.

use std::sync::Arc;

use crate::ids::StoreId;
use crate::permission::Permission;

/// All stores of the tenant, or some.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum StoreAccess {
    /// All, those that are yet to come included.
    #[default]
    All,
    /// These.
    Only(Arc<[StoreId]>),
}

impl StoreAccess {
    /// The stores with these ids, in one order whatever theirs was; all when nothing is said.
    pub fn of(stores: Option<impl IntoIterator<Item = StoreId>>) -> Self {
        let Some(stores) = stores else { return Self::All };
        let mut stores: Vec<StoreId> = stores.into_iter().collect();
        stores.sort_unstable();
        stores.dedup();
        Self::Only(stores.into())
    }

    /// Whether `store` is among them.
    pub fn includes(&self, store: StoreId) -> bool {
        match self {
            Self::All => true,
            Self::Only(stores) => stores.contains(&store),
        }
    }

    /// The stores, where they are not all.
    pub fn only(&self) -> Option<&[StoreId]> {
        match self {
            Self::All => None,
            Self::Only(stores) => Some(stores),
        }
    }

    /// Whether somebody with these stores may have `permission` at all.
    pub const fn suits(&self, permission: Permission) -> bool {
        matches!(self, Self::All) || !permission.is_of_whole_tenant()
    }

    /// Whether everything here is in `other` as well.
    pub fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::All) => true,
            (Self::All, Self::Only(_)) => false,
            (Self::Only(these), other) => these.iter().all(|store| other.includes(*store)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Uuid;

    #[test]
    fn some_stores_are_those_and_no_others() {
        let store = |n: u128| StoreId(Uuid::from_u128(n));
        let some = StoreAccess::of(Some([store(2), store(1), store(2)]));
        assert_eq!(some, StoreAccess::of(Some([store(1), store(2)])));
        assert!(some.includes(store(1)) && !some.includes(store(3)) && StoreAccess::All.includes(store(3)));
        assert!(some.is_within(&StoreAccess::All) && !StoreAccess::All.is_within(&some));
        assert!(!some.is_within(&StoreAccess::of(Some([store(1)]))));
        for permission in Permission::ALL {
            assert!(StoreAccess::All.suits(permission));
            assert_eq!(some.suits(permission), !permission.is_of_whole_tenant(), "{permission:?}");
        }
    }
}
