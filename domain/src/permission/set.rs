//! Sets of permissions: what a role comes to.

use super::Permission;

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// Whether `permission` is in it.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// Whether everything in it is in `other` as well.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in it, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |p| self.contains(*p))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, p| set | bit(p)))
    }
}

const fn bit(permission: Permission) -> u64 {
    1 << permission as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;

    proptest! {
        #[test]
        fn a_set_holds_what_was_put_in_and_nothing_else(
            some in subsequence(Permission::ALL.to_vec(), 0..=Permission::ALL.len()),
            others in subsequence(Permission::ALL.to_vec(), 0..=Permission::ALL.len()),
        ) {
            let (set, other): (Permissions, Permissions) = (some.iter().copied().collect(), others.iter().copied().collect());
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), some.clone());
            prop_assert_eq!(set.is_within(other), some.iter().all(|p| others.contains(p)));
            prop_assert_eq!(set.is_empty(), some.is_empty());
        }
    }
}
