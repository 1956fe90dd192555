//! Things to begin a test with.

use chrono::{DateTime, Utc};
use domain::orders::new_order::Draft;
use domain::orders::{NewItem, NewOrder, OrderKind};
use domain::permission::Permission;

use crate::connect::Db;
use crate::orders::place::{self, Placed, Via};
use crate::platform::Platform;
use crate::scope::{Access, Scope};
use crate::stores::{self, NewStore, Store};

/// A tenant, entered as the server itself.
pub async fn tenant(db: &Db, slug: &str) -> Access {
    let platform = Platform::command(db.clone());
    platform.ensure_tier("standard", "Standard", serde_json::json!({})).await.expect("tier");
    platform.create_tenant(slug, slug, "standard").await.expect("tenant");
    platform.enter(slug).await.expect("enter")
}

/// A store of that tenant.
pub async fn store(access: &Access, slug: &str, zone: &str, currency: &str) -> Store {
    let scope = access.scope(Permission::ManageStores).expect("scope");
    stores::create(&scope, NewStore { slug, name: slug, time_zone: zone, currency }).await.expect("store");
    let tx = scope.begin().await.expect("begin");
    stores::by_slug(&tx, slug).await.expect("the new store")
}

/// A sale of two lines: `quantity` of SKU `TEA` at 4.50 and carriage of 3.00.
pub fn order(store: &Store, number: &str, placed_at: DateTime<Utc>, quantity: i64) -> NewOrder {
    let item = |sku: Option<&str>, title: &str, kind, quantity, unit_price| NewItem {
        sku: sku.map(str::to_owned),
        title: title.into(),
        kind,
        quantity,
        unit_price,
        ..NewItem::default()
    };
    let draft = Draft {
        items: vec![
            item(Some("TEA"), "Tea", domain::orders::ItemKind::Product, quantity, 450),
            item(None, "Carriage", domain::orders::ItemKind::Shipping, 1, 300),
        ],
        ..Draft::new(number, OrderKind::Sale, placed_at, store.currency)
    };
    draft.check(placed_at).expect("a good order")
}

/// Stores orders as the API does.
pub async fn place_all(scope: &Scope, store: &Store, orders: &[NewOrder]) -> Vec<Placed> {
    place::prepare(scope.db(), orders).await.expect("partitions");
    let tx = scope.begin().await.expect("begin");
    let placed = place::place(&tx, store, orders, Via::Api).await.expect("place");
    tx.commit().await.expect("commit");
    placed
}

/// The number of the tenant's last event.
pub async fn head(access: &Access) -> i64 {
    let tx = access.scope(Permission::ReadEvents).expect("scope").begin().await.expect("begin");
    crate::feed::head(&tx).await.expect("head")
}
