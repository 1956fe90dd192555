//! Another name, another tier.

use app::frame::Place;
use app::pages::platform::jobs::{Confirm, confirm};
use app::pages::platform::tenants::show as view;
use app::pages::platform::tiers::changes;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Response};
use db::DataError;
use domain::fields::FieldErrors;

use super::{PATH, said, show};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{frame, is_sure, value};
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

/// Gives the tenant another name.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn rename(
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let name = value(&pairs, "name");
    match admin.platform.rename_tenant(&slug, name).await {
        Ok(changed) => {
            let word = if changed { "renamed" } else { "unchanged" };
            Ok(answer::done(&format!("{PATH}/{slug}"), word).into_response())
        }
        Err(DataError::Invalid(faults)) => {
            let mut page = show::read(&admin, visit, &slug).await?;
            (page.name, page.faults) = (name.to_owned(), faults);
            Ok(answer::faulty(page, view).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// Says what another tier would change for the tenant, or puts it there.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn tier(
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let wanted = value(&pairs, "tier");
    if is_sure(&pairs) {
        return match admin.platform.put_on_tier(&slug, wanted).await {
            Ok(changed) => {
                let word = if changed { "moved" } else { "unchanged" };
                Ok(answer::done(&format!("{PATH}/{slug}"), word).into_response())
            }
            Err(DataError::Invalid(faults)) => faulty(&admin, visit, &slug, faults).await,
            Err(error) => Err(error.into()),
        };
    }
    let tenant = admin.platform.tenant(&slug).await?;
    let (before, after) = (admin.platform.tier(&tenant.tier).await?, admin.platform.tier(wanted).await);
    let Ok(after) = after else {
        let faults = FieldErrors::one("tier", format!("There is no tier '{wanted}'."));
        return faulty(&admin, visit, &slug, faults).await;
    };
    let mut words = changes(&before.terms, &after.terms);
    if words.is_empty() {
        words.push("Both tiers have the same limits and features.".to_owned());
    }
    let figures = admin.platform.figures(&[tenant.id]).await?.remove(&tenant.id).unwrap_or_default();
    let above = figures.above(&after.terms);
    words.push(match above.as_slice() {
        [] => "The tenant would not be over any limit.".to_owned(),
        above => format!("The tenant would have {}. Its data stays, but it could not add more.", said(above)),
    });
    let is_same = before.slug == after.slug;
    Ok(answer::ok(
        Confirm {
            frame: frame(&admin, visit, Place::Tenants),
            title: format!("Move {} to the tier {}?", tenant.name, after.name),
            words: if is_same { vec!["The tenant is already on this tier.".to_owned()] } else { words },
            action: format!("{PATH}/{slug}/tier"),
            hidden: vec![("tier".to_owned(), after.slug.clone()), ("go".to_owned(), "1".to_owned())],
            label: (!is_same).then(|| format!("Move to {}", after.name)),
            asks_why: false,
            is_final: false,
            back: format!("{PATH}/{slug}"),
            reason: String::new(),
            faults: FieldErrors::default(),
        },
        confirm,
    )
    .await)
}

async fn faulty(admin: &PlatformAdmin, visit: Visit, slug: &str, faults: FieldErrors) -> Result<Response, PageError> {
    let mut page = show::read(admin, visit, slug).await?;
    page.faults = faults;
    Ok(answer::faulty(page, view).await)
}
