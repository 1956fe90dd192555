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
        .post(&at("/second-factor"), MANAGE.again(), index::set_second_factor)
        .post(&at("/invitations"), MANAGE.making_credentials(), invitations::invite)
        .post(&at("/invitations/{id}/resend"), MANAGE.making_credentials(), invitations::resend)
        .post(&at("/invitations/{id}/withdraw"), MANAGE.again(), invitations::withdraw)
        .get(&at("/members/{id}"), MANAGE, members::show)
        .post(&at("/members/{id}"), MANAGE.again(), members::change)
        .get(&at("/members/{id}/remove"), MANAGE, members::ask_remove)
        .post(&at("/members/{id}/remove"), MANAGE.again(), members::remove)
        .post(&at("/members/{id}/vouch"), MANAGE.again(), owner::vouch)
        .get(&at("/members/{id}/transfer"), MANAGE, owner::ask)
        .post(&at("/members/{id}/transfer"), MANAGE.again(), owner::transfer)
        .post(&at("/roles"), MANAGE.again(), roles::create)
        .get(&at("/roles/new"), MANAGE, roles::new)
        .get(&at("/roles/{id}"), MANAGE, roles::show)
        .post(&at("/roles/{id}"), MANAGE.again(), roles::update)
        .post(&at("/roles/{id}/delete"), MANAGE.again(), roles::delete)
}
