//! The form that gives money back: by line and shipping, an amount of one's own, or everything that is left.

use db::orders::{ItemRow, OrderDetail};
use domain::money::Money;
use domain::orders::{ItemKind, OrderKind};
use domain::settings::ReturnDay;
use leptos::prelude::*;

use super::cancel_form::restock;
use super::faults::notices;
use super::items::is_unique;
use super::model::{Filled, OrderPage};
use crate::islands::RefundSum;
use crate::ui::field::sentence;
use crate::ui::money::{Amount, count, text};
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, TextArea};
use crate::url;

/// What can still be given back, if anything.
pub fn left(detail: &OrderDetail) -> Option<Money> {
    let standing = &detail.standing;
    let possible = standing.kind == OrderKind::Sale && standing.refundable() > 0;
    possible.then(|| Money::new(standing.refundable(), detail.order.currency))
}

const FREE_ORDER: &str = "This order was free, so there is nothing to refund. Returned items of a free order cannot \
    be recorded here.";
const UNPAID: &str = "Nothing was paid on this order, so there is nothing to refund.";
const SPENT: &str = "This order has nothing left to refund.";

/// The form, with what was typed before.
pub fn refund_form(page: &OrderPage, filled: &Filled) -> AnyView {
    let standing = &page.order.standing;
    let Some(left) = left(&page.order) else {
        let words = if standing.is_free() {
            FREE_ORDER
        } else if standing.paid <= 0 {
            UNPAID
        } else {
            SPENT
        };
        return view! { <Notice tone=Tone::Info>{words}</Notice> }.into_any();
    };
    let (action, keep) = (page.below("refund"), page.address());
    let consequence = consequence(page);
    let seen = page.order.order.refunded.to_string();
    let refused = notices(filled, |field| is_shown(page, filled, field));
    let restock = restock(page, filled.is_ticked("restock", false));
    let (reason, fault) = (filled.value("reason").unwrap_or_default(), filled.fault("reason"));
    let (by_line, amount) = (by_line(page, filled), amount(page, filled, left));
    view! {
        <Card title=format!("Refund order {}", page.number())>
            <form class="stack" method="post" action=action>
                <input type="hidden" name="seen" value=seen/>
                {refused}
                <p>{consequence}</p>
                <TextArea name="reason" label="Reason" value=reason fault hint="Optional. Shown in the order's \
                    timeline."/>
                {restock}
                {by_line}
                {amount}
                <div class="actions">
                    <Button label=format!("Refund remaining {}", text(left)) look=Look::Primary name="extent" value="full"/>
                    <ButtonLink href=keep label="Back to order" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

// What is wrong with the sum of lines is said of no field: the one of amounts was not meant.
fn is_shown(page: &OrderPage, filled: &Filled, field: &str) -> bool {
    let is_amount = filled.value("extent").as_deref() == Some("amount");
    let position = field.strip_prefix("lines[").and_then(|field| field.strip_suffix(']'));
    let is_line = |item: &ItemRow| is_listed(item) && position == Some(&*item.position.to_string());
    match field {
        "reason" => true,
        "amount" => is_amount,
        "shipping" => page.order.standing.shipping_left() > 0,
        _ => page.order.items.iter().any(is_line),
    }
}

fn consequence(page: &OrderPage) -> String {
    let store = page.frame.stores.iter().find(|store| store.slug == page.order.order.store);
    let day = match store.map(|store| store.returns_on).unwrap_or_default() {
        ReturnDay::Return => "today".to_owned(),
        ReturnDay::Order => format!("the day of the order, {}", page.clock().day(page.order.order.local_day)),
    };
    format!("Records a refund dated today and lowers the figures of {day}. Send the money with your payment provider.")
}

// Lines and shipping; none for an order of one piece alone, which is given back as a whole.
fn by_line(page: &OrderPage, filled: &Filled) -> Option<AnyView> {
    let shipping = page.order.standing.shipping_left();
    let several = page.order.items.len() > 1 || page.order.items.iter().any(|item| item.quantity > 1);
    if !several && shipping == 0 {
        return None;
    }
    let shipping = (shipping > 0).then(|| {
        let label = format!("Shipping to refund, at most {}", text(page.money(shipping)));
        let value = filled.value("shipping").unwrap_or_default();
        view! { <Field name="shipping" label kind="amount" value fault=filled.fault("shipping")/> }
    });
    Some(
        view! {
            {lines(page, filled)}
            {shipping}
            <div class="actions">
                <Button label="Refund selected lines" name="extent" value="lines"/>
                {sum(page)}
            </div>
        }
        .into_any(),
    )
}

fn amount(page: &OrderPage, filled: &Filled, left: Money) -> AnyView {
    let label = format!("Or an amount ({}), at most {}", page.order.order.currency.code(), text(left));
    let value = filled.value("amount").unwrap_or_default();
    let fault = filled.fault("amount").filter(|_| is_shown(page, filled, "amount"));
    view! {
        <div class="flex flex-wrap items-end gap-2">
            <Field name="amount" label kind="amount" value fault/>
            <Button label="Refund amount" name="extent" value="amount"/>
        </div>
    }
    .into_any()
}

// What is chosen so far, where scripts run.
fn sum(page: &OrderPage) -> AnyView {
    let order = &page.order.order;
    let address = format!("{}/refund/sum", url::order(page.frame.tenant(), &order.store, &order.number));
    let listed = page.order.items.iter().filter(|item| is_listed(item));
    let fields = listed.map(|item| format!("line_{} ", item.position)).collect::<String>() + "shipping";
    view! { <RefundSum address fields/> }.into_any()
}

fn lines(page: &OrderPage, filled: &Filled) -> AnyView {
    let row = |item: &ItemRow| line(page, filled, item);
    let rows = page.order.items.iter().filter(|item| is_listed(item)).map(row).collect_view();
    let columns =
        vec![Column::text("Line"), Column::figures("A unit"), Column::figures("Refundable"), Column::figures("Refund")];
    view! { <Table caption="Refundable lines" columns dense=true>{rows}</Table> }.into_any()
}

// A discount goes back with the lines that it reduces, and shipping has a field of its own.
const fn is_listed(item: &ItemRow) -> bool {
    matches!(item.kind, ItemKind::Product | ItemKind::Fee)
}

// Lines of one title are told apart by their place.
fn label(page: &OrderPage, item: &ItemRow) -> String {
    let place = if is_unique(page, item) { String::new() } else { format!(", line {}", item.position) };
    format!("Quantity of {} to refund{place}", item.title)
}

fn line(page: &OrderPage, filled: &Filled, item: &ItemRow) -> impl IntoView + use<> {
    let left = item.quantity - item.refunded_quantity;
    let name = format!("line_{}", item.position);
    let typed = filled.value(&name).unwrap_or_default();
    let label = label(page, item);
    let fault = filled.fault(&format!("lines[{}]", item.position));
    let below = fault.map(|fault| view! { <p class="fault">{sentence(&fault)}</p> });
    let invalid = below.is_some().then_some("true");
    let standing = &page.order.standing;
    let worth = standing.lines.iter().find(|line| line.position == item.position).filter(|_| left > 0);
    let worth = worth.map(|line| view! { <Amount money=page.money(standing.worth(line, 1).total())/> });
    let input = (left > 0).then(|| {
        view! {
            <input
                class="w-19 text-end"
                type="number"
                name=name
                min="0"
                max=left.to_string()
                step="1"
                inputmode="numeric"
                placeholder="0"
                value=typed
                aria-label=label
                aria-invalid=invalid
            />
        }
    });
    view! {
        <tr>
            <td><span class="clip" dir="auto">{item.title.clone()}</span></td>
            <td class="num">{worth}</td>
            <td class="num">{count(left)}</td>
            <td class="num">{input}{below}</td>
        </tr>
    }
}
