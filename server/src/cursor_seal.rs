//! The seal of a list's cursors: a cursor works only for the actor and the tenant that it was issued for.

use db::Scope;
use db::platform::{Platform, PlatformTx};
use domain::page::{List, Seal};

use crate::state::AppState;

/// The seal for `list` of the scope's tenant, read by the scope's actor.
pub fn of(state: &AppState, scope: &Scope, list: List) -> Seal {
    state.cursors.of(scope.tenant(), scope.actor().id(), list, scope.now())
}

/// The seal for `list` of the whole installation, read by a platform admin.
pub fn of_platform(state: &AppState, platform: &Platform, list: List) -> Seal {
    state.cursors.of(PlatformTx::NIL, platform.actor().id(), list, state.db.clock().now())
}
