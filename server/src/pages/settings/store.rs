//! Settings of one store.

use app::frame::Section;
use app::pages::settings::{StorePage, StoreValues, store_address, store_page as view};
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Response};
use db::stores::Store;
use db::{DataError, Scope, settings, stores};
use domain::fields::FieldErrors;
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

/// Which store the address names.
#[derive(Debug, Deserialize)]
pub struct Named {
    store: String,
}

/// The settings.
///
/// # Errors
/// For strangers, staff and viewers, unknown stores, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit, Path(named): Path<Named>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    let page = assemble(&scope, &member, visit, &named, Pairs::new(), FieldErrors::default()).await?;
    Ok(answer::ok(page, view).await)
}

/// Changes them, all or nothing.
///
/// # Errors
/// For strangers, staff and viewers, unknown stores, and when PostgreSQL fails.
pub async fn change(
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    let done = settings::change(&scope, &named.store, &pairs).await;
    over(&scope, &member, visit, &named, pairs, (done, "saved")).await
}

/// Says how many pieces of a SKU are on the shelf.
///
/// # Errors
/// For strangers, staff and viewers, unknown stores, and when PostgreSQL fails.
pub async fn stock(
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    find(&scope, &named).await?;
    let done = level(&scope, &named.store, &pairs).await;
    over(&scope, &member, visit, &named, pairs, (done, "counted")).await
}

async fn level(scope: &Scope, store: &str, pairs: &Pairs) -> Result<(), DataError> {
    let typed = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
    let mut faults = FieldErrors::default();
    let mut number = |name: &str| {
        let found = typed(name).parse::<i64>();
        faults.add_if(found.is_err(), name, "Enter a whole number.");
        found.unwrap_or_default()
    };
    let (quantity, threshold) = (number("quantity"), number("threshold"));
    faults.add_if(typed("sku").is_empty(), "sku", "Enter a value.");
    faults.into_result(())?;
    match db::stock::set(scope, store, typed("sku"), quantity, threshold).await {
        Err(DataError::NotFound("SKU")) => {
            let words = "This SKU has no orders in this store yet.";
            Err(FieldErrors::one("sku", words).into())
        }
        done => done,
    }
}

async fn over(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    named: &Named,
    pairs: Pairs,
    (done, word): (Result<(), DataError>, &str),
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(answer::done(&store_address(&member.membership.slug, &named.store), word).into_response()),
        Err(DataError::Invalid(faults)) => {
            let page = assemble(scope, member, visit, named, pairs, faults).await?;
            Ok(answer::faulty(page, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

async fn find(scope: &Scope, named: &Named) -> Result<Store, DataError> {
    let known = stores::known(scope).await?;
    known.into_iter().find(|s| s.slug == named.store).ok_or(DataError::NotFound("store"))
}

async fn assemble(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    named: &Named,
    typed: Pairs,
    faults: FieldErrors,
) -> Result<StorePage, DataError> {
    let store = find(scope, named).await?;
    let settings = settings::of_store(scope, &store).await?;
    let done = visit.done().and_then(done_words);
    let mut frame = frame(scope, member, visit, Section::Settings, None).await?;
    // What is set for a store is told by its clock.
    frame.zone = store.zone;
    Ok(StorePage {
        settings: (*settings).clone(),
        has_orders: settings::has_orders(scope, store.id).await?,
        frame,
        slug: store.slug,
        typed: StoreValues(typed),
        faults,
        done,
    })
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "added" => Some("Store added."),
        "saved" => Some("Settings saved."),
        "counted" => Some("Stock level saved."),
        _ => None,
    }
}
