//! What people see and change of their own account. Most of it ends or renames sessions, so all of it has the session.

mod email;
mod factor;
mod passkeys;
mod password;
mod sessions;
mod show;

use crate::auth::Needs::SignedIn;
use crate::routes::Routes;

/// `/account` and below it; they want the layer of the sessions around them.
pub fn routes() -> Routes {
    Routes::new()
        .get("/account", SignedIn, show::show)
        .post("/account/name", SignedIn, show::rename)
        .post("/account/password", SignedIn, password::change)
        .post("/account/email", SignedIn, email::change)
        .post("/account/sessions/end", SignedIn, sessions::end)
        .post("/account/passkeys/new", SignedIn, passkeys::ask)
        .post("/account/passkeys", SignedIn, passkeys::add)
        .post("/account/passkeys/remove", SignedIn, passkeys::remove)
        .get("/account/second-factor", SignedIn.again(), factor::show)
        .post("/account/second-factor", SignedIn, factor::confirm)
        .post("/account/second-factor/codes", SignedIn, factor::renew)
        .post("/account/second-factor/remove", SignedIn, factor::remove)
}
