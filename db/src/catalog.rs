//! What is sold: a variant for every SKU of a product item, each in a product of its own until somebody groups them.

use std::collections::{BTreeMap, HashMap};

use domain::ids::{ProductId, VariantId};
use domain::limits::Limit;
use domain::orders::{ItemKind, NewItem};
use domain::text_key::sought;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::limits;
use crate::scope::Tx;
use crate::stores::Store;

/// A variant and its product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VariantIds {
    /// What is sold under the SKU.
    pub id: VariantId,
    /// What it belongs to.
    pub product: ProductId,
}

/// The variants of some items, by SKU.
#[derive(Default)]
pub struct Variants(HashMap<String, VariantIds>);

impl Variants {
    /// The variant of an item; none for carriage, discounts, fees and items without a SKU.
    pub fn of(&self, item: &NewItem) -> Option<VariantIds> {
        if item.kind != ItemKind::Product {
            return None;
        }
        item.sku.as_ref().and_then(|sku| self.0.get(sku)).copied()
    }
}

#[derive(FromQueryResult)]
struct Row {
    sku: String,
    id: Uuid,
    product_id: Uuid,
}

/// Finds the variants of `items`, making those that are missing. One statement when none is, four otherwise.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn ensure<'a>(
    tx: &Tx,
    store: &Store,
    items: impl Iterator<Item = &'a NewItem>,
) -> Result<Variants, DataError> {
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for item in items.filter(|i| i.kind == ItemKind::Product) {
        if let Some(sku) = &item.sku {
            titles.entry(sku).or_insert(&item.title);
        }
    }
    let mut found = find(tx, store, &titles).await?;
    titles.retain(|sku, _| !found.contains_key(*sku));
    if !titles.is_empty() {
        // New SKUs are rare. One maker at a time, so that two orders with the same new SKU make it once.
        tx.run("select pg_advisory_xact_lock(hashtextextended('catalog:' || $1::text, 7))", []).await?;
        found.extend(find(tx, store, &titles).await?);
        titles.retain(|sku, _| !found.contains_key(*sku));
        found.extend(make(tx, store, &titles).await?);
    }
    Ok(Variants(found))
}

/// Gives variants, and the products made with them, their titles where they differ.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn set_titles(tx: &Tx, store: &Store, titles: &[(String, String)]) -> Result<(), DataError> {
    if titles.is_empty() {
        return Ok(());
    }
    let sql = "with named as ( \
                 update variants v set title = t.title from unnest($3::text[], $4::text[]) t (sku, title) \
                 where v.tenant_id = $1 and v.store_id = $2 and v.sku = t.sku and v.title <> t.title returning v.product_id, v.title) \
               update products p set title = named.title from named where p.tenant_id = $1 and p.id = named.product_id";
    let (skus, names): (Vec<String>, Vec<String>) = titles.iter().cloned().unzip();
    tx.run(sql, [store.id.0.into(), skus.into(), names.into()]).await.map(drop)
}

async fn find(tx: &Tx, store: &Store, titles: &BTreeMap<&str, &str>) -> Result<HashMap<String, VariantIds>, DataError> {
    let skus: Vec<String> = titles.keys().map(|sku| (*sku).to_owned()).collect();
    if skus.is_empty() {
        return Ok(HashMap::new());
    }
    // One probe of the unique index each, also while the table has no statistics.
    let sql = "select v.sku, v.id, v.product_id from unnest($3::text[]) w (sku) cross join lateral ( \
               select * from variants v where v.tenant_id = $1 and v.store_id = $2 and v.sku = w.sku limit 1) v";
    let rows: Vec<Row> = tx.all(sql, [store.id.0.into(), skus.into()]).await?;
    Ok(rows.into_iter().map(Row::pair).collect())
}

async fn make(tx: &Tx, store: &Store, titles: &BTreeMap<&str, &str>) -> Result<HashMap<String, VariantIds>, DataError> {
    if titles.is_empty() {
        return Ok(HashMap::new());
    }
    let clock = tx.scope().clock();
    let made: HashMap<String, VariantIds> =
        titles.keys().map(|sku| ((*sku).to_owned(), VariantIds { id: clock.id(), product: clock.id() })).collect();
    let ids =
        |read: fn(&VariantIds) -> Uuid| titles.keys().filter_map(|sku| made.get(*sku)).map(read).collect::<Vec<_>>();
    let skus: Vec<String> = titles.keys().map(|sku| (*sku).to_owned()).collect();
    let names: Vec<String> = titles.values().map(|title| (*title).to_owned()).collect();
    let now = tx.scope().now();
    tx.run(&insert_products(), [store.id.0.into(), now.into(), ids(|v| v.product.0).into(), names.clone().into()])
        .await?;
    let variants = "insert into variants (tenant_id, store_id, id, product_id, sku, sku_key, title, created_at) \
                    select $1, $2, v.id, v.product_id, v.sku, v.sku_key, v.title, $3 \
                    from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[]) v (id, product_id, sku, sku_key, title)";
    let keys: Vec<String> = skus.iter().map(|sku| sought(sku)).collect();
    let values = [
        store.id.0.into(),
        now.into(),
        ids(|v| v.id.0).into(),
        ids(|v| v.product.0).into(),
        skus.into(),
        keys.into(),
        names.into(),
    ];
    tx.run(variants, values).await?;
    Ok(made)
}

// Counted as they are made, because nobody counts them on a page. Above what the tier allows they are made all the
// same: their orders are not refused, and the platform sees it.
fn insert_products() -> String {
    let above = |products: &str| {
        format!("case when {products} > {} then $3::timestamptz end", limits::allowed(Limit::Products))
    };
    format!(
        "with made as (insert into products (tenant_id, store_id, id, title, created_at) \
           select $1, $2, p.id, p.title, $3::timestamptz from unnest($4::uuid[], $5::text[]) p (id, title) returning 1) \
         insert into usage_totals as r (tenant_id, products, products_over_since) \
         select $1, n.products, {} from (select count(*) as products from made) n \
         on conflict (tenant_id) do update set products = r.products + excluded.products, \
           products_over_since = coalesce(r.products_over_since, {})",
        above("n.products"),
        above("r.products + excluded.products")
    )
}

impl Row {
    fn pair(self) -> (String, VariantIds) {
        (self.sku, VariantIds { id: self.id.into(), product: self.product_id.into() })
    }
}
