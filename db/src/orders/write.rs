//! The rows of new orders: order, lines and the first timeline entry, in one statement for any number of orders with up to
//! [`LINES_AT_ONCE`] lines, and one more for each such number of lines beyond; what had happened to them, where it was told,
//! in [`history`].

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::day_of;
use domain::email;
use domain::orders::new_order::Details;
use domain::orders::shares::Share;
use domain::orders::standing;
use domain::orders::{NewCustomer, NewItem, NewOrder, OrderStatus};
use sea_orm::Value;
use uuid::Uuid;

use super::history;
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
    customer_email, customer_email_key, customer_name, customer_phone, customer_external_id, customer_country,
    refunded, paid, authorized, refunded_shipping, refunded_tax, refunded_fees, prices_include_tax, is_on_hold,
    cancelled_at, cancel_reason, closed_at, external_id, source, source_updated_at, customer_note, shipping_address, billing_address)
  select $1, $2, o.placed_at, o.id, o.local_day, o.number, o.kind, o.status, o.payment_status, o.fulfilment_status,
    o.currency, nullif(o.customer_id, '00000000-0000-0000-0000-000000000000'), o.item_count,
    o.gross, o.discounts, o.shipping, o.tax, o.fees, o.gross - o.discounts + o.shipping + o.tax + o.fees,
    nullif(o.note, ''), case o.tags when '' then '{}' else string_to_array(o.tags, E'\\x1f') end, $3, $3,
    nullif(o.email, ''), nullif(o.email_key, ''), nullif(o.name, ''), nullif(o.phone, ''), nullif(o.external_id, ''), nullif(o.country, ''),
    coalesce((m.more->>'refunded')::bigint, 0), (m.more->>'paid')::bigint, (m.more->>'authorized')::bigint,
    (m.more->>'refunded_shipping')::bigint, (m.more->>'refunded_tax')::bigint, (m.more->>'refunded_fees')::bigint,
    coalesce((m.more->>'prices_include_tax')::boolean, false), coalesce((m.more->>'is_on_hold')::boolean, false),
    (m.more->>'cancelled_at')::timestamptz, m.more->>'cancel_reason', (m.more->>'closed_at')::timestamptz,
    m.more->>'external_id', m.more->>'source', (m.more->>'source_updated_at')::timestamptz, m.more->>'customer_note',
    m.more->'shipping_address', m.more->'billing_address'
  from unnest($4::timestamptz[], $5::uuid[], $6::date[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::int[],
    $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::text[],
    $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[])
    o (placed_at, id, local_day, number, kind, currency, customer_id, item_count, gross, discounts, shipping, tax, fees, note, tags,
      email, email_key, name, phone, external_id, country, status, payment_status, fulfilment_status, more)
  cross join lateral (select nullif(o.more, '')::jsonb) m (more)),
lines as (
  insert into order_items (tenant_id, store_id, placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount,
    discount, tax, refunded_quantity, fulfilled_quantity)
  select $1, $2, i.placed_at, i.order_id, i.position, nullif(i.variant_id, '00000000-0000-0000-0000-000000000000'),
    nullif(i.sku, ''), i.title, i.kind, i.quantity, i.unit_price, i.amount,
    nullif(i.discount, -9223372036854775808), nullif(i.tax, -9223372036854775808), i.refunded, nullif(i.fulfilled, 0)
  from unnest($29::timestamptz[], $30::uuid[], $31::int[], $32::uuid[], $33::text[], $34::text[], $35::text[],
    $36::bigint[], $37::bigint[], $38::bigint[], $39::bigint[], $40::bigint[], $41::bigint[], $42::bigint[])
    i (placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount, discount, tax, refunded, fulfilled))
insert into order_timeline (tenant_id, order_placed_at, order_id, at, id, kind, actor, details)
select $1, t.placed_at, t.id, $3, t.entry, $46, $43, $44::jsonb
from unnest($4::timestamptz[], $5::uuid[], $45::uuid[]) t (placed_at, id, entry)";

// SQL: any number of lines in one statement.
const MORE_LINES: &str = "
insert into order_items (tenant_id, store_id, placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount,
  discount, tax, refunded_quantity, fulfilled_quantity)
select $1, $2, i.placed_at, i.order_id, i.position, nullif(i.variant_id, '00000000-0000-0000-0000-000000000000'),
  nullif(i.sku, ''), i.title, i.kind, i.quantity, i.unit_price, i.amount,
  nullif(i.discount, -9223372036854775808), nullif(i.tax, -9223372036854775808), i.refunded, nullif(i.fulfilled, 0)
from unnest($3::timestamptz[], $4::uuid[], $5::int[], $6::uuid[], $7::text[], $8::text[], $9::text[],
  $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[])
  i (placed_at, order_id, position, variant_id, sku, title, kind, quantity, unit_price, amount, discount, tax, refunded, fulfilled)";

/// Most lines that one statement carries: what it takes to build and to send bounds the memory of a batch, and other requests
/// are served between two statements.
const LINES_AT_ONCE: usize = 10_000;

/// Stands for null in an array of numbers: no amount is as low.
const NONE: i64 = i64::MIN;

/// A line of an order: the order, the line as it was sent, what it bears and what became of it.
type Line<'a> = (&'a Candidate<'a>, &'a NewItem, Share, &'a standing::Line);

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
    values.extend(state_columns(fresh));
    let lines: Vec<Line<'_>> = fresh
        .iter()
        .flat_map(|c| {
            c.order
                .shared_items()
                .zip(&c.order.standing().lines)
                .map(move |((item, share), line)| (*c, item, share, line))
        })
        .collect();
    let (first, more) = lines.split_at(lines.len().min(LINES_AT_ONCE));
    values.extend(item_columns(first, variants));
    let (how, entry) = match via {
        Via::Api => ("api", "placed"),
        Via::Import => ("import", "placed"),
        Via::Update => ("source", "updated"),
    };
    // The first entry of an order has the order's id: none is made for it.
    let entries: Vec<Uuid> =
        fresh.iter().map(|c| if via == Via::Update { tx.scope().clock().id() } else { c.id.0 }).collect();
    let how = serde_json::json!({"via": how});
    values.extend([tx.scope().actor().to_string().into(), how.into(), entries.into(), entry.into()]);
    tx.run(SQL, values).await?;
    for lines in more.chunks(LINES_AT_ONCE) {
        let values = std::iter::once(store.id.0.into()).chain(item_columns(lines, variants));
        tx.run(MORE_LINES, values).await?;
    }
    history::rows(tx, store, fresh, via).await
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

// Where each stands, and what is told of few orders: empty for all others.
fn state_columns(fresh: &[&Candidate<'_>]) -> [Value; 4] {
    let text =
        |read: fn(&Candidate<'_>) -> String| -> Value { fresh.iter().map(|c| read(c)).collect::<Vec<_>>().into() };
    [
        text(|c| c.order.standing().status.to_string()),
        text(|c| c.order.standing().payment_status().to_string()),
        text(|c| c.order.standing().fulfilment_status().to_string()),
        text(|c| more(c.order)),
    ]
}

fn more(order: &NewOrder) -> String {
    let (history, details, standing) = (order.history(), order.details(), order.standing());
    if history.is_empty() && *details == Details::default() && !order.prices_include_tax() {
        return String::new();
    }
    let some = |amount: i64| Some(amount).filter(|amount| *amount != 0);
    let more = serde_json::json!({
        "paid": history.payments.as_ref().map(|_| standing.paid),
        "authorized": some(standing.authorized),
        "refunded": some(standing.refunded.total()),
        "refunded_shipping": some(standing.refunded.shipping),
        "refunded_tax": some(standing.refunded.tax),
        "refunded_fees": some(standing.refunded.fees),
        "prices_include_tax": order.prices_include_tax(),
        "is_on_hold": standing.is_on_hold,
        "cancelled_at": history.cancelled.as_ref().map(|cancelled| cancelled.at),
        "cancel_reason": history.cancelled.as_ref().map(|cancelled| &cancelled.reason),
        "closed_at": history.closed_at.filter(|_| standing.status == OrderStatus::Closed),
        "external_id": details.external_id,
        "source": details.source,
        "source_updated_at": details.source_updated_at,
        "customer_note": details.customer_note,
        "shipping_address": details.shipping_address,
        "billing_address": details.billing_address,
    });
    // JSON null is a value; a column that is null is none.
    let more: serde_json::Map<_, _> = more
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    serde_json::Value::Object(more).to_string()
}

fn item_columns(lines: &[Line<'_>], variants: &Variants) -> [Value; 14] {
    let lines = || lines.iter();
    let text =
        |read: fn(&NewItem) -> String| -> Value { lines().map(|(_, item, ..)| read(item)).collect::<Vec<_>>().into() };
    let number = |read: fn(&Line<'_>) -> i64| -> Value { lines().map(read).collect::<Vec<_>>().into() };
    [
        lines().map(|(c, ..)| c.order.placed_at()).collect::<Vec<_>>().into(),
        lines().map(|(c, ..)| c.id.0).collect::<Vec<_>>().into(),
        lines().map(|(.., line)| line.position).collect::<Vec<_>>().into(),
        lines().map(|(_, item, ..)| variants.of(item).map_or(Uuid::nil(), |v| v.id.0)).collect::<Vec<_>>().into(),
        text(|item| item.sku.clone().unwrap_or_default()),
        text(|item| item.title.clone()),
        text(|item| item.kind.to_string()),
        number(|(_, item, ..)| item.quantity),
        number(|(_, item, ..)| item.unit_price),
        number(|(_, item, ..)| item.amount()),
        number(|(c, _, share, _)| if c.order.amounts().discounts == 0 { NONE } else { share.discount }),
        number(|(c, _, share, _)| if c.order.amounts().tax == 0 { NONE } else { share.tax }),
        number(|(.., line)| line.refunded),
        number(|(.., line)| line.fulfilled),
    ]
}
