//! The form that cancels an order, and says what follows.

use leptos::prelude::*;

use super::faults::notices;
use super::model::{Filled, OrderPage};
use crate::ui::money::text;
use crate::ui::{Button, ButtonLink, Card, Look, TextArea};

/// The form, with what was typed before.
pub fn cancel_form(page: &OrderPage, filled: &Filled) -> AnyView {
    let title = format!("Cancel order {}?", page.number());
    let (action, keep) = (page.below("cancel"), page.address());
    let label = format!("Cancel order {}", page.number());
    let refused = notices(filled, |field| field == "reason");
    let (reason, fault) = (filled.value("reason").unwrap_or_default(), filled.fault("reason"));
    let (consequence, restock) = (consequence(page), restock(page, filled.is_ticked("restock", true)));
    view! {
        <Card title=title>
            <form class="stack" method="post" action=action>
                {refused}
                <p>{consequence}</p>
                {restock}
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

/// The box that puts goods back on the shelf, where the store counts them.
pub fn restock(page: &OrderPage, is_ticked: bool) -> Option<AnyView> {
    page.tracks_stock().then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="restock" value="true" checked=is_ticked/>
                "Put items back into stock"
            </label>
        }
        .into_any()
    })
}

fn consequence(page: &OrderPage) -> String {
    let order = &page.order.order;
    let day = page.clock().day(order.local_day);
    let refundable = page.order.standing.refundable();
    let paid = if refundable > 0 && order.total > 0 {
        format!(" The customer paid {}: record a refund as well.", text(page.money(refundable)))
    } else {
        String::new()
    };
    format!(
        "This removes {} from the figures of {day}. You cannot undo this. Stoa does not notify the customer or send \
         money.{paid}",
        text(order.total()),
    )
}
