//! One import, wherever it stands.

use app::frame::Section;
use app::pages::imports::{ImportPage, show as view};
use axum::extract::{Path, Query};
use axum::response::Response;
use db::imports::{self, ProblemKey};
use db::people;
use domain::fields::FieldErrors;
use domain::ids::ImportId;
use domain::page::Limit;
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// Which import the address names.
#[derive(Debug, Deserialize)]
pub struct Named {
    id: String,
}

/// After which problem the page begins.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    after: Option<String>,
}

impl Named {
    /// Its id; what is no id names nothing.
    ///
    /// # Errors
    /// When it is none.
    pub fn id(&self) -> Result<ImportId, PageError> {
        self.id.parse().map_err(|_| PageError::NotFound)
    }
}

/// The import with one page of its problems.
///
/// # Errors
/// For strangers, unknown imports, and when PostgreSQL fails.
pub async fn show(
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadImports)?;
    let id = named.id()?;
    let after: Option<ProblemKey> =
        wanted.after.map(|text| text.parse()).transpose().map_err(|words: &str| FieldErrors::one("after", words))?;
    let done = visit.done().and_then(done_words);
    // The frame first: what happens to the run after it was read is then still announced to the page.
    let mut frame = frame(&scope, &member, visit, Section::Imports, None).await?;
    let (run, problems) = imports::show_with_problems(&scope, id, after, Limit::default()).await?;
    frame.zone = frame.zone_of(&run.store);
    let may_run = member.may(Permission::RunImports);
    let uploaded_by = match run.is_started_by(scope.actor()) {
        true => None,
        false => Some(people::emails(scope.db(), [run.actor.as_str()]).await?.remove(&run.actor).unwrap_or_default()),
    };
    let is_first = after.is_none();
    Ok(answer::ok(ImportPage { frame, run, problems, is_first, may_run, uploaded_by, done }, view).await)
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "known" => Some("This file was already imported. No changes were made."),
        "resumed" => Some("This file was already uploaded. Its current status is shown here."),
        _ => None,
    }
}
