//! The data of the pages of the team.

use db::stores::Store;
use db::team::{Invitation, Member, OwnRole};
use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::people::StoreAccess;
use domain::permission::Permissions;

use crate::frame::TenantFrame;
use crate::ui::Clock;

/// What the page of the team shows.
#[derive(Clone, Debug)]
pub struct TeamIndex {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// Members, owners first.
    pub members: Vec<Member>,
    /// Invitations that wait.
    pub invitations: Vec<Invitation>,
    /// The tenant's own roles.
    pub roles: Vec<OwnRole>,
    /// Who looks.
    pub me: UserId,
    /// The form to invite somebody.
    pub form: PlaceForm,
    /// Who was invited just now.
    pub invited: Option<Invited>,
    /// Why the last change was refused.
    pub refused: Option<String>,
    /// The word for what was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What was chosen, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct PlaceForm {
    /// The address typed; empty where nobody is invited.
    pub email: String,
    /// The code of the role.
    pub role: String,
    /// Slugs of the stores; none for all.
    pub stores: Option<Vec<String>>,
    /// What is wrong.
    pub faults: FieldErrors,
}

impl PlaceForm {
    /// The place that a member has.
    pub fn of(role: String, access: &StoreAccess, stores: &[Store]) -> Self {
        let slugs = |only: &[_]| stores.iter().filter(|s| only.contains(&s.id)).map(|s| s.slug.clone()).collect();
        Self { role, stores: access.only().map(slugs), ..Self::default() }
    }
}

/// An invitation that was just sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// To whom.
    pub email: String,
    /// Its link, where no mail reaches anybody.
    pub link: Option<String>,
}

/// What the page of one member shows.
#[derive(Clone, Debug)]
pub struct MemberPage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// Who it is about.
    pub member: Member,
    /// The tenant's own roles.
    pub roles: Vec<OwnRole>,
    /// Whether it is whoever looks.
    pub is_me: bool,
    /// Whether whoever looks owns the account.
    pub i_own: bool,
    /// Role and stores, as they are or were chosen.
    pub form: PlaceForm,
    /// Why a change was refused.
    pub refused: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What the page of a role shows.
#[derive(Clone, Debug)]
pub struct RolePage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The role as it is; none for a new one.
    pub role: Option<OwnRole>,
    /// The name typed.
    pub name: String,
    /// The permissions chosen.
    pub permissions: Permissions,
    /// What whoever looks may give away.
    pub may_give: Permissions,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why a change was refused.
    pub refused: Option<String>,
}

/// What the page asks before a change.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// What is about to happen.
    pub title: String,
    /// What follows, a sentence each.
    pub plan: Vec<String>,
    /// What the button says.
    pub label: &'static str,
    /// Where the form goes.
    pub action: String,
    /// Where to go instead.
    pub back: String,
    /// Whether the password is asked.
    pub asks_password: bool,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why it was refused.
    pub refused: Option<String>,
}
