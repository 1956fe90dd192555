//! For whom places in lists are sealed: whoever asks, in the tenant that they ask about.

use db::Scope;
use db::platform::{Platform, PlatformTx};
use domain::page::{List, Seal};

use crate::state::AppState;

/// For `list` of the scope's tenant, as its actor reads it.
pub fn of(state: &AppState, scope: &Scope, list: List) -> Seal {
    state.cursors.of(scope.tenant(), scope.actor().id(), list, scope.now())
}

/// For `list` of the whole installation, as one of its admins reads it.
pub fn of_platform(state: &AppState, platform: &Platform, list: List) -> Seal {
    state.cursors.of(PlatformTx::NIL, platform.actor().id(), list, state.db.clock().now())
}
