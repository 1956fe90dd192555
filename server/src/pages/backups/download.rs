//! A tenant's own copy of its rows, as one archive.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::ids::BackupId;
use domain::permission::{Permission, Rights};
use http::header;
use jobs::Tools;
use jobs::backups::BackupError;

use crate::auth::Member;
use crate::error::PageError;

/// Streams the backup; what is damaged breaks off the download instead of ending it.
///
/// # Errors
/// For strangers, for backups of others or that are gone, without the permission or those to read what is in it, and when
/// the storage fails.
pub async fn show(
    State(tools): State<Arc<Tools>>,
    member: Member,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageBackups)?;
    // Everything is in it: whoever may not read that elsewhere does not read it here.
    scope.may_grant(&Rights::of_backup()).map_err(|_| PageError::Forbidden)?;
    let id: BackupId = id.parse().map_err(|_| PageError::NotFound)?;
    let backups = tools.backups.as_ref().ok_or(PageError::NotFound)?;
    let (length, pieces) = match jobs::backups::download(backups, &scope, id).await {
        Ok(found) => found,
        Err(BackupError::Data(error)) => return Err(error.into()),
        Err(error) => return Err(failed(&error)),
    };
    db::audit::record(&scope, "backup.download", &id.to_string(), serde_json::json!({})).await?;
    let name = format!("attachment; filename=\"stoa-{slug}-{id}.tar\"");
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn failed(error: &BackupError) -> PageError {
    db::DataError::Refused(error.to_string()).into()
}
