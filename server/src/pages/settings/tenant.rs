//! Settings of the tenant as a whole, and its stores.

use std::sync::Arc;

use app::frame::Section;
use app::pages::settings::{SettingsPage, page as view, store_address};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::stores::{self, NewStore};
use db::{DataError, Scope, settings};
use domain::fields::FieldErrors;
use domain::permission::Permission;
use domain::settings::TenantForm;

use crate::auth::Member;
use crate::config::Config;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

/// The settings.
///
/// # Errors
/// For strangers, staff and viewers, and when PostgreSQL fails.
pub async fn show(State(config): State<Arc<Config>>, member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    let page = assemble(&config, &scope, &member, visit, Pairs::new(), FieldErrors::default()).await?;
    Ok(answer::ok(page, view).await)
}

/// Adds a store.
///
/// # Errors
/// For strangers, staff and viewers, and when PostgreSQL fails.
pub async fn add_store(
    State(config): State<Arc<Config>>,
    member: Member,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    let typed = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
    let currency = typed("currency").to_uppercase();
    let new = NewStore { slug: typed("slug"), name: typed("name"), time_zone: typed("time_zone"), currency: &currency };
    let made = stores::create(&scope, new).await;
    match made {
        Ok(_) => {
            let path = store_address(&member.membership.slug, typed("slug"));
            Ok(answer::done(&path, "added").into_response())
        }
        Err(error) => again(&config, &scope, &member, visit, pairs, error).await,
    }
}

/// Changes what is set for the tenant as a whole, all or nothing.
///
/// # Errors
/// For strangers, staff and viewers, and when PostgreSQL fails.
pub async fn save(
    State(config): State<Arc<Config>>,
    member: Member,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    change(&config, &scope, &member, visit, TenantForm::General, pairs).await
}

/// Chooses the hour of the backups.
///
/// # Errors
/// For strangers, staff and viewers, and when PostgreSQL fails.
pub async fn backups(
    State(config): State<Arc<Config>>,
    member: Member,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageBackups)?;
    change(&config, &scope, &member, visit, TenantForm::Backups, pairs).await
}

async fn change(
    config: &Config,
    scope: &Scope,
    member: &Member,
    visit: Visit,
    form: TenantForm,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let word = match form {
        TenantForm::General => "saved",
        TenantForm::Backups => "hour",
    };
    match settings::change_tenant(scope, form, &pairs).await {
        Ok(()) => Ok(answer::done(&format!("/t/{}/settings", member.membership.slug), word).into_response()),
        Err(error) => again(config, scope, member, visit, pairs, error).await,
    }
}

async fn again(
    config: &Config,
    scope: &Scope,
    member: &Member,
    visit: Visit,
    typed: Pairs,
    error: DataError,
) -> Result<Response, PageError> {
    let DataError::Invalid(faults) = error else { return Err(error.into()) };
    let page = assemble(config, scope, member, visit, typed, faults).await?;
    Ok(answer::faulty(page, view).await)
}

async fn assemble(
    config: &Config,
    scope: &Scope,
    member: &Member,
    visit: Visit,
    typed: Pairs,
    faults: FieldErrors,
) -> Result<SettingsPage, DataError> {
    let done = visit.done().and_then(done_words);
    Ok(SettingsPage {
        settings: settings::of_tenant(scope).await?,
        backup_days: db::backups::retention_days(scope, config.backups.days).await?,
        retention_quarters: config.retention_quarters,
        frame: frame(scope, member, visit, Section::Settings, None).await?,
        typed,
        faults,
        done,
    })
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "hour" => Some("Backup time saved."),
        "saved" => Some("Settings saved."),
        _ => None,
    }
}
