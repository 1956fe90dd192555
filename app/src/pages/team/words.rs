//! Words about members that several pages use.

use db::stores::Store;
use domain::ids::StoreId;
use domain::people::{MemberRole, StoreAccess};

/// The stores that somebody reaches, by name.
pub fn stores(access: &StoreAccess, stores: &[Store]) -> String {
    let Some(only) = access.only() else { return "All stores".to_owned() };
    let name = |id: &StoreId| stores.iter().find(|s| s.id == *id).map_or("a deleted store", |s| s.name.as_str());
    only.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What a role is called on pages.
pub fn role(role: &MemberRole) -> String {
    match role {
        MemberRole::Fixed(role) => {
            let mut name = role.as_str().to_owned();
            name.get_mut(..1).map(str::make_ascii_uppercase);
            name
        }
        MemberRole::Custom { name, .. } => name.clone(),
    }
}
