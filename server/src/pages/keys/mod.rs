//! Keys of programs.

mod index;
mod one;

use domain::permission::Permission as P;

use crate::auth::Needs;
use crate::routes::Routes;

/// `/t/{tenant}/settings/keys` and below it.
pub fn routes() -> Routes {
    const KEYS: &str = "/t/{tenant}/settings/keys";
    const MANAGE: Needs = Needs::Member(P::ManageKeys);
    Routes::new()
        .get(KEYS, MANAGE, index::show)
        .post(KEYS, MANAGE.making_credentials(), index::create)
        .get(&format!("{KEYS}/{{id}}"), MANAGE, one::show)
        .post(&format!("{KEYS}/{{id}}/rotate"), MANAGE.making_credentials(), one::rotate)
        .post(&format!("{KEYS}/{{id}}/revoke"), MANAGE.again(), one::revoke)
}
