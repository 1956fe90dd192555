//! The form of a webhook, understood; and changing one by it.

use std::sync::Arc;

use app::frame::Section;
use app::pages::webhooks::{EditWebhook, WebhookForm, edit as view};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::webhooks::{self, NewWebhook, Webhook};
use db::{DataError, Scope, stores};
use domain::feed::EventKind;
use domain::fields::FieldErrors;
use domain::ids::StoreId;
use domain::permission::Permission;
use domain::webhooks::Wanted;
use jobs::webhooks::check_address;

use super::one::{address, read};
use crate::auth::Member;
use crate::config::Config;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

pub(super) type Pairs = Vec<(String, String)>;

/// The webhook as it is, to be changed.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn edit(member: Member, visit: Visit, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    let webhook = webhooks::show(&scope, read(&id)?).await?;
    let form = as_it_is(&scope, &webhook).await?;
    Ok(answer::ok(page(&scope, &member, visit, webhook, form).await?, view).await)
}

/// Saves what was changed.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn save(
    State(config): State<Arc<Config>>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    let webhook = webhooks::show(&scope, read(&id)?).await?;
    let form = typed(&pairs);
    let saved = match understood(&config, &scope, &form).await {
        Ok(new) => webhooks::change(&scope, webhook.id, &new).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => Ok(answer::done(&address(&member, webhook.id), "saved").into_response()),
        Err(DataError::Invalid(faults)) => {
            let page = page(&scope, &member, visit, webhook, WebhookForm { faults, ..form }).await?;
            Ok(answer::faulty(page, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

/// What was typed.
pub(super) fn typed(pairs: &Pairs) -> WebhookForm {
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    WebhookForm {
        url: value("url"),
        description: value("description"),
        kinds: pairs.iter().filter(|(n, _)| n == "kinds").map(|(_, v)| v.clone()).collect(),
        store: value("store"),
        faults: FieldErrors::default(),
    }
}

/// What that means.
///
/// # Errors
/// Every fault by its field; when PostgreSQL fails.
pub(super) async fn understood(config: &Config, scope: &Scope, form: &WebhookForm) -> Result<NewWebhook, DataError> {
    let mut faults = FieldErrors::default();
    if let Err(words) = check_address(config.webhooks, &form.url).await {
        faults.add("url", words);
    }
    let kinds: Result<Vec<EventKind>, _> = form.kinds.iter().map(|kind| kind.parse()).collect();
    let kinds = kinds.map_err(|words: &str| faults.add("kinds", words)).unwrap_or_default();
    let store = match form.store.as_str() {
        "" => None,
        slug => known_store(scope, slug).await?.or_else(|| {
            faults.add("store", "Choose one of your stores.");
            None
        }),
    };
    let new =
        NewWebhook { url: form.url.clone(), description: form.description.clone(), wanted: Wanted { kinds, store } };
    // What is wrong with the rest is said together with that.
    for fault in new.faults().0 {
        let is_said = faults.of(&fault.field).is_some();
        faults.add_if(!is_said, fault.field, fault.message);
    }
    faults.into_result(new).map_err(DataError::from)
}

async fn as_it_is(scope: &Scope, webhook: &Webhook) -> Result<WebhookForm, DataError> {
    let stores = stores::known(scope).await?;
    let store = webhook.wanted.store.and_then(|id| stores.iter().find(|store| store.id == id));
    Ok(WebhookForm {
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        kinds: webhook.wanted.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        store: store.map(|store| store.slug.clone()).unwrap_or_default(),
        faults: FieldErrors::default(),
    })
}

async fn known_store(scope: &Scope, slug: &str) -> Result<Option<StoreId>, DataError> {
    Ok(stores::known(scope).await?.iter().find(|store| store.slug == slug).map(|store| store.id))
}

async fn page(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    webhook: Webhook,
    form: WebhookForm,
) -> Result<EditWebhook, PageError> {
    let frame = frame(scope, member, visit, Section::Webhooks, None).await?;
    Ok(EditWebhook { frame, webhook, form })
}
