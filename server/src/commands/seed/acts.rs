//! What people did by hand to some of the last orders, so that their timelines and the audit log tell of somebody.

use chrono::{DateTime, Utc};
use db::Access;
use db::orders::change::{self, Change};
use db::orders::show;
use db::stores::Store;
use domain::orders::edit::Edit;
use domain::orders::new_order::{NewFulfilment, NewRefund};
use domain::orders::refund::RefundRequest;
use domain::orders::{FulfilmentStatus, NewOrder, OrderKind, OrderStatus, PaymentStatus, Standing};
use domain::permission::Permission;

use super::super::failure::Failure;

// The very last orders are left as they came in.
const UNTOUCHED: usize = 5;

/// Something that somebody does to an order.
struct Act {
    suits: fn(&Standing) -> bool,
    changes: fn(DateTime<Utc>) -> Vec<Change>,
}

const ACTS: [Act; 7] = [
    Act { suits: is_to_fulfil, changes: send },
    Act { suits: is_unpaid, changes: mark_as_paid },
    Act { suits: is_to_fulfil, changes: hold },
    Act { suits: is_to_fulfil, changes: cancel },
    Act { suits: is_to_fulfil, changes: edit },
    Act { suits: is_sent, changes: give_back },
    Act { suits: is_sent, changes: close },
];

/// Lets `members`, in turn, do each of the acts to the last of `orders` that it suits. An order that was changed before is
/// left alone: then this was done already.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn perform(members: &[Access], store: &Store, orders: &[NewOrder]) -> Result<(), Failure> {
    let mut taken: Vec<&str> = Vec::new();
    for (act, member) in ACTS.iter().zip(members.iter().cycle()) {
        let suits = |order: &&NewOrder| (act.suits)(order.standing()) && !taken.contains(&order.number());
        let Some(order) = orders.iter().rev().skip(UNTOUCHED).find(suits) else { continue };
        taken.push(order.number());
        let scope = member.scope(Permission::CancelOrders)?;
        let found = show::by_number(&scope, &store.slug, order.number()).await?;
        if found.facts.version > 1 {
            continue;
        }
        for change in (act.changes)(scope.now()) {
            change::change(&scope, found.order.id, &change).await?;
        }
    }
    Ok(())
}

fn is_to_fulfil(standing: &Standing) -> bool {
    stands(standing, PaymentStatus::Paid, FulfilmentStatus::Unfulfilled)
}

fn is_unpaid(standing: &Standing) -> bool {
    stands(standing, PaymentStatus::Pending, FulfilmentStatus::Unfulfilled)
}

fn is_sent(standing: &Standing) -> bool {
    stands(standing, PaymentStatus::Paid, FulfilmentStatus::Fulfilled)
}

fn stands(standing: &Standing, payment: PaymentStatus, fulfilment: FulfilmentStatus) -> bool {
    standing.kind == OrderKind::Sale
        && standing.status == OrderStatus::Open
        && standing.payment_status() == payment
        && standing.fulfilment_status() == fulfilment
}

fn send(at: DateTime<Utc>) -> Vec<Change> {
    let parcel = NewFulfilment {
        lines: Vec::new(),
        carrier: "DPD".into(),
        tracking_number: "15509100273344".into(),
        tracking_url: "https://track.example.com/dpd/15509100273344".into(),
        at,
    };
    vec![Change::Note("Fragile: packed with extra paper.".into()), Change::Fulfil(parcel)]
}

fn mark_as_paid(_: DateTime<Utc>) -> Vec<Change> {
    vec![Change::Note("The transfer arrived without the order number.".into()), Change::MarkPaid]
}

fn hold(_: DateTime<Utc>) -> Vec<Change> {
    vec![Change::Hold(true), Change::Note("The postal code and the town do not match. Asked the customer.".into())]
}

fn cancel(at: DateTime<Utc>) -> Vec<Change> {
    let reason = "Out of stock";
    let refund = NewRefund { request: RefundRequest::full(), reason: reason.into(), at };
    vec![Change::Cancel { reason: reason.into(), restock: false }, Change::Refund { refund, seen: None }]
}

fn edit(_: DateTime<Utc>) -> Vec<Change> {
    let edit = Edit {
        customer_note: Some("Please deliver after 5 pm.".into()),
        tags: Some(vec!["evening".into()]),
        ..Edit::default()
    };
    vec![Change::Edit(Box::new(edit))]
}

fn give_back(at: DateTime<Utc>) -> Vec<Change> {
    let refund = NewRefund { request: RefundRequest::lines([(1, 1)]), reason: "Arrived damaged".into(), at };
    vec![Change::Refund { refund, seen: None }, Change::Note("The customer sent a photo.".into())]
}

fn close(_: DateTime<Utc>) -> Vec<Change> {
    vec![Change::Close(true)]
}
