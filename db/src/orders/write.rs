//! The rows of new orders: order, lines and the first timeline entry, in one statement for any number of orders with up to
//! [`LINES_AT_ONCE`] lines, and one more for each such number of lines beyond.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::day_of;
use domain::email;
use domain::orders::{NewCustomer, NewItem};
use sea_orm::Value;
use uuid::Uuid;

use super::place::{Candidate, Via};
use crate::catalog::Variants;
use crate::customers::Buyers;
use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

/// Separates tags on their way into an array; control characters are refused in tags.
const UNIT_SEPARATOR: &str = "\u{1f}";

// SQL: orders, lines and timeline of a batch in one statement.
const SQL: &str = "
with placed as (
  insert into orders (tenant_id, store_id, placed_at, id, local_day, number, kind, status, payment_status, fulfilment_status,
    currency, customer_id, item_count, gross, discounts, shipping, tax, fees, total, note, tags, created_at, updated_at,
    customer_email, customer_email_key, customer_name, customer_phone, customer_external_id, customer_country)
  select $1, $2, o.placed_at, o.id, o.local_day, o.number, o.kind, 'open', 'paid', 'unfulfilled',
    o.currency, nullif(o.customer_id, '00000000-0000-0000-0000-000000000000'), o.item_count,
    o.gross, o.discounts, o.shipping, o.tax, o.fees, o.gross - o.discounts + o.shipping + o.tax + o.fees,
    nullif(o.note, ''), case o.tags when '' then '{}' else string_to_array(o.tags, E'\\x1f') end, $3, $3,
    nullif(o.email, ''), nullif(o.email_key, ''), nullif(o.name, ''), nullif(o.phone, ''), nullif(o.external_id, ''), nullif(o.country, '')
  from unnest($4::timestamptz[], $5::uuid[], $6::date[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::int[],
    $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::text[],
    $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[])
    o (placed_at, id, local_day, number, kind, currency, customer_id, item_count, gross, discounts, shipping, tax, fees, note, tags,
      email, email_key, name, phone, external_id, country)),
lines as (
  insert into order_items (tenant_id, store_id, placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount)
  select $1, $2, i.placed_at, i.order_id, i.position, nullif(i.variant_id, '00000000-0000-0000-0000-000000000000'),
    nullif(i.sku, ''), i.title, i.kind, i.quantity, i.unit_price, i.amount
  from unnest($25::timestamptz[], $26::uuid[], $27::int[], $28::uuid[], $29::text[], $30::text[], $31::text[],
    $32::bigint[], $33::bigint[], $34::bigint[])
    i (placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount))
insert into order_timeline (tenant_id, order_placed_at, order_id, at, id, kind, actor, details)
select $1, t.placed_at, t.id, $3, t.id, 'placed', $35, $36::jsonb
from unnest($4::timestamptz[], $5::uuid[]) t (placed_at, id)";

// SQL: any number of lines in one statement.
const MORE_LINES: &str = "
insert into order_items (tenant_id, store_id, placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount)
select $1, $2, i.placed_at, i.order_id, i.position, nullif(i.variant_id, '00000000-0000-0000-0000-000000000000'),
  nullif(i.sku, ''), i.title, i.kind, i.quantity, i.unit_price, i.amount
from unnest($3::timestamptz[], $4::uuid[], $5::int[], $6::uuid[], $7::text[], $8::text[], $9::text[],
  $10::bigint[], $11::bigint[], $12::bigint[])
  i (placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount)";

/// Most lines that one statement carries: what it takes to build and to send bounds the memory of a batch, and other requests
/// are served between two statements.
const LINES_AT_ONCE: usize = 10_000;

/// A line of an order: the order, the line, its position.
type Line<'a> = (&'a Candidate<'a>, &'a NewItem, i32);

/// Writes the rows of `fresh`.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn rows(
    tx: &Tx,
    store: &Store,
    fresh: &[&Candidate<'_>],
    variants: &Variants,
    buyers: &Buyers,
    via: Via,
) -> Result<(), DataError> {
    let mut values: Vec<Value> = vec![store.id.0.into(), tx.scope().now().into()];
    values.extend(order_columns(store, fresh, buyers));
    values.extend(customer_columns(fresh));
    let lines: Vec<Line<'_>> = fresh
        .iter()
        .flat_map(|c| c.order.items().iter().zip(1_i32..).map(move |(item, position)| (*c, item, position)))
        .collect();
    let (first, more) = lines.split_at(lines.len().min(LINES_AT_ONCE));
    values.extend(item_columns(first, variants));
    let how = match via {
        Via::Api => serde_json::json!({"via": "api"}),
        Via::Import => serde_json::json!({"via": "import"}),
    };
    values.extend([tx.scope().actor().to_string().into(), how.into()]);
    tx.run(SQL, values).await?;
    for lines in more.chunks(LINES_AT_ONCE) {
        let values = std::iter::once(store.id.0.into()).chain(item_columns(lines, variants));
        tx.run(MORE_LINES, values).await?;
    }
    Ok(())
}

fn order_columns(store: &Store, fresh: &[&Candidate<'_>], buyers: &Buyers) -> [Value; 15] {
    let times: Vec<DateTime<Utc>> = fresh.iter().map(|c| c.order.placed_at()).collect();
    let ids: Vec<Uuid> = fresh.iter().map(|c| c.id.0).collect();
    let days: Vec<NaiveDate> = fresh.iter().map(|c| day_of(c.order.placed_at(), store.zone)).collect();
    let text =
        |read: fn(&Candidate<'_>) -> String| -> Value { fresh.iter().map(|c| read(c)).collect::<Vec<_>>().into() };
    let amount =
        |read: fn(&Candidate<'_>) -> i64| -> Value { fresh.iter().map(|c| read(c)).collect::<Vec<_>>().into() };
    let customers: Vec<Uuid> = fresh.iter().map(|c| buyers.of(c.order.customer())).collect();
    let counts: Vec<i32> = fresh.iter().map(|c| i32::try_from(c.order.items().len()).unwrap_or(i32::MAX)).collect();
    [
        times.into(),
        ids.into(),
        days.into(),
        text(|c| c.order.number().to_owned()),
        text(|c| c.order.kind().to_string()),
        text(|c| c.order.currency().to_string()),
        customers.into(),
        counts.into(),
        amount(|c| c.order.amounts().gross),
        amount(|c| c.order.amounts().discounts),
        amount(|c| c.order.amounts().shipping),
        amount(|c| c.order.amounts().tax),
        amount(|c| c.order.amounts().fees),
        text(|c| c.order.note().unwrap_or_default().to_owned()),
        text(|c| c.order.tags().join(UNIT_SEPARATOR)),
    ]
}

// As they were told with each order.
fn customer_columns(fresh: &[&Candidate<'_>]) -> [Value; 6] {
    let text = |read: fn(&NewCustomer) -> Option<String>| -> Value {
        fresh.iter().map(|c| c.order.customer().and_then(read).unwrap_or_default()).collect::<Vec<_>>().into()
    };
    [
        text(|c| c.email.clone()),
        text(|c| c.email.as_deref().map(email::key)),
        text(|c| c.name.clone()),
        text(|c| c.phone.clone()),
        text(|c| c.external_id.clone()),
        text(|c| c.country.clone()),
    ]
}

fn item_columns(lines: &[Line<'_>], variants: &Variants) -> [Value; 10] {
    let lines = || lines.iter();
    let text =
        |read: fn(&NewItem) -> String| -> Value { lines().map(|(_, item, _)| read(item)).collect::<Vec<_>>().into() };
    let number =
        |read: fn(&NewItem) -> i64| -> Value { lines().map(|(_, item, _)| read(item)).collect::<Vec<_>>().into() };
    [
        lines().map(|(c, _, _)| c.order.placed_at()).collect::<Vec<_>>().into(),
        lines().map(|(c, _, _)| c.id.0).collect::<Vec<_>>().into(),
        lines().map(|(_, _, n)| *n).collect::<Vec<_>>().into(),
        lines().map(|(_, item, _)| variants.of(item).map_or(Uuid::nil(), |v| v.id.0)).collect::<Vec<_>>().into(),
        text(|item| item.sku.clone().unwrap_or_default()),
        text(|item| item.title.clone()),
        text(|item| item.kind.to_string()),
        number(|item| item.quantity),
        number(|item| item.unit_price),
        number(NewItem::amount),
    ]
}
