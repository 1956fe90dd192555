//! The key under which a dashboard is kept whole.

use std::fmt;

use app::document::Theme;
use domain::ids::{ImpersonationId, UserId};
use domain::numbers::NumberFormat;
use domain::people::MemberRole;

/// Everything that the page says beside the figures: the cache adds the tenant, its generation and the stores that the member
/// reaches. It is written out field by field where the page is asked for, so whatever is added here must be said there.
#[derive(Debug)]
pub(super) struct DashboardKey<'a> {
    /// Which quarter of an hour it is, counted from 1970: a page that says "today" is not kept beyond one.
    pub quarter: i64,
    /// The generation of what the tenant is allowed.
    pub plan: i64,
    /// Who views it; the member who is impersonated, where a platform admin does.
    pub person: UserId,
    /// Their role. When what a role of the tenant's own includes is changed, the generation moves on.
    pub role: &'a MemberRole,
    /// The impersonation, where a platform admin views it, and whether it has write access: the bar at the top says so.
    pub impersonation: Option<(ImpersonationId, bool)>,
    /// How many tenants the person can choose from.
    pub tenants: usize,
    /// How the person wants it to look.
    pub theme: Theme,
    /// How the tenant has its numbers written.
    pub numbers: NumberFormat,
    /// Path and query of the page: the store, the period, and where its links lead back to.
    pub here: &'a str,
}

impl fmt::Display for DashboardKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Taken apart, so that a field that is not written is found by the compiler. Only the last one can hold a colon.
        let Self { quarter, plan, person, role, impersonation, tenants, theme, numbers, here } = self;
        let (role, theme) = (role.code(), theme.as_str());
        write!(
            f,
            "page:dashboard:{quarter}:{plan}:{person}:{role}:{impersonation:?}:{tenants}:{theme}:{numbers}:{here}"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::ids::{RoleId, Uuid};
    use domain::permission::{Permissions, Role};

    use super::*;

    const FIRST: DashboardKey<'static> = DashboardKey {
        quarter: 1,
        plan: 1,
        person: UserId(Uuid::nil()),
        role: &MemberRole::Fixed(Role::Owner),
        impersonation: None,
        tenants: 1,
        theme: Theme::System,
        numbers: NumberFormat::CommaPoint,
        here: "/t/shop",
    };

    fn own_role(id: u128) -> MemberRole {
        MemberRole::Custom {
            id: RoleId(Uuid::from_u128(id)),
            name: "Clerk".into(),
            permissions: Permissions::default(),
        }
    }

    #[test]
    fn keys_that_differ_in_one_field_have_different_texts() {
        let (viewed, clerk, driver) = ((ImpersonationId(Uuid::nil()), false), own_role(1), own_role(2));
        let all = [
            FIRST,
            DashboardKey { quarter: 2, ..FIRST },
            DashboardKey { plan: 2, ..FIRST },
            DashboardKey { person: UserId(Uuid::max()), ..FIRST },
            DashboardKey { role: &MemberRole::Fixed(Role::Viewer), ..FIRST },
            DashboardKey { role: &clerk, ..FIRST },
            DashboardKey { role: &driver, ..FIRST },
            DashboardKey { impersonation: Some(viewed), ..FIRST },
            DashboardKey { impersonation: Some((viewed.0, true)), ..FIRST },
            DashboardKey { impersonation: Some((ImpersonationId(Uuid::max()), false)), ..FIRST },
            DashboardKey { tenants: 2, ..FIRST },
            DashboardKey { theme: Theme::Dark, ..FIRST },
            DashboardKey { numbers: NumberFormat::PointComma, ..FIRST },
            DashboardKey { here: "/t/shop?store=north", ..FIRST },
            // Nor are they taken for one another where one field ends and the next begins.
            DashboardKey { quarter: 1, plan: 11, ..FIRST },
            DashboardKey { quarter: 11, plan: 1, ..FIRST },
        ];
        let texts: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), all.len(), "{texts:#?}");
    }
}
