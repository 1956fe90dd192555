//! The form that gives money back: everything that is left, or by line.

use db::orders::{ItemRow, OrderDetail};
use domain::money::Money;
use domain::orders::{ItemKind, OrderKind};
use domain::settings::ReturnDay;
use leptos::prelude::*;

use super::model::{OrderPage, Refunding};
use crate::ui::field::sentence;
use crate::ui::money::{Amount, count, text};
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Look, Notice, TextArea};

/// What can still be given back, if anything.
pub fn left(detail: &OrderDetail) -> Option<Money> {
    let standing = &detail.standing;
    let possible = standing.kind == OrderKind::Sale && standing.refundable() > 0;
    possible.then(|| Money::new(standing.refundable(), detail.order.currency))
}

const FREE_ORDER: &str = "This order was free, so there is nothing to refund. Returned items of a free order cannot \
    be recorded here.";
const SPENT: &str = "This order has nothing left to refund.";

/// The form, with what was typed before.
pub fn refund_form(page: &OrderPage, typed: &Refunding) -> AnyView {
    let Some(left) = left(&page.order) else {
        let words = if page.order.standing.is_free() { FREE_ORDER } else { SPENT };
        return view! { <Notice tone=Tone::Info>{words}</Notice> }.into_any();
    };
    let (action, keep) = (page.below("refund"), page.address());
    let consequence = consequence(page);
    let (lines, seen) = (lines(page, typed), page.order.order.refunded.to_string());
    let general =
        ["order", "amount"].iter().filter_map(|field| typed.faults.of(field).map(str::to_owned)).map(|words| {
            view! { <Notice tone=Tone::Critical>{words}</Notice> }
        });
    let general = general.collect_view();
    let (reason, fault) = (typed.reason.clone(), typed.faults.of("reason").map(str::to_owned));
    let several = page.order.items.len() > 1 || page.order.items.iter().any(|item| item.quantity > 1);
    let (lines, by_line) =
        several.then(|| (lines, view! { <Button label="Refund selected lines" name="extent" value="lines"/> })).unzip();
    view! {
        <Card title=format!("Refund order {}", page.number())>
            <form class="stack" method="post" action=action>
                <input type="hidden" name="seen" value=seen/>
                {general}
                <p>{consequence}</p>
                {lines}
                <TextArea name="reason" label="Reason" value=reason fault hint="Optional. Shown in the order's \
                    timeline."/>
                <div class="actions">
                    {by_line}
                    <Button label=format!("Refund remaining {}", text(left)) look=Look::Primary name="extent" value="full"/>
                    <ButtonLink href=keep label="Back to order" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn consequence(page: &OrderPage) -> String {
    let store = page.frame.stores.iter().find(|store| store.slug == page.order.order.store);
    let day = match store.map(|store| store.returns_on).unwrap_or_default() {
        ReturnDay::Return => "today".to_owned(),
        ReturnDay::Order => format!("the day of the order, {}", page.clock().day(page.order.order.local_day)),
    };
    format!("Records a refund dated today and lowers the figures of {day}. Send the money with your payment provider.")
}

fn lines(page: &OrderPage, typed: &Refunding) -> AnyView {
    let row = |item: &ItemRow| {
        let before = typed.quantities.iter().find(|(position, _)| *position == item.position).map(|(_, q)| q.clone());
        let fault = typed.faults.of(&format!("lines[{}]", item.position)).map(str::to_owned);
        line(page, item, before.unwrap_or_default(), fault)
    };
    let rows = page.order.items.iter().map(row).collect_view();
    let columns =
        vec![Column::text("Line"), Column::figures("Price"), Column::figures("Refundable"), Column::figures("Refund")];
    view! { <Table caption="Refundable lines" columns dense=true>{rows}</Table> }.into_any()
}

// Lines of one title are told apart by their place.
fn label(page: &OrderPage, item: &ItemRow) -> String {
    let alike = page.order.items.iter().filter(|other| other.title == item.title).count();
    let place = if alike > 1 { format!(", line {}", item.position) } else { String::new() };
    format!("Quantity of {} to refund{place}", item.title)
}

fn line(page: &OrderPage, item: &ItemRow, typed: String, fault: Option<String>) -> impl IntoView + use<> {
    let left = item.quantity - item.refunded_quantity;
    let name = format!("line_{}", item.position);
    let label = label(page, item);
    let below = fault.map(|fault| view! { <p class="fault">{sentence(&fault)}</p> });
    let invalid = below.is_some().then_some("true");
    let price = match item.kind {
        ItemKind::Discount => -item.unit_price.abs(),
        ItemKind::Product | ItemKind::Shipping | ItemKind::Fee => item.unit_price,
    };
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
            <td class="num"><Amount money=Money::new(price, page.order.order.currency)/></td>
            <td class="num">{count(left)}</td>
            <td class="num">{input}{below}</td>
        </tr>
    }
}
