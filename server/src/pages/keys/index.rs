//! All keys, and making one.

use app::frame::Section;
use app::pages::keys::{KeyForm, KeyIndex, index as view};
use axum::extract::Form;
use axum::response::Response;
use chrono::TimeDelta;
use db::api_keys::{self, NewKey};
use db::{DataError, Scope, stores};
use domain::fields::FieldErrors;
use domain::ids::StoreId;
use domain::permission::Permission;

use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

const LONGEST_LIFE: i64 = 3_650;

/// The keys.
///
/// # Errors
/// For strangers, for whoever may not manage keys, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    Ok(answer::ok(page(&scope, &member, visit, KeyForm::default(), None).await?, view).await)
}

/// Makes a key, and shows it this once.
///
/// # Errors
/// For strangers, for whoever may not manage keys, and when PostgreSQL fails.
pub async fn create(member: Member, visit: Visit, Form(pairs): Form<Pairs>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    let form = typed(&pairs);
    let made = match new_key(&scope, &form).await {
        Ok(new) => api_keys::make(&scope, &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let page = page(&scope, &member, visit, KeyForm::default(), Some(made.text)).await?;
            Ok(answer::ok(page, view).await)
        }
        Err(DataError::Invalid(faults)) => {
            Ok(answer::faulty(page(&scope, &member, visit, KeyForm { faults, ..form }, None).await?, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

fn typed(pairs: &Pairs) -> KeyForm {
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    KeyForm {
        name: value("name"),
        scopes: pairs.iter().filter(|(n, _)| n == "scopes").map(|(_, v)| v.clone()).collect(),
        store: value("store"),
        days: value("days"),
        faults: FieldErrors::default(),
    }
}

async fn new_key(scope: &Scope, form: &KeyForm) -> Result<NewKey, DataError> {
    let mut faults = FieldErrors::default();
    let days = match form.days.trim() {
        "" => None,
        days => days.parse::<i64>().ok().filter(|days| (1..=LONGEST_LIFE).contains(days)).or_else(|| {
            faults.add("expires", "Enter a number of days, at most 3,650.");
            None
        }),
    };
    let store = match form.store.as_str() {
        "" => None,
        slug => known_store(scope, slug).await?.or_else(|| {
            faults.add("store", "Choose one of your stores.");
            None
        }),
    };
    faults.into_result(())?;
    Ok(NewKey {
        name: form.name.clone(),
        scopes: form.scopes.iter().filter_map(|s| s.parse().ok()).collect(),
        store,
        expires_at: days.map(|days| scope.now() + TimeDelta::days(days)),
    })
}

async fn known_store(scope: &Scope, slug: &str) -> Result<Option<StoreId>, DataError> {
    Ok(stores::known(scope).await?.iter().find(|store| store.slug == slug).map(|store| store.id))
}

async fn page(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    form: KeyForm,
    made: Option<String>,
) -> Result<KeyIndex, PageError> {
    let done = visit.done().map(str::to_owned);
    let frame = frame(scope, member, visit, Section::Keys, None).await?;
    let keys = api_keys::list(scope).await?;
    let clock = frame.clock();
    Ok(KeyIndex { frame, keys, form, made, done, clock })
}
