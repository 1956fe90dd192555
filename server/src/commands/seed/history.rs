//! Four months of orders of one store: busier towards weekends and evenings, growing a little, with some returns,
//! refunds and cancellations.

use chrono::{DateTime, Datelike, Duration, NaiveTime, Utc};
use db::orders::place::{self, Placed, Via};
use db::orders::{cancel, refund};
use db::stores::Store;
use db::{Access, Db, Scope};
use domain::calendar::{day_of, days_before, local_to_utc};
use domain::orders::new_order::Draft;
use domain::orders::refund::RefundRequest;
use domain::orders::{ItemKind, NewCustomer, NewItem, NewOrder, OrderKind};
use domain::permission::Permission;

use super::super::failure::Failure;
use super::catalogue::{BUYERS, GOODS};
use super::chance::Chance;

const DAYS: u64 = 120;
const BATCH: usize = 200;

/// Stores the history that ends at `until`, unless its last order is there already; how many orders were made.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn ensure(db: &Db, access: &Access, store: &Store, until: DateTime<Utc>) -> Result<usize, Failure> {
    let orders = history(store, until);
    let Some(last) = orders.last() else { return Ok(0) };
    let scope = access.scope(Permission::WriteOrders)?;
    if db::orders::show::by_number(&scope, &store.slug, last.number()).await.is_ok() {
        return Ok(0);
    }
    let mut made = 0;
    for batch in orders.chunks(BATCH) {
        place::prepare(db, batch).await?;
        let tx = scope.begin().await?;
        let placed = place::place(&tx, store, batch, Via::Api).await?;
        tx.commit().await?;
        made += placed.iter().filter(|p| matches!(p, Placed::Stored(_))).count();
        afterwards(&scope, batch, &placed).await?;
    }
    Ok(made)
}

// What people did with some of the orders later.
async fn afterwards(scope: &Scope, orders: &[NewOrder], placed: &[Placed]) -> Result<(), Failure> {
    for (order, placed) in orders.iter().zip(placed) {
        let Placed::Stored(id) = placed else { continue };
        let mut chance = Chance::of(order.number());
        if order.kind() == OrderKind::Return {
            continue;
        }
        match chance.below(100) {
            0 => cancel::cancel(scope, *id, "Ordered twice by mistake").await?,
            1 => drop(refund::refund(scope, *id, &RefundRequest::lines(vec![(1, 1)]), "Arrived damaged", None).await?),
            _ => {}
        }
    }
    Ok(())
}

fn history(store: &Store, until: DateTime<Utc>) -> Vec<NewOrder> {
    let mut chance = Chance::of(&store.slug);
    let today = day_of(until, store.zone);
    let mut drafts = Vec::new();
    for age in (0..DAYS).rev() {
        let day = days_before(today, age);
        let weekend = if day.weekday().number_from_monday() >= 5 { 5 } else { 0 };
        let count = 7 + (DAYS - age) / 24 + weekend + chance.below(6);
        for _ in 0..count {
            let time = NaiveTime::MIN + Duration::seconds(clock(&mut chance));
            drafts.push(draft(store, &mut chance, local_to_utc(day.and_time(time), store.zone)));
        }
    }
    drafts.retain(|draft| draft.placed_at < until);
    drafts.sort_by_key(|draft| draft.placed_at);
    let numbered = drafts.into_iter().zip(10_001..).map(|(draft, n)| Draft { number: n.to_string(), ..draft });
    numbered.filter_map(|draft| draft.check(until).ok()).collect()
}

// Seconds after midnight: the mean of three throws, moved towards the evening.
fn clock(chance: &mut Chance) -> i64 {
    let throw = (0..3).map(|_| chance.below(86_400)).sum::<u64>() / 3;
    i64::try_from((throw + 3 * 3_600).min(86_399)).unwrap_or(0)
}

fn draft(store: &Store, chance: &mut Chance, placed_at: DateTime<Utc>) -> Draft {
    let is_return = chance.percent(4);
    let mut items: Vec<NewItem> = (0..1 + chance.below(3)).map(|_| good(chance, is_return)).collect();
    if !is_return && chance.percent(15) {
        items.push(NewItem {
            sku: None,
            title: "Welcome discount".into(),
            kind: ItemKind::Discount,
            quantity: 1,
            unit_price: -200,
            ..NewItem::default()
        });
    }
    let goods: i64 = items.iter().map(NewItem::amount).sum();
    let postage = if is_return || goods > 5_000 { 0 } else { 395 };
    let kind = if is_return { OrderKind::Return } else { OrderKind::Sale };
    Draft {
        customer: chance.percent(85).then(|| buyer(chance)),
        items,
        shipping: postage,
        tax: goods / 6,
        note: chance.percent(3).then(|| "Please leave with the neighbour at number 12.".into()),
        tags: if chance.percent(10) { vec!["gift".into()] } else { Vec::new() },
        ..Draft::new("", kind, placed_at, store.currency)
    }
}

fn good(chance: &mut Chance, is_return: bool) -> NewItem {
    let (sku, title, unit_price) = *chance.favourite(&GOODS);
    let pieces = if chance.percent(20) { 2 } else { 1 };
    let quantity = if is_return { -pieces } else { pieces };
    NewItem { sku: Some(sku.into()), title: title.into(), quantity, unit_price, ..NewItem::default() }
}

fn buyer(chance: &mut Chance) -> NewCustomer {
    let (name, address) = *chance.favourite(&BUYERS);
    NewCustomer { email: Some(format!("{address}@example.com")), name: Some(name.into()), ..NewCustomer::default() }
}
