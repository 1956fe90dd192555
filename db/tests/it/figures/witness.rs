//! What is stored at the end of a history, seen by witnesses that share nothing with how it was written.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use db::stores::Store;
use db::testing::TestDb;
use db::{Access, Scope};
use domain::calendar::{Tz, day_of};
use domain::ids::OrderId;
use domain::orders::refund::Parts;
use domain::orders::{ItemKind, NewOrder, OrderQuery, PaymentKind};
use domain::page::Limit;
use domain::settings::ReturnDay;
use uuid::Uuid;

use super::history::{Action, STORES};

/// A witness that shares nothing with what was stored: the order itself, and where it is found.
pub async fn reads_as_it_was_placed(scope: &Scope, id: OrderId, order: &NewOrder, zone: Tz) {
    let row = db::orders::show::by_id(scope, id).await.unwrap().order;
    let day = day_of(order.placed_at(), zone);
    assert_eq!((row.placed_at, row.local_day), (order.placed_at(), day), "{zone}");
    let buyer = order.customer().map(|c| (c.email.clone(), c.name.clone(), c.phone.clone(), c.external_id.clone()));
    assert_eq!(row.customer.map(|c| (c.email, c.name, c.phone, c.external_id)), buyer);
    let finds = async |query: OrderQuery| {
        let query = OrderQuery { limit: Limit::new(200).unwrap(), ..query };
        db::orders::list::list(scope, &query).await.unwrap().rows.iter().any(|row| row.id == id)
    };
    assert!(finds(OrderQuery { from: Some(day), to: Some(day), ..OrderQuery::default() }).await, "{day}");
    let email = order.customer().and_then(|c| c.email.clone());
    let external = order.customer().and_then(|c| c.external_id.clone());
    let skus = order.items().iter().filter(|i| i.kind == ItemKind::Product).filter_map(|i| i.sku.clone());
    let spellings = email.into_iter().chain(skus).flat_map(|text| [text.to_lowercase(), text]);
    let numbers = [order.number().to_owned(), order.number().to_ascii_lowercase()];
    for text in spellings.chain(external).chain(numbers) {
        assert!(finds(OrderQuery { q: Some(text.clone()), ..OrderQuery::default() }).await, "{text:?}");
    }
}

/// Payments, fulfilments and refunds come to what the order's row and lines say, and its statuses follow from them.
pub async fn stands_as_its_records_say(scope: &Scope, id: OrderId, told: &NewOrder) {
    let detail = db::orders::show::by_id(scope, id).await.unwrap();
    let (order, standing) = (&detail.order, &detail.standing);
    assert_eq!(
        (order.status, order.payment_status, order.fulfilment_status),
        (standing.status, standing.payment_status(), standing.fulfilment_status()),
        "{standing:?}"
    );
    let mut refunded = Parts::default();
    for refund in &detail.refunds {
        assert_eq!(refund.parts.total(), refund.amount);
        refunded += refund.parts;
    }
    assert_eq!((refunded, refunded.total()), (standing.refunded, order.refunded));
    let is_income = |kind: PaymentKind| matches!(kind, PaymentKind::Charge | PaymentKind::Capture);
    let income: i64 = detail.payments.iter().filter(|payment| is_income(payment.kind)).map(|p| p.amount).sum();
    // An order of which no payment was told was paid when it was placed.
    let paid = if told.history().payments.is_some() { income } else { told.amounts().total() };
    assert_eq!((detail.facts.paid, standing.paid), (paid, paid));
    assert!(refunded.total() <= paid || refunded.total() == 0, "{refunded:?} of {paid}");
    let pieces = |position: i32, lines: &[(i32, i64)]| -> i64 {
        lines.iter().filter(|line| line.0 == position).map(|line| line.1).sum()
    };
    for line in &standing.lines {
        let sent: i64 = detail.fulfilments.iter().map(|sent| pieces(line.position, &sent.lines)).sum();
        let back: i64 = detail.refunds.iter().map(|refund| pieces(line.position, &refund.lines)).sum();
        assert_eq!((sent, back), (line.fulfilled, line.refunded), "{line:?}");
    }
    let amounts = told.amounts();
    assert_eq!((standing.amounts, order.total), (*amounts, amounts.total()), "what it came to is never changed");
}

/// A refund: store, when it was made, when its order was placed, currency and the part for goods.
type Made = (Uuid, DateTime<Utc>, DateTime<Utc>, String, i64);

/// A witness that shares nothing with the recount: the calendar of this program, and the rules as the history chose them.
pub async fn refunds_lie_where_the_rules_say(db: &TestDb, access: &Access, stores: &[Store], actions: &[Action]) {
    let mut rules = [ReturnDay::Return; STORES];
    for action in actions {
        if let Action::CountReturnsOn(store, rule) = action {
            rules[*store] = *rule;
        }
    }
    let owner = db.owner(access.tenant()).await;
    let sql =
        "select store_id, at, order_placed_at, currency, amount - shipping - tax - fees from refunds where is_counted";
    let made: Vec<Made> = sqlx::query_as(sql).fetch_all(&owner).await.unwrap();
    let sql = "select count(*) from refunds f join orders o on o.id = f.order_id where f.is_counted = (o.status = 'cancelled')";
    let wrong: i64 = sqlx::query_scalar(sql).fetch_one(&owner).await.unwrap();
    assert_eq!(wrong, 0, "refunds of cancelled orders count in nothing, all others do");
    let mut expected: BTreeMap<(Uuid, NaiveDate, String), (i64, i64)> = BTreeMap::new();
    for (id, at, placed_at, currency, amount) in made {
        let (store, rule) = stores.iter().zip(rules).find(|(store, _)| store.id.0 == id).unwrap();
        let instant = if rule == ReturnDay::Order { placed_at } else { at };
        let sum = expected.entry((id, day_of(instant, store.zone), currency)).or_default();
        *sum = (sum.0 + 1, sum.1 + amount);
    }
    let kept: Vec<(Uuid, NaiveDate, String, i64, i64)> = sqlx::query_as(
        "select store_id, day, currency, refunds, refunded from rollup_days where refunds <> 0 or refunded <> 0",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let kept: BTreeMap<_, _> =
        kept.into_iter().map(|(id, day, currency, n, sum)| ((id, day, currency), (n, sum))).collect();
    assert_eq!(kept, expected);
}
