//! `/platform`: all tenants, for those who run the installation.

use db::platform::TenantRow;
use leptos::prelude::*;

use crate::document::{Head, Rendered};
use crate::frame::{Visitor, bare};
use crate::ui::money::things;
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Card, Clock, PageHeader, Pill, When};

/// Renders the list. Platform people see figures about tenants here, not their data.
pub fn page(visitor: Visitor, tenants: &[TenantRow], clock: Clock) -> Rendered {
    bare(&Head::plain("Platform", visitor.theme), Some(visitor), || {
        let row = |tenant: &TenantRow| {
            let state = match tenant.suspended_at {
                Some(_) => view! { <Pill tone=Tone::Critical label="Suspended"/> },
                None => view! { <Pill label="Active"/> },
            };
            view! {
                <tr>
                    <td>{tenant.name.clone()}</td>
                    <td><code>{tenant.slug.clone()}</code></td>
                    <td>{tenant.tier.clone()}</td>
                    <td class="wide"><When at=tenant.created_at clock/></td>
                    <td>{state}</td>
                </tr>
            }
        };
        let rows = tenants.iter().map(row).collect_view();
        let columns = vec![
            Column::text("Tenant"),
            Column::text("Address"),
            Column::text("Tier"),
            Column::text("Since").wide(),
            Column::text("State"),
        ];
        let number = i64::try_from(tenants.len()).unwrap_or(i64::MAX);
        let note = things(number, "tenant", "tenants").into_any();
        view! {
            <PageHeader title="Platform" note=note/>
            <div class="platform">
                <Card flush=true><Table caption="Tenants" columns>{rows}</Table></Card>
            </div>
        }
    })
}
