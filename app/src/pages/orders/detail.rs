//! One order: items and timeline at the left, money and customer at the right, and what can be done to it.

use db::orders::neighbours::OrderName;
use domain::fields::FieldErrors;
use domain::orders::number::shown;
use leptos::prelude::*;

use super::model::{Asked, OrderPage};
use super::money::{items_card, money_card};
use super::refund_form::refund_form;
use super::timeline::{customer_card, notes_card, timeline_card};
use crate::document::Document;
use crate::ui::icon::{Icon, Sign};
use crate::ui::pill::{Pill, Tone, of_order};
use crate::ui::{Button, ButtonLink, Card, Look, Notice, PageHeader, TextArea, When};
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
            Asked::Nothing => None,
            Asked::Cancel { reason, faults } => Some(cancel_form(page, reason, faults)),
            Asked::Refund(refunding) => Some(refund_form(page, refunding)),
        };
        let actions = actions(page);
        view! {
            <PageHeader title=page.number() note=note back=back>{actions}</PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
            {asked}
            <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
                <div class="flex flex-col gap-3.5">
                    {items_card(page)}
                    {timeline_card(page)}
                </div>
                <div class="flex flex-col gap-3.5">
                    {money_card(page)}
                    {customer_card(page)}
                    {notes_card(page)}
                </div>
            </div>
        }
    })
}

/// Links to the forms that the order allows; a form that is open needs no link.
fn actions(page: &OrderPage) -> AnyView {
    let idle = page.asked == Asked::Nothing;
    let can_cancel = page.order.standing.check_cancel().is_ok();
    let can_refund = super::refund_form::left(&page.order).is_some();
    let refund = (page.may_refund && can_refund && idle).then(|| {
        view! { <ButtonLink href=page.below("refund") label="Refund" writes=true/> }
    });
    let cancel = (page.may_cancel && can_cancel && idle).then(|| {
        view! { <ButtonLink href=page.below("cancel") label="Cancel order" writes=true/> }
    });
    view! { {neighbours(page)}{refund}{cancel} }.into_any()
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

fn cancel_form(page: &OrderPage, reason: &str, faults: &FieldErrors) -> AnyView {
    let order = &page.order.order;
    let title = format!("Cancel order {}?", page.number());
    let consequence = format!(
        "This removes {} from the figures of {}. You cannot undo this. Stoa does not notify the customer or send \
         money.",
        order.total(),
        page.clock().day(order.local_day),
    );
    let (action, keep) = (page.below("cancel"), page.address());
    let label = format!("Cancel order {}", page.number());
    let refused =
        faults.of("order").map(str::to_owned).map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
    let (reason, fault) = (reason.to_owned(), faults.of("reason").map(str::to_owned));
    view! {
        <Card title=title>
            <form class="stack" method="post" action=action>
                {refused}
                <p>{consequence}</p>
                <TextArea name="reason" label="Reason" value=reason fault hint="Optional. Shown in the order's \
                    timeline."/>
                <div class="actions">
                    <Button label=label look=Look::Danger/>
                    <ButtonLink href=keep label="Keep order" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}
