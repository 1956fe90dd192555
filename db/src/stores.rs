//! Stores of a tenant.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::calendar::{Tz, day_of};
use domain::feed::EventKind;
use domain::fields::FieldErrors;
use domain::ids::StoreId;
use domain::limits::Limit;
use domain::money::Currency;
use domain::settings::ReturnDay;
use domain::slug;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Set};

use crate::entities::{TenantQueries, store};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::limits;
use crate::scope::{Scope, Tx};
use crate::settings;

/// A store as everybody needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its id.
    pub id: StoreId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its time zone: the zone of its days.
    pub zone: Tz,
    /// The currency it sells in by default.
    pub currency: Currency,
    /// Whether somebody wants to hear of each new sale. Here, so that taking an order asks for nothing more.
    pub notifies_orders: bool,
    /// Whether levels of stock are kept, for the same reason.
    pub tracks_stock: bool,
    /// On which day its refunds count. What books one asks [`return_day`].
    pub returns_on: ReturnDay,
}

/// A store to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewStore<'a> {
    /// Its name in addresses, unique in the tenant.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// An IANA zone such as `Europe/London`.
    pub time_zone: &'a str,
    /// An ISO 4217 code.
    pub currency: &'a str,
}

impl Store {
    /// Today, for this store.
    pub fn today(&self, scope: &Scope) -> NaiveDate {
        day_of(scope.now(), self.zone)
    }
}

/// All stores that the actor may see, by name. One statement; a tenant has few stores.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(tx: &Tx) -> Result<Vec<Store>, DataError> {
    Ok(seen(tx.scope(), &read(tx).await?))
}

/// All stores of the tenant, whoever asks: for what is counted for the tenant as a whole.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn all(tx: &Tx) -> Result<Vec<Store>, DataError> {
    Ok(read(tx).await?.to_vec())
}

/// Those of [`list`] for something that is only looked at: as they were at most half a second ago, or were left by the last
/// change in this process. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn known(scope: &Scope) -> Result<Vec<Store>, DataError> {
    // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
    let loading = async { Box::pin(load(scope)).await };
    Ok(seen(scope, &scope.db().stores().get(scope.tenant(), loading).await?))
}

/// [`known`] to a transaction, which reads them itself when nobody knows them.
pub(crate) async fn known_in(tx: &Tx) -> Result<Vec<Store>, DataError> {
    Ok(seen(tx.scope(), &tx.scope().db().stores().get(tx.scope().tenant(), read(tx)).await?))
}

/// The stores that the actor may see, one called `slug` among them where there is one: another process may have made it a
/// moment ago. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn known_with(scope: &Scope, slug: Option<&str>) -> Result<Vec<Store>, DataError> {
    let found = known(scope).await?;
    if slug.is_none_or(|slug| found.iter().any(|store| store.slug == slug)) {
        return Ok(found);
    }
    let tx = scope.begin().await?;
    let found = list(&tx).await?;
    tx.end();
    Ok(found)
}

/// The zone of what is about all stores of the tenant: the one that was chosen, else that of its oldest store, whichever of
/// them the actor may see. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn account_zone(scope: &Scope) -> Result<Tz, DataError> {
    if let Some(zone) = settings::of_tenant(scope).await?.zone {
        return Ok(zone);
    }
    let all = scope.db().stores().get(scope.tenant(), load(scope)).await?;
    Ok(all.iter().min_by_key(|store| store.id).map_or(Tz::UTC, |store| store.zone))
}

/// The store called `slug`.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor may not see it.
pub async fn by_slug(tx: &Tx, slug: &str) -> Result<Store, DataError> {
    list(tx).await?.into_iter().find(|s| s.slug == slug).ok_or(DataError::NotFound("store"))
}

/// The day on which refunds of the store count, for a transaction that books one. It must hold the feed's head: whoever
/// changes the rule holds it too, so nothing is booked by a rule that is over.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn return_day(tx: &Tx, store: StoreId) -> Result<ReturnDay, DataError> {
    let found = tx.find::<store::Entity>().filter(store::Column::Id.eq(store.0)).one(tx.conn()).await?;
    Ok(*found.ok_or(DataError::NotFound("store"))?.returns_on)
}

/// Makes a store.
///
/// # Errors
/// All faults of its fields, among them a slug that is taken; [`DataError::AtLimit`] when the tier allows no more.
pub async fn create(scope: &Scope, new: NewStore<'_>) -> Result<StoreId, DataError> {
    let mut errors = FieldErrors::default();
    if let Err(message) = slug::check(new.slug) {
        errors.add("slug", message);
    }
    errors.add_if(new.name.trim().is_empty(), "name", "Enter a name.");
    errors.add_if(new.time_zone.parse::<Tz>().is_err(), "time_zone", "Enter an IANA time zone such as Europe/London.");
    let currency = new.currency.parse::<Currency>().map_err(|error| error.to_string());
    if let Err(words) = currency.and_then(|currency| currency.check_on(scope.now().date_naive())) {
        errors.add("currency", words);
    }
    errors.into_result(())?;
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::Stores).await?;
    let id: StoreId = scope.clock().id();
    let row = store::ActiveModel {
        tenant_id: Set(scope.tenant().0),
        id: Set(id.0),
        slug: Set(new.slug.to_owned()),
        name: Set(new.name.trim().to_owned()),
        time_zone: Set(new.time_zone.to_owned()),
        currency: Set(new.currency.to_owned()),
        week_start: Set(1),
        created_at: Set(scope.now()),
        notifies_orders: Set(false),
        tracks_stock: Set(false),
        returns_on: Set(ReturnDay::default().into()),
    };
    tx.insert(row).exec(tx.conn()).await.map_err(DataError::from).map_err(slug_taken)?;
    crate::audit::note(&tx, "store.create", new.slug, serde_json::json!({"name": new.name})).await?;
    // Pages that are kept name all stores, so they must be drawn anew.
    let data = serde_json::json!({"id": id, "store": new.slug});
    feed::append(&tx, vec![NewEvent { kind: EventKind::StoreCreated, store: Some(id), data }]).await?;
    tx.commit().await?;
    scope.db().stores().forget(scope.tenant()).await;
    Ok(id)
}

async fn load(scope: &Scope) -> Result<Arc<[Store]>, DataError> {
    let tx = scope.begin().await?;
    let found = read(&tx).await?;
    tx.end();
    Ok(found)
}

async fn read(tx: &Tx) -> Result<Arc<[Store]>, DataError> {
    let found = tx.find::<store::Entity>().order_by_asc(store::Column::Name).all(tx.conn()).await?;
    found.into_iter().map(Store::try_from).collect()
}

fn seen(scope: &Scope, stores: &[Store]) -> Vec<Store> {
    stores.iter().filter(|store| scope.stores().includes(store.id)).cloned().collect()
}

impl TryFrom<store::Model> for Store {
    type Error = DataError;
    fn try_from(row: store::Model) -> Result<Self, DataError> {
        let bad = |what: &str, value: &str| DataError::Corrupt(format!("stores.{what} is '{value}'"));
        Ok(Self {
            id: row.id.into(),
            zone: row.time_zone.parse().map_err(|_| bad("time_zone", &row.time_zone))?,
            currency: row.currency.parse().map_err(|_| bad("currency", &row.currency))?,
            slug: row.slug,
            name: row.name,
            notifies_orders: row.notifies_orders,
            tracks_stock: row.tracks_stock,
            returns_on: *row.returns_on,
        })
    }
}

fn slug_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("stores_tenant_id_slug_key") => {
            FieldErrors::one("slug", "Another store uses this slug. Choose another.").into()
        }
        _ => error,
    }
}
