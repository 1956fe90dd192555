//! Choosing a file: the form, and the upload that follows. The file goes to the disk as it arrives.

use std::sync::Arc;

use app::frame::Section;
use app::pages::imports::{ImportForm, new};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::imports::Created;
use db::orders::place::Mode;
use db::{DataError, Scope};
use domain::fields::FieldErrors;
use domain::imports::{Format, FormatChoice};
use domain::permission::Permission;
use jobs::imports::receive::{ReceivedFile, Receiver, submit as make_run};
use jobs::imports::{FileError, recognise};

use crate::auth::Member;
use crate::config::Config;
use crate::error::{PageError, logged};
use crate::input::budget::Budget;
use crate::input::multipart::{Fault, File, Layout, Part, Parts};
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

const MB: usize = 1024 * 1024;
/// Names of stores and formats are short.
const FORM: Layout = Layout { texts: &[("store", 100), ("format", 100), ("mode", 100)], file: "file" };

#[derive(Debug, Default)]
struct Chosen {
    store: String,
    format: String,
    // What becomes of orders that exist: `update` replaces them.
    mode: String,
    // Its name as its owner knows it, and what arrived.
    file: Option<(String, ReceivedFile)>,
}

impl Chosen {
    fn mode(&self) -> Mode {
        if self.mode == "update" { Mode::Update } else { Mode::Create }
    }
}

/// The form.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL fails.
pub async fn ask(State(config): State<Arc<Config>>, member: Member, visit: Visit) -> Result<Response, PageError> {
    let form = form(&config, &member, visit, Chosen::default(), FieldErrors::default()).await?;
    Ok(answer::ok(form, new).await)
}

/// Takes the file in and lets a worker check it.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL or the disk fails.
pub async fn submit(
    State(config): State<Arc<Config>>,
    State(bodies): State<Budget>,
    member: Member,
    visit: Visit,
    request: Request,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::RunImports)?;
    let mut parts = match Parts::of(request, FORM, &bodies).await {
        Ok(parts) => parts,
        Err(Fault::NoForm(status)) => {
            return Err(PageError::rejected(status, "Upload the file with the import form."));
        }
        Err(_) => return Err(PageError::Crowded),
    };
    let mut chosen = Chosen::default();
    let received = receive(&config, &scope, &mut parts, &mut chosen).await;
    if received.is_err() {
        parts.drain(config.http.upload_limit).await;
    }
    let made = match received {
        Ok(()) => begin(&config, &scope, &chosen).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(created) => Ok(on(&member.membership.slug, created).into_response()),
        Err(DataError::Invalid(faults)) => {
            let form = form(&config, &member, visit, chosen, faults).await?;
            Ok(answer::faulty(form, new).await)
        }
        Err(other) => Err(other.into()),
    }
}

async fn receive(config: &Config, scope: &Scope, parts: &mut Parts, chosen: &mut Chosen) -> Result<(), DataError> {
    while let Some(part) = parts.next().await.map_err(|fault| faulty(&fault, config))? {
        match part {
            Part::Text("store", text) => chosen.store = text,
            Part::Text("mode", text) => chosen.mode = text,
            Part::Text(_, text) => chosen.format = text,
            Part::File(file) if chosen.file.is_none() => {
                let name = base_name(file.name());
                chosen.file = Some((name, store(config, scope, file).await?));
            }
            Part::File(_) | Part::Other => {}
        }
    }
    Ok(())
}

async fn store(config: &Config, scope: &Scope, mut sent: File<'_>) -> Result<ReceivedFile, DataError> {
    let limit = u64::try_from(config.http.upload_limit).unwrap_or(u64::MAX);
    let mut file = Receiver::new(&config.data_dir, scope.tenant(), limit).await.map_err(refused)?;
    while let Some(piece) = sent.chunk().await.map_err(|fault| faulty(&fault, config))? {
        file.write(&piece).await.map_err(refused)?;
    }
    file.finish().await.map_err(refused)
}

async fn begin(config: &Config, scope: &Scope, chosen: &Chosen) -> Result<Created, DataError> {
    let Some((name, file)) = &chosen.file else {
        return Err(FieldErrors::one("file", "Choose a file that is not empty.").into());
    };
    // A file without a format still gets taken away again: the store is looked for first, and there is none.
    let format = format_of(&chosen.format, file).await;
    let store = if format.is_ok() { chosen.store.as_str() } else { "" };
    let known = format.as_ref().map_or(Format::OrdersCsv, |format| *format);
    match (make_run(scope, &config.data_dir, store, (known, chosen.mode()), name, file).await, format) {
        (Err(DataError::NotFound(_)), Err(faults)) => Err(faults),
        (Err(DataError::NotFound(_)), Ok(_)) => Err(FieldErrors::one("store", "Choose a store.").into()),
        (made, _) => made,
    }
}

async fn format_of(chosen: &str, file: &ReceivedFile) -> Result<Format, DataError> {
    match chosen.parse() {
        Ok(FormatChoice::Known(format)) => Ok(format),
        Ok(FormatChoice::Auto) => recognise(file.path.clone(), file.size).await.map_err(refused),
        Err(_) => Err(FieldErrors::one("format", "Choose a format.").into()),
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
    config: &Config,
    member: &Member,
    visit: Visit,
    chosen: Chosen,
    faults: FieldErrors,
) -> Result<ImportForm, PageError> {
    let scope = member.scope(Permission::RunImports)?;
    let frame = frame(&scope, member, visit, Section::Imports, None).await?;
    let limit_mb = config.http.upload_limit / MB;
    let updates = chosen.mode() == Mode::Update;
    Ok(ImportForm { frame, chosen: (chosen.store, chosen.format), updates, faults, limit_mb })
}

fn refused(error: FileError) -> DataError {
    match error {
        FileError::Io(cause) => {
            let request_id = logged(&DataError::Corrupt(format!("upload: {cause}")));
            let words = format!("The file could not be stored. Try again. (Request ID {request_id})");
            FieldErrors::one("file", words).into()
        }
        other => FieldErrors::one("file", other.to_string()).into(),
    }
}

fn faulty(fault: &Fault, config: &Config) -> DataError {
    fault.errors(FORM, config.http.upload_limit / MB).into()
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
