//! What is sold: a variant for every SKU of a product item, each in a product of its own until they are grouped. Both are
//! called as the order calls them that was placed last.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::ids::{ProductId, VariantId};
use domain::limits::Limit;
use domain::orders::{ItemKind, NewItem, NewOrder};
use domain::text_key::sought;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::entities::{TenantQueries, product};
use crate::error::DataError;
use crate::limits;
use crate::scope::{Scope, Tx};
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
    title: String,
    titled_at: Option<DateTime<Utc>>,
}

/// What an order calls something, and when it was placed.
#[derive(Clone, Copy)]
struct Title<'a> {
    text: &'a str,
    at: DateTime<Utc>,
}

/// What a SKU is called, where its orders come with a better name for it than their lines have.
pub type Named<'a> = dyn Fn(&str) -> Option<&'a str> + Sync + 'a;

// By SKU: the order in which rows are locked.
type Titles<'a> = BTreeMap<&'a str, Title<'a>>;

/// Finds the variants of the items of `orders`, making those that are missing and renaming those that have another title
/// now. One statement when nothing is new, one more for new titles, three for new variants.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn ensure<'a>(
    tx: &Tx,
    store: &Store,
    orders: impl Iterator<Item = &'a NewOrder>,
    named: &Named<'a>,
) -> Result<Variants, DataError> {
    let mut titles = newest(orders, named);
    let rows = find(tx, store, &titles).await?;
    rename(tx, &rows, &titles).await?;
    let mut found: HashMap<String, VariantIds> = rows.into_iter().map(Row::pair).collect();
    titles.retain(|sku, _| !found.contains_key(*sku));
    if !titles.is_empty() {
        // New SKUs are rare. One maker at a time, so that two orders with the same new SKU make it once.
        // SQL: an advisory lock has no word in the query builder.
        tx.run("select pg_advisory_xact_lock(hashtextextended('catalog:' || $1::text, 7))", []).await?;
        found.extend(find(tx, store, &titles).await?.into_iter().map(Row::pair));
        titles.retain(|sku, _| !found.contains_key(*sku));
        found.extend(make(tx, store, &titles).await?);
    }
    Ok(Variants(found))
}

fn newest<'a>(orders: impl Iterator<Item = &'a NewOrder>, named: &Named<'a>) -> Titles<'a> {
    let mut titles = Titles::new();
    for order in orders {
        let at = order.placed_at();
        for item in order.items().iter().filter(|item| item.kind == ItemKind::Product) {
            let Some(sku) = &item.sku else { continue };
            let title = Title { text: named(sku).unwrap_or(&item.title), at };
            titles
                .entry(sku)
                .and_modify(|known| {
                    if known.at <= at {
                        *known = title
                    }
                })
                .or_insert(title);
        }
    }
    titles
}

async fn find(tx: &Tx, store: &Store, titles: &Titles<'_>) -> Result<Vec<Row>, DataError> {
    let skus: Vec<String> = titles.keys().map(|sku| (*sku).to_owned()).collect();
    if skus.is_empty() {
        return Ok(Vec::new());
    }
    // One probe of the unique index each, also while the table has no statistics.
    // SQL: one probe of the unique index for each SKU, also while the table has no statistics.
    let sql = "select v.sku, v.id, v.product_id, v.title, v.titled_at from unnest($3::text[]) w (sku) cross join lateral ( \
               select * from variants v where v.tenant_id = $1 and v.store_id = $2 and v.sku = w.sku limit 1) v";
    tx.all(sql, [store.id.0.into(), skus.into()]).await
}

// The titles that differ and were given by an order older than this one. Whether the present title was sold later than
// that under the same name, the lines say: rarely asked, so not kept with every order.
async fn rename(tx: &Tx, rows: &[Row], titles: &Titles<'_>) -> Result<(), DataError> {
    let is_newer =
        |row: &Row, title: &Title<'_>| title.text != row.title && row.titled_at.is_none_or(|at| at <= title.at);
    let renamed =
        rows.iter().filter_map(|row| Some((row.id, *titles.get(row.sku.as_str())?)).filter(|(_, t)| is_newer(row, t)));
    let renamed: Vec<(Uuid, Title<'_>)> = renamed.collect();
    if renamed.is_empty() {
        return Ok(());
    }
    // Locked one after the other, in the order in which everybody does.
    // SQL: any number of titles in one statement, locked in order.
    let sql = "with named as ( \
                 update variants v set title = w.title, titled_at = w.at from ( \
                   select w.* from unnest($2::uuid[], $3::text[], $4::timestamptz[]) w (id, title, at) cross join lateral ( \
                     select from variants v where v.tenant_id = $1 and v.id = w.id for no key update) l) w \
                 where v.tenant_id = $1 and v.id = w.id and (v.titled_at is null or v.titled_at <= w.at) and not exists ( \
                   select from order_items i where i.tenant_id = $1 and i.variant_id = w.id and i.placed_at > w.at) \
                 returning v.product_id, v.title) \
               update products p set title = named.title from named where p.tenant_id = $1 and p.id = named.product_id";
    let ids: Vec<Uuid> = renamed.iter().map(|(id, _)| *id).collect();
    let texts: Vec<String> = renamed.iter().map(|(_, title)| title.text.to_owned()).collect();
    let times: Vec<DateTime<Utc>> = renamed.iter().map(|(_, title)| title.at).collect();
    tx.run(sql, [ids.into(), texts.into(), times.into()]).await.map(drop)
}

/// What a product is called; none when the tenant has no such product. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn title(scope: &Scope, product: ProductId) -> Result<Option<String>, DataError> {
    let tx = scope.begin().await?;
    let found = tx.find::<product::Entity>().filter(product::Column::Id.eq(product.0)).one(tx.conn()).await?;
    tx.end();
    Ok(found.map(|product| product.title))
}

async fn make(tx: &Tx, store: &Store, titles: &Titles<'_>) -> Result<HashMap<String, VariantIds>, DataError> {
    if titles.is_empty() {
        return Ok(HashMap::new());
    }
    let clock = tx.scope().clock();
    let made: HashMap<String, VariantIds> =
        titles.keys().map(|sku| ((*sku).to_owned(), VariantIds { id: clock.id(), product: clock.id() })).collect();
    let ids =
        |read: fn(&VariantIds) -> Uuid| titles.keys().filter_map(|sku| made.get(*sku)).map(read).collect::<Vec<_>>();
    let skus: Vec<String> = titles.keys().map(|sku| (*sku).to_owned()).collect();
    let names: Vec<String> = titles.values().map(|title| title.text.to_owned()).collect();
    let now = tx.scope().now();
    tx.run(&insert_products(), [store.id.0.into(), now.into(), ids(|v| v.product.0).into(), names.clone().into()])
        .await?;
    // SQL: any number of variants in one statement.
    let variants = "insert into variants (tenant_id, store_id, id, product_id, sku, sku_key, title, titled_at, created_at) \
                    select $1, $2, v.id, v.product_id, v.sku, v.sku_key, v.title, v.at, $3 \
                    from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::timestamptz[]) \
                      v (id, product_id, sku, sku_key, title, at)";
    let keys: Vec<String> = skus.iter().map(|sku| sought(sku)).collect();
    let times: Vec<DateTime<Utc>> = titles.values().map(|title| title.at).collect();
    let values = [
        store.id.0.into(),
        now.into(),
        ids(|v| v.id.0).into(),
        ids(|v| v.product.0).into(),
        skus.into(),
        keys.into(),
        names.into(),
        times.into(),
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
    // SQL: any number of products in one statement, counted as they are made.
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
