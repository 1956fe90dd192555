//! The routes that begin and end sessions: the only ones that need the session itself. All others only ask who
//! is behind the cookie.

use super::Needs::{Nothing, PlatformAdmin, SignedIn};
use super::{code, confirm_email, forgot, impersonation, invitation, passkeys, proof, sign_in, sign_out, sso};
use crate::account;
use crate::routes::Routes;

/// Signing in and out, and everything else that begins, ends or renames a session; they want the layer of the sessions
/// around them.
pub fn routes() -> Routes {
    const IMPERSONATION: &str = "/platform/tenants/{slug}/impersonation/{member}";
    Routes::new()
        .get("/login", Nothing, sign_in::show)
        .post("/login", Nothing, sign_in::submit)
        .get("/login/code", Nothing, code::show)
        .post("/login/code", Nothing, code::submit)
        .get("/login/passkey", Nothing, passkeys::back)
        .post("/login/passkey", Nothing, passkeys::ask)
        .post("/login/passkey/finish", Nothing, passkeys::finish)
        .get("/login/sso", Nothing, sso::form)
        .post("/login/sso", Nothing, sso::named)
        .get("/login/sso/{tenant}", Nothing, sso::show)
        .get("/login/oidc/{tenant}/callback", Nothing, sso::finish)
        .get("/login/oidc", Nothing, sso::moved)
        .get("/login/oidc/{tenant}", Nothing, sso::moved)
        .get("/forgot-password", Nothing, forgot::show)
        .post("/forgot-password", Nothing, forgot::submit)
        .get("/reset-password/{secret}", Nothing, forgot::show_reset)
        .post("/reset-password/{secret}", Nothing, forgot::reset)
        .get("/confirm-email/{secret}", Nothing, confirm_email::show)
        .post("/confirm-email/{secret}", Nothing, confirm_email::submit)
        .get("/invitation/{secret}", Nothing, invitation::show)
        .post("/invitation/{secret}", Nothing, invitation::submit)
        .get("/platform/tenants/{slug}/members", PlatformAdmin, impersonation::members)
        .get(IMPERSONATION, PlatformAdmin, impersonation::ask)
        .post(IMPERSONATION, PlatformAdmin.again(), impersonation::begin)
        // For whoever impersonates a member, who may write nothing else; to everybody else they are not there, which they
        // see to themselves.
        .get("/impersonation/write-access", Nothing, impersonation::ask_write_access)
        .post("/impersonation/write-access", Nothing, impersonation::grant_write_access)
        .post("/impersonation/end", Nothing, impersonation::end)
        .get("/confirm", SignedIn, proof::show)
        .post("/confirm", SignedIn, proof::submit)
        .post("/logout", Nothing, sign_out::here)
        .post("/account/sign-out-everywhere", SignedIn, sign_out::everywhere)
        .merge(account::routes())
}
