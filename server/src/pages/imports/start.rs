//! The word that starts a checked import.

use axum::extract::Path;
use axum::response::Redirect;
use domain::permission::Permission;

use super::show::Named;
use crate::auth::Member;
use crate::error::PageError;

/// Queues the run.
///
/// # Errors
/// For strangers and viewers, unknown imports and those at another point, and when PostgreSQL fails.
pub async fn submit(member: Member, Path(named): Path<Named>) -> Result<Redirect, PageError> {
    let scope = member.scope(Permission::RunImports)?;
    let id = named.id()?;
    db::imports::start(&scope, id).await?;
    Ok(Redirect::to(&format!("{}/{id}", app::url::imports(&member.membership.slug))))
}
