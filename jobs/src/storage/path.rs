//! Where an object lies. A path begins with its owner, as a type, so that no code builds one tenant's path out of
//! another's text; the names below it hold nothing that a folder or a URL could take for something else.

use std::fmt;

use domain::ids::TenantId;
use object_store::path::Path;

/// To whom an object belongs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Owner {
    /// The installation as a whole.
    Platform,
    /// One tenant.
    Tenant(TenantId),
}

/// An object's path, or the beginning of many: the owner, then names. A tenant's begins with its id, and with nothing
/// that is only text:
///
/// ```
/// # fn of(tenant: domain::ids::TenantId) -> Result<jobs::storage::ObjectPath, jobs::storage::BadName> {
/// jobs::storage::ObjectPath::tenant(tenant).child("backups")
/// # }
/// ```
/// ```compile_fail
/// # fn of(tenant: &str) -> Result<jobs::storage::ObjectPath, jobs::storage::BadName> {
/// jobs::storage::ObjectPath::tenant(tenant).child("backups")
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectPath {
    owner: Owner,
    names: Vec<String>,
}

/// This cannot be a name in a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a valid name in the storage; use 1 to 200 letters, digits and . _ -, without a dot at the \
    beginning"
)]
pub struct BadName(String);

impl ObjectPath {
    /// Everything of `owner`.
    pub const fn of(owner: Owner) -> Self {
        Self { owner, names: Vec::new() }
    }

    /// Everything of the installation itself.
    pub const fn platform() -> Self {
        Self::of(Owner::Platform)
    }

    /// Everything of one tenant.
    pub const fn tenant(tenant: TenantId) -> Self {
        Self::of(Owner::Tenant(tenant))
    }

    /// One step down.
    ///
    /// # Errors
    /// When `name` has other characters than ASCII letters, digits, `.`, `_` and `-`, begins with a dot, is empty or too long.
    pub fn child(&self, name: impl Into<String>) -> Result<Self, BadName> {
        let name = name.into();
        let fits = (1..=200).contains(&name.len())
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if !fits {
            return Err(BadName(name));
        }
        let mut names = self.names.clone();
        names.push(name);
        Ok(Self { owner: self.owner, names })
    }

    /// To whom it belongs.
    pub const fn owner(&self) -> Owner {
        self.owner
    }

    /// The names below the owner.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The last name; empty for an owner's everything.
    pub fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// Reads a path back as it is printed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let start = match parts.next()? {
            "platform" => Self::platform(),
            "tenants" => Self::tenant(parts.next()?.parse().ok()?),
            _ => return None,
        };
        parts.try_fold(start, |path, name| path.child(name).ok())
    }

    pub(super) fn key(&self) -> Path {
        Path::from(self.to_string())
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.owner {
            Owner::Platform => f.write_str("platform")?,
            Owner::Tenant(tenant) => write!(f, "tenants/{tenant}")?,
        }
        self.names.iter().try_for_each(|name| write!(f, "/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_and_stays_with_its_owner() {
        let tenant: TenantId = "0190d6a0-0000-7000-8000-000000000001".parse().unwrap();
        let path = ObjectPath::tenant(tenant).child("backups").unwrap().child("3412.dat.gz").unwrap();
        assert_eq!(path.to_string(), "tenants/0190d6a0-0000-7000-8000-000000000001/backups/3412.dat.gz");
        assert_eq!(ObjectPath::parse(&path.to_string()), Some(path.clone()));
        assert_eq!((path.owner(), path.name()), (Owner::Tenant(tenant), "3412.dat.gz"));
        assert_eq!(ObjectPath::parse("tenants/nobody/x"), None);
        assert_eq!(ObjectPath::parse("elsewhere/x"), None);
    }

    #[test]
    fn no_name_leads_elsewhere() {
        for bad in ["", ".", "..", "../x", "a/b", "a\\b", "a b", "a%2Fb", ".part", "a#1", "\0", "ä", &"x".repeat(201)]
        {
            assert!(ObjectPath::platform().child(bad).is_err(), "{bad:?}");
        }
    }
}
