//! Making, changing and deleting webhooks.

use domain::fields::FieldErrors;
use domain::ids::WebhookId;
use domain::limits::Limit;
use domain::permission::Beyond;
use domain::webhooks::Wanted;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set, UpdateMany};
use serde_json::{Value, json};

use super::list::wanted;
use super::secret;
use crate::entities::{TenantQueries, webhook};
use crate::error::DataError;
use crate::limits;
use crate::scope::{Scope, Tx};
use crate::sealing::Sealer;
use crate::stores;

const LONGEST_URL: usize = 1_000;
const LONGEST_DESCRIPTION: usize = 200;

/// A webhook as somebody wants it. Whether its address is one that is asked is not looked at here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewWebhook {
    /// Where events are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which events.
    pub wanted: Wanted,
}

/// A webhook with a new secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: WebhookId,
    /// The secret's text: the only time that it can be read.
    pub secret: String,
}

/// Makes a webhook that is told of what happens from now on.
///
/// # Errors
/// What is wrong with `url`, `description`, `kinds` or `store`: nothing is sent that its maker may not read;
/// [`DataError::AtLimit`] when the tier allows no more.
pub async fn create(scope: &Scope, sealer: &Sealer, new: &NewWebhook) -> Result<Made, DataError> {
    let new = new.checked(scope)?;
    let id: WebhookId = scope.clock().id();
    let secret = secret::random()?;
    let sealed = secret::seal(sealer, scope.tenant(), id, &secret)?;
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::Webhooks).await?;
    new.check_store(&tx).await?;
    let head = crate::feed::head(&tx).await?;
    let row = webhook::ActiveModel {
        id: Set(id.0),
        secret: Set(sealed),
        read_seq: Set(head),
        created_at: Set(scope.now()),
        created_by: Set(scope.actor().to_string()),
        ..new.row()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    crate::audit::note(&tx, "webhook.create", &id.to_string(), new.told()).await?;
    tx.commit().await?;
    Ok(Made { id, secret: secret.text() })
}

/// Changes what it is. What waits to be sent goes to the new address.
///
/// # Errors
/// What is wrong with `url`, `description`, `kinds` or `store`; [`DataError::NotFound`] for a webhook that is not the
/// tenant's; [`DataError::Refused`] for one that sends what the actor may not read.
pub async fn change(scope: &Scope, id: WebhookId, new: &NewWebhook) -> Result<(), DataError> {
    let new = new.checked(scope)?;
    let tx = scope.begin().await?;
    let old = lock(&tx, id).await?;
    let before = NewWebhook { wanted: wanted(&old.kinds, old.store_id), url: old.url, description: old.description };
    refuse_beyond_own(&tx, &before.wanted)?;
    new.check_store(&tx).await?;
    update(&tx, id, new.row()).exec(tx.conn()).await?;
    crate::audit::changed(&tx, "webhook.change", &id.to_string(), before.told(), new.told()).await?;
    tx.commit().await
}

/// Deletes it, and all that it was told.
///
/// # Errors
/// [`DataError::NotFound`] for a webhook that is not the tenant's.
pub async fn delete(scope: &Scope, id: WebhookId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let old = lock(&tx, id).await?;
    tx.delete::<webhook::Entity>().filter(webhook::Column::Id.eq(id.0)).exec(tx.conn()).await?;
    crate::audit::note(&tx, "webhook.delete", &id.to_string(), json!({"url": without_secrets(&old.url)})).await?;
    tx.commit().await
}

/// Its row, locked until the transaction ends.
pub(super) async fn lock(tx: &Tx, id: WebhookId) -> Result<webhook::Model, DataError> {
    let row = tx.find::<webhook::Entity>().filter(webhook::Column::Id.eq(id.0)).lock_exclusive();
    row.one(tx.conn()).await?.ok_or(DataError::NotFound("webhook"))
}

/// An update of what `row` sets.
pub(super) fn update(tx: &Tx, id: WebhookId, row: webhook::ActiveModel) -> UpdateMany<webhook::Entity> {
    tx.update::<webhook::Entity>().filter(webhook::Column::Id.eq(id.0)).set(row)
}

/// Refuses what keeps a webhook alive, or shows what it sends, where the actor may not read all of that. Pausing and
/// deleting only take away: whoever manages webhooks may do that to any.
pub(super) fn refuse_beyond_own(tx: &Tx, wanted: &Wanted) -> Result<(), DataError> {
    let beyond = |_| DataError::Refused("This webhook sends events that you do not have access to.".to_owned());
    tx.scope().may_grant(&wanted.rights()).map_err(beyond)
}

impl NewWebhook {
    /// What is wrong with it by itself.
    pub fn faults(&self) -> FieldErrors {
        let mut faults = FieldErrors::default();
        let (url, description) = (self.url.trim(), plain(&self.description));
        faults.add_if(url.is_empty(), "url", "Enter a URL such as https://example.com/stoa.");
        faults.add_if(url.len() > LONGEST_URL, "url", "Use at most 1,000 characters.");
        let is_bad = description.chars().count() > LONGEST_DESCRIPTION || description.chars().any(char::is_control);
        faults.add_if(is_bad, "description", "Use at most 200 characters.");
        faults
    }

    fn checked(&self, scope: &Scope) -> Result<Self, FieldErrors> {
        let (url, mut faults) = (self.url.trim().to_owned(), self.faults());
        match scope.may_grant(&self.wanted.rights()) {
            Err(Beyond::Permissions(_)) => faults.add("kinds", "Select only events that you have access to."),
            Err(Beyond::Stores) => faults.add("store", "Choose a store that you have access to."),
            Ok(()) => {}
        }
        faults.into_result(Self { url, description: plain(&self.description), wanted: self.wanted.clone() })
    }

    async fn check_store(&self, tx: &Tx) -> Result<(), DataError> {
        let Some(id) = self.wanted.store else { return Ok(()) };
        let is_known = stores::list(tx).await?.iter().any(|store| store.id == id);
        if is_known { Ok(()) } else { Err(FieldErrors::one("store", "Choose one of your stores.").into()) }
    }

    fn kinds(&self) -> Vec<String> {
        self.wanted.kinds.iter().map(|kind| kind.as_str().to_owned()).collect()
    }

    // What of its row can be chosen.
    fn row(&self) -> webhook::ActiveModel {
        webhook::ActiveModel {
            url: Set(self.url.clone()),
            description: Set(self.description.clone()),
            kinds: Set(self.kinds()),
            store_id: Set(self.wanted.store.map(|store| store.0)),
            ..Default::default()
        }
    }

    // For the record.
    fn told(&self) -> Value {
        json!({"url": without_secrets(&self.url), "description": self.description, "kinds": self.kinds(), "store": self.wanted.store})
    }
}

// What stands behind a `?` is often a password of the receiver.
fn without_secrets(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
