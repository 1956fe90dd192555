//! What a check found: the first orders, the sums, and the word that starts the run.

use db::imports::{Preview, PreviewOrder};
use domain::money::Money;
use domain::orders::number::shown;
use leptos::prelude::*;

use super::model::ImportPage;
use super::outcome::figures;
use crate::ui::money::{Amount, count, things};
use crate::ui::pill::{self, Pill, Tone};
use crate::ui::table::{Column, Table};
use crate::ui::text::format;
use crate::ui::{Button, ButtonLink, Card, Look, Notice, When};
use crate::url;

/// The result of the check.
pub fn checked(page: &ImportPage) -> AnyView {
    let preview = page.run.preview.clone().unwrap_or_default();
    let orders = preview.summary.orders + preview.summary.returns;
    let ready = if orders == 0 {
        let words = "This file has no orders to import. Correct the problems below, then upload it again.";
        view! { <Notice tone=Tone::Critical>{words}</Notice> }.into_any()
    } else {
        match (page.may_run, &page.uploaded_by) {
            (false, _) => view! { <Notice tone=Tone::Info>"Your role cannot start imports. Ask a member with the role \
            Staff or higher."</Notice> }
            .into_any(),
            (true, None) => start(page, orders),
            (true, Some(email)) => uploaded_by(page, email),
        }
    };
    let sums = figures(&preview.summary, page.run.problem_count);
    let read_as = format!("Read as {}.", format(page.run.format).0);
    view! {
        <Card title="Import preview">
            <p class="text-quiet">{read_as}</p>
            {sums}
            {ready}
        </Card>
        {first_orders(page, &preview)}
    }
    .into_any()
}

fn start(page: &ImportPage, orders: u64) -> AnyView {
    let orders = things(i64::try_from(orders).unwrap_or(i64::MAX), "order", "orders");
    let (action, other) = (format!("{}/start", page.address()), format!("{}/new", url::imports(page.frame.tenant())));
    view! {
        <form class="actions" method="post" action=action>
            <Button label=format!("Import {orders}") look=Look::Primary/>
            <ButtonLink href=other label="Choose another file" writes=true look=Look::Quiet/>
        </form>
    }
    .into_any()
}

fn uploaded_by(page: &ImportPage, email: &str) -> AnyView {
    let who = if email.is_empty() { "Another member" } else { email }.to_owned();
    let new = format!("{}/new", url::imports(page.frame.tenant()));
    view! {
        <Notice tone=Tone::Info>
            <span dir="auto">{who}</span>" uploaded this file and can import it. To import it yourself, "
            <a href=new>"upload the same file"</a>"."
        </Notice>
    }
    .into_any()
}

fn first_orders(page: &ImportPage, preview: &Preview) -> Option<AnyView> {
    let clock = page.clock();
    let row = |order: &PreviewOrder| {
        let (tone, label) = pill::kind(order.kind);
        view! {
            <tr>
                <td class="num">{count(i64::try_from(order.line).unwrap_or(i64::MAX))}</td>
                <td><span class="clip">{shown(&order.number).into_owned()}</span></td>
                <td class="wide"><Pill tone label/></td>
                <td><When at=order.placed_at clock/></td>
                <td class="wide"><span class="clip" dir="auto">{order.customer.clone()}</span></td>
                <td class="num wide">{count(i64::try_from(order.items).unwrap_or(i64::MAX))}</td>
                <td class="num"><Amount money=Money::new(order.total, order.currency)/></td>
            </tr>
        }
    };
    let rows = preview.first.iter().map(row).collect_view();
    let columns = vec![
        Column::figures("Line"),
        Column::text("Number"),
        Column::text("Kind").wide(),
        Column::time("Placed", &clock),
        Column::text("Customer").wide(),
        Column::figures("Items").wide(),
        Column::figures("Total"),
    ];
    (!preview.first.is_empty()).then(|| {
        view! {
            <Card title="First orders" flush=true>
                <Table caption="First orders in the file" columns dense=true>{rows}</Table>
            </Card>
        }
        .into_any()
    })
}
