//! One order: items and timeline at the left, money and customer at the right, and what can be done to it.

use db::orders::neighbours::OrderName;
use domain::orders::number::shown;
use domain::orders::{OrderKind, OrderStatus};
use leptos::prelude::*;

use super::cancel_form::cancel_form;
use super::edit_form::edit_form;
use super::facts::{addresses_card, facts_card};
use super::fulfil_form::fulfil_form;
use super::fulfilments::fulfilments_card;
use super::items::items_card;
use super::model::{Asked, OrderPage};
use super::money::{payment_card, value_card};
use super::pay_form::pay_form;
use super::refund_form::{left, refund_form};
use super::timeline::{customer_card, notes_card, timeline_card};
use crate::document::Document;
use crate::ui::icon::{Icon, Sign};
use crate::ui::pill::{Pill, Tone, of_order};
use crate::ui::{Button, ButtonLink, Look, Notice, PageHeader, When};
use crate::url;

/// Renders the page.
pub fn page(page: &OrderPage) -> Document {
    let order = &page.order.order;
    page.frame.render(&format!("Order {}", page.number()), || {
        let clock = page.clock();
        let states = of_order(order);
        let pills = states.into_iter().map(|(tone, label)| view! { <Pill tone label/> }).collect_view();
        let (at, store) = (order.placed_at, page.order.store_name.clone());
        let note = view! { {pills}" "<When at clock/>" · "{store} }.into_any();
        let back = (url::orders(page.frame.tenant(), &page.within), "Orders");
        let asked = match &page.asked {
            Asked::Nothing | Asked::Note(_) => None,
            Asked::Refused(words) => {
                let words = words.clone();
                Some(view! { <Notice tone=Tone::Critical>{words}</Notice> }.into_any())
            }
            Asked::Pay(filled) => Some(pay_form(page, filled)),
            Asked::Fulfil(filled) => Some(fulfil_form(page, filled)),
            Asked::Cancel(filled) => Some(cancel_form(page, filled)),
            Asked::Refund(filled) => Some(refund_form(page, filled)),
            Asked::Edit(editing) => Some(edit_form(page, editing)),
        };
        let actions = actions(page);
        view! {
            <PageHeader title=page.number() note=note back=back>{actions}</PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
            {asked}
            <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
                <div class="flex flex-col gap-3.5">
                    {items_card(page)}
                    {fulfilments_card(page)}
                    {timeline_card(page)}
                </div>
                <div class="flex flex-col gap-3.5">
                    {value_card(page)}
                    {payment_card(page)}
                    {customer_card(page)}
                    {addresses_card(page)}
                    {notes_card(page)}
                    {facts_card(page)}
                </div>
            </div>
        }
    })
}

/// Buttons for what the order allows: links to forms, and what needs none. While a form is open, there is only that.
fn actions(page: &OrderPage) -> AnyView {
    let is_idle = matches!(page.asked, Asked::Nothing | Asked::Refused(_) | Asked::Note(_));
    let offered = is_idle.then(|| offered(page));
    view! { {neighbours(page)}{offered} }.into_any()
}

fn offered(page: &OrderPage) -> AnyView {
    let standing = &page.order.standing;
    let is_open = page.order.order.status != OrderStatus::Cancelled && page.order.order.kind == OrderKind::Sale;
    let is_unsent = is_open && !standing.unsent().is_empty();
    let link = |step: &str, label: &'static str, look: Look| {
        view! { <ButtonLink href=page.below(step) label look writes=true/> }.into_any()
    };
    let writes = page.may_write;
    let fulfil = (writes && is_unsent && !standing.is_on_hold).then(|| link("fulfil", "Fulfil items", Look::Primary));
    let refund = (page.may_refund && left(&page.order).is_some()).then(|| link("refund", "Refund", Look::Secondary));
    let edit = writes.then(|| link("edit", "Edit", Look::Secondary));
    let hold = (writes && (is_unsent || standing.is_on_hold) && is_open).then(|| {
        let label = if standing.is_on_hold { "Release hold" } else { "Hold" };
        press(page, "hold", ("held", !standing.is_on_hold), label)
    });
    let is_closed = page.order.order.status == OrderStatus::Closed;
    let close = (writes && page.order.order.status != OrderStatus::Cancelled)
        .then(|| press(page, "close", ("closed", !is_closed), if is_closed { "Reopen order" } else { "Close order" }));
    let cancel =
        (page.may_cancel && standing.check_cancel().is_ok()).then(|| link("cancel", "Cancel order", Look::Secondary));
    view! { {fulfil}{refund}{edit}{hold}{close}{cancel} }.into_any()
}

// A button that needs no form of its own.
fn press(page: &OrderPage, step: &str, (name, value): (&'static str, bool), label: &'static str) -> AnyView {
    view! {
        <form method="post" action=page.below(step)>
            <Button label name=name value=value.to_string()/>
        </form>
    }
    .into_any()
}

fn neighbours(page: &OrderPage) -> impl IntoView + use<> {
    let step = |order: &Option<OrderName>, way: &'static str, rel: &'static str, sign: Sign| match order {
        Some(order) => {
            let href = url::order_within(page.frame.tenant(), &order.store, &order.number, &page.within);
            let label = format!("{way} order {}", shown(&order.number));
            view! { <a class="btn" rel=rel href=href aria-label=label.clone() title=label><Icon sign/></a> }.into_any()
        }
        None => view! { <span class="btn btn-off" aria-disabled="true"><Icon sign/></span> }.into_any(),
    };
    let newer = step(&page.neighbours.newer, "Newer", "prev", Sign::ArrowLeft);
    let older = step(&page.neighbours.older, "Older", "next", Sign::ArrowRight);
    view! { <nav class="btn-pair" aria-label="Newer and older orders">{newer}{older}</nav> }
}
