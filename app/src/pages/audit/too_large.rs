//! An export that has more rows than the tier allows: why nothing came, and how all of it can be had.

use domain::audit::AuditQuery;
use domain::limits::Limit;
use domain::page::Place;
use leptos::prelude::*;

use super::Around;
use crate::document::Rendered;
use crate::ui::money::{count, things};
use crate::ui::pill::Tone;
use crate::ui::{ButtonLink, Card, Notice, PageHeader};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct TooLarge {
    /// What surrounds it.
    pub around: Around,
    /// The filters, from where the export was to begin.
    pub query: AuditQuery,
    /// The name of the tier.
    pub tier: String,
    /// The rows that it allows.
    pub allowed: i64,
    /// Where the rows after those begin.
    pub rest: Place,
}

/// Renders the page.
pub fn page(page: &TooLarge) -> Rendered {
    match &page.around {
        Around::Tenant(frame) => frame.render("Export of the audit", || body(page)),
        Around::Platform(frame) => frame.render("Export of the audit", || body(page)),
    }
}

fn body(page: &TooLarge) -> AnyView {
    let list = page.around.list(&page.query.at(None));
    let rows = things(page.allowed, "row", "rows");
    let part = format!("{}&rows={}", page.around.export(&page.query), page.allowed);
    let rest = page.around.export(&page.query.at(Some(page.rest)));
    let words = format!(
        "This file would have more than {}, and the tier {} allows {}. Nothing was exported.",
        rows,
        page.tier,
        Limit::ExportRows.things(page.allowed)
    );
    let label = format!("The newest {} of them", count(page.allowed));
    view! {
        <PageHeader title="Export of the audit" back=(list.clone(), "Audit")/>
        <Notice tone=Tone::Attention>{words}</Notice>
        <Card title="Take less">
            <p>"Choose fewer days, one person, one action or one way on "<a href=list>"the page of the audit"</a>", and export that."</p>
        </Card>
        <Card title="Or take all of it in parts">
            <p>"Take the first part here, then go on to the older rows until none are left. Together the parts have every row once."</p>
            <div class="actions">
                <ButtonLink href=part label=label/>
                <ButtonLink href=rest label="On to the older rows"/>
            </div>
        </Card>
    }
    .into_any()
}
