//! Making a tenant with its first owner.

use app::frame::Place;
use app::pages::platform::tenants::{MadeOwner, NewTenantForm, create, made};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::DataError;
use db::people::passwords::{self, Passwords};
use db::platform::{FirstOwner, NewTenant};
use domain::fields::FieldErrors;
use http::{HeaderValue, header};

use super::PATH;
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{frame, value};
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

/// The form.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn ask(admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    Ok(answer::ok(form(&admin, visit, Vec::new(), FieldErrors::default()).await?, create).await)
}

/// Makes the tenant, or names every fault.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn submit(
    State(passwords): State<Passwords>,
    admin: PlatformAdmin,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let password = passwords::made()?;
    let email = value(&pairs, "email").trim();
    let new =
        NewTenant { slug: value(&pairs, "slug").trim(), name: value(&pairs, "name"), tier: value(&pairs, "tier") };
    let owner = FirstOwner { email, password: &password, passwords: &passwords };
    match admin.platform.create_tenant_with(new, Some(owner)).await {
        Ok(done) if done.made_account => {
            let (slug, email) = (new.slug.to_owned(), email.to_owned());
            let page = MadeOwner { frame: frame(&admin, visit, Place::Tenants), slug, email, password };
            let mut response = answer::ok(page, made).await;
            // Nobody keeps a page with a password on it.
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Ok(_) => Ok(answer::done(&format!("{PATH}/{}", new.slug), "made").into_response()),
        Err(DataError::Invalid(faults)) => Ok(answer::faulty(form(&admin, visit, pairs, faults).await?, create).await),
        Err(error) => Err(error.into()),
    }
}

async fn form(
    admin: &PlatformAdmin,
    visit: Visit,
    typed: Pairs,
    faults: FieldErrors,
) -> Result<NewTenantForm, PageError> {
    let mut tiers = admin.platform.tiers().await?;
    tiers.retain(|tier| tier.retired_at.is_none());
    Ok(NewTenantForm { frame: frame(admin, visit, Place::Tenants), tiers, typed, faults })
}
