//! Choosing a file: the form, and the upload that follows. The file goes to the disk as it arrives.

use std::time::Duration;

use app::frame::Section;
use app::pages::imports::{ImportForm, new};
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::response::{IntoResponse, Redirect, Response};
use db::imports::Created;
use db::{DataError, Scope};
use domain::fields::FieldErrors;
use domain::imports::Format;
use domain::permission::Permission;
use http::StatusCode;
use jobs::imports::FileError;
use jobs::imports::receive::{ReceivedFile, Receiver, submit as make_run};

use crate::auth::Member;
use crate::error::{PageError, incident};
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

const MB: usize = 1024 * 1024;
/// How long an upload may send nothing before it is given up: its connection and its place on the disk are freed.
const SILENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct Chosen {
    store: String,
    format: String,
    // Its name as its owner knows it, and what arrived.
    file: Option<(String, ReceivedFile)>,
}

/// The form.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL fails.
pub async fn ask(State(state): State<AppState>, member: Member, visit: Visit) -> Result<Response, PageError> {
    let form = form(&state, &member, visit, Chosen::default(), FieldErrors::default()).await?;
    Ok(answer::ok(&new(&form)))
}

/// Takes the file in and lets a worker check it.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL or the disk fails.
pub async fn submit(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::RunImports)?;
    let body = body.map_err(|r| PageError::rejected(r.status(), "An import is uploaded with its form."))?;
    let mut chosen = Chosen::default();
    let received = receive(&state, &scope, body, &mut chosen).await;
    let made = match received {
        Ok(()) => begin(&state, &scope, &chosen).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(created) => Ok(on(&member.membership.slug, created).into_response()),
        Err(DataError::Invalid(faults)) => {
            let form = form(&state, &member, visit, chosen, faults).await?;
            Ok(answer::faulty(&new(&form)))
        }
        Err(other) => Err(other.into()),
    }
}

async fn receive(state: &AppState, scope: &Scope, mut body: Multipart, chosen: &mut Chosen) -> Result<(), DataError> {
    let broken = |error: MultipartError| DataError::Invalid(FieldErrors::one("file", words(&error, state)));
    while let Some(field) = body.next_field().await.map_err(broken)? {
        match field.name() {
            Some("store") => chosen.store = field.text().await.map_err(broken)?,
            Some("format") => chosen.format = field.text().await.map_err(broken)?,
            Some("file") if chosen.file.is_none() => {
                let name = base_name(field.file_name().unwrap_or_default());
                chosen.file = Some((name, store(state, scope, field).await?));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn store(state: &AppState, scope: &Scope, mut field: Field<'_>) -> Result<ReceivedFile, DataError> {
    let limit = u64::try_from(state.config.http.upload_limit).unwrap_or(u64::MAX);
    let mut file = Receiver::new(&state.config.data_dir, scope.tenant(), limit).await.map_err(refused)?;
    loop {
        let Ok(arrived) = tokio::time::timeout(SILENCE, field.chunk()).await else {
            let words = "The upload stopped arriving, and nothing was kept of it. Try again.";
            return Err(FieldErrors::one("file", words).into());
        };
        match arrived {
            Ok(Some(piece)) => file.write(&piece).await.map_err(refused)?,
            Ok(None) => return file.finish().await.map_err(refused),
            Err(error) => return Err(FieldErrors::one("file", words(&error, state)).into()),
        }
    }
}

async fn begin(state: &AppState, scope: &Scope, chosen: &Chosen) -> Result<Created, DataError> {
    let Some((name, file)) = &chosen.file else {
        return Err(FieldErrors::one("file", "Choose a file that is not empty.").into());
    };
    // A format that is none still gets its file taken away again: the store is looked for first, and there is none.
    let format: Option<Format> = chosen.format.parse().ok();
    let store = if format.is_some() { chosen.store.as_str() } else { "" };
    let made = make_run(scope, &state.config.data_dir, store, format.unwrap_or(Format::OrdersCsv), name, file).await;
    match made {
        Err(DataError::NotFound(_)) if format.is_none() => {
            Err(FieldErrors::one("format", "Choose one of the formats.").into())
        }
        Err(DataError::NotFound(_)) => Err(FieldErrors::one("store", "Choose one of your stores.").into()),
        made => made,
    }
}

// To the run: a new one, or the one that this very file has already.
fn on(tenant: &str, created: Created) -> Response {
    let page = |id| format!("{}/{id}", app::url::imports(tenant));
    match created {
        Created::New(run) => Redirect::to(&page(run.id)).into_response(),
        Created::Resumed(run) => answer::done(&page(run.id), "resumed"),
        Created::AlreadyDone(run) => answer::done(&page(run.id), "known"),
    }
}

async fn form(
    state: &AppState,
    member: &Member,
    visit: Visit,
    chosen: Chosen,
    faults: FieldErrors,
) -> Result<ImportForm, PageError> {
    let scope = member.scope(Permission::RunImports)?;
    let frame = frame(&scope, member, visit, Section::Imports, None).await?;
    let limit_mb = state.config.http.upload_limit / MB;
    Ok(ImportForm { frame, chosen: (chosen.store, chosen.format), faults, limit_mb })
}

fn refused(error: FileError) -> DataError {
    match error {
        FileError::Io(cause) => {
            let number = incident(&DataError::Corrupt(format!("upload: {cause}")));
            let words = format!("The server could not keep the file (incident {number}). Try again.");
            FieldErrors::one("file", words).into()
        }
        other => FieldErrors::one("file", other.to_string()).into(),
    }
}

fn words(error: &MultipartError, state: &AppState) -> String {
    let mb = state.config.http.upload_limit / MB;
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        format!("The file is larger than {mb} MB. Split it, or ask the operator for a higher limit.")
    } else {
        "The file did not arrive whole. Choose it again.".to_owned()
    }
}

// Some browsers send whole paths.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let plain: String = base.chars().filter(|c| !c.is_control()).take(200).collect();
    if plain.is_empty() { "file".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders() {
        for (given, kept) in
            [("C:\\x\\orders.csv", "orders.csv"), ("../../etc/passwd", "passwd"), ("", "file"), ("a\0b", "ab")]
        {
            assert_eq!(base_name(given), kept);
        }
    }
}
