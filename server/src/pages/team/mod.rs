//! Who works for a tenant.

mod form;
mod index;
mod invitations;
mod members;
mod owner;
mod roles;

use domain::permission::Permission as P;

use crate::auth::Needs;
use crate::routes::Routes;

/// `/t/{tenant}/team` and below it.
pub fn routes() -> Routes {
    const TEAM: &str = "/t/{tenant}/team";
    const MANAGE: Needs = Needs::Member(P::ManagePeople);
    let at = |path: &str| format!("{TEAM}{path}");
    Routes::new()
        .get(TEAM, MANAGE, index::show)
        .post(&at("/second-factor"), MANAGE, index::set_second_factor)
        .post(&at("/invitations"), MANAGE, invitations::invite)
        .post(&at("/invitations/{id}/resend"), MANAGE, invitations::resend)
        .post(&at("/invitations/{id}/withdraw"), MANAGE, invitations::withdraw)
        .get(&at("/members/{id}"), MANAGE, members::show)
        .post(&at("/members/{id}"), MANAGE, members::change)
        .get(&at("/members/{id}/remove"), MANAGE, members::ask_remove)
        .post(&at("/members/{id}/remove"), MANAGE, members::remove)
        .get(&at("/members/{id}/transfer"), MANAGE, owner::ask)
        .post(&at("/members/{id}/transfer"), MANAGE, owner::transfer)
        .post(&at("/roles"), MANAGE, roles::create)
        .get(&at("/roles/new"), MANAGE, roles::new)
        .get(&at("/roles/{id}"), MANAGE, roles::show)
        .post(&at("/roles/{id}"), MANAGE, roles::update)
        .post(&at("/roles/{id}/delete"), MANAGE, roles::delete)
}
