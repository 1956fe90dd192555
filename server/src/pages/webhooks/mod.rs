//! Webhooks. Whoever may make keys may make them: both let data out of the tenant, to programs.

mod change;
mod form;
mod index;
mod one;

use domain::permission::Permission as P;

use crate::auth::Needs;
use crate::routes::Routes;

/// `/t/{tenant}/settings/webhooks` and below it.
pub fn routes() -> Routes {
    const WEBHOOKS: &str = "/t/{tenant}/settings/webhooks";
    const MANAGE: Needs = Needs::Member(P::ManageKeys);
    let one = |verb: &str| format!("{WEBHOOKS}/{{id}}{verb}");
    Routes::new()
        .get(WEBHOOKS, MANAGE, index::show)
        .post(WEBHOOKS, MANAGE.making_credentials(), index::create)
        .get(&one(""), MANAGE, one::show)
        .get(&one("/edit"), MANAGE, form::edit)
        .post(&one("/edit"), MANAGE.again(), form::save)
        .post(&one("/pause"), MANAGE.again(), change::pause)
        .post(&one("/resume"), MANAGE.again(), change::resume)
        .post(&one("/rotate"), MANAGE.making_credentials(), change::rotate)
        .post(&one("/test"), MANAGE.again(), change::test)
        .get(&one("/delete"), MANAGE, change::ask_delete)
        .post(&one("/delete"), MANAGE.again(), change::delete)
        .post(&one("/deliveries/{delivery}/again"), MANAGE.again(), change::again)
}
