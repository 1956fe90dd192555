//! All tenants.

use db::platform::TenantRow;
use leptos::prelude::*;

use crate::document::Rendered;
use crate::frame::PlatformFrame;
use crate::ui::money::things;
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Card, Clock, PageHeader, Pill, When};

/// Renders the list.
pub fn page(frame: &PlatformFrame, tenants: &[TenantRow], clock: Clock) -> Rendered {
    frame.render("Tenants", || {
        let rows = tenants.iter().map(|tenant| row(tenant, clock)).collect_view();
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
            <PageHeader title="Tenants" note=note/>
            <Card flush=true><Table caption="Tenants" columns>{rows}</Table></Card>
        }
    })
}

fn row(tenant: &TenantRow, clock: Clock) -> impl IntoView + use<> {
    let state = match tenant.suspended_at {
        Some(_) => view! { <Pill tone=Tone::Critical label="Suspended"/> },
        None => view! { <Pill label="Active"/> },
    };
    view! {
        <tr>
            <td><span class="clip wide-clip" dir="auto">{tenant.name.clone()}</span></td>
            <td><code>{tenant.slug.clone()}</code></td>
            <td>{tenant.tier.clone()}</td>
            <td class="wide"><When at=tenant.created_at clock/></td>
            <td>{state}</td>
        </tr>
    }
}
