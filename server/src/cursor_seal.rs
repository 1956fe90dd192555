//! The seal of a list's cursors: a cursor works only for the actor and the tenant that it was issued for.

use db::Scope;
use db::platform::{Platform, PlatformTx};
use domain::page::{Cursors, List, Seal};

/// For `list` of the scope's tenant, as its actor reads it.
pub fn of(cursors: &Cursors, scope: &Scope, list: List) -> Seal {
    cursors.of(scope.tenant(), scope.actor().id(), list, scope.now())
}

/// For `list` of the whole installation, as one of its admins reads it.
pub fn of_platform(cursors: &Cursors, platform: &Platform, list: List) -> Seal {
    cursors.of(PlatformTx::NIL, platform.actor().id(), list, platform.db().clock().now())
}
