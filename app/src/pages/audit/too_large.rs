//! An export that has more rows than the tier allows: why nothing came, and how all of it can be had.

use domain::limits::Limit;
use leptos::prelude::*;

use super::Around;
use super::model::TooLarge;
use crate::document::Document;
use crate::ui::money::{count, things};
use crate::ui::pill::Tone;
use crate::ui::{ButtonLink, Card, Notice, PageHeader};

/// Renders the page.
pub fn page(page: &TooLarge) -> Document {
    match &page.around {
        Around::Tenant(frame) => frame.render("Audit log export", || body(page)),
        Around::Platform(frame) => frame.render("Audit log export", || body(page)),
    }
}

fn body(page: &TooLarge) -> AnyView {
    let list = page.around.list(&page.query.at(None));
    let rows = things(page.allowed, "row", "rows");
    let part = format!("{}&rows={}", page.around.export(&page.query), page.allowed);
    let rest = page.around.export(&page.query.at(Some(page.rest)));
    let words = format!(
        "This export has more than {}. The {} plan allows {}. Nothing was exported.",
        rows,
        page.tier,
        Limit::ExportRows.things(page.allowed)
    );
    let label = format!("Export the newest {}", count(page.allowed));
    view! {
        <PageHeader title="Audit log export" back=(list.clone(), "Audit log")/>
        <Notice tone=Tone::Attention>{words}</Notice>
        <Card title="Narrow the export">
            <p>"Filter by date, user, action or source in "<a href=list>"the audit log"</a>", then export again."</p>
        </Card>
        <Card title="Or export it in parts">
            <p>"Export the newest rows first, then continue with the older rows. Together, the parts hold every row \
                once."</p>
            <div class="actions">
                <ButtonLink href=part label=label/>
                <ButtonLink href=rest label="Continue with older rows"/>
            </div>
        </Card>
    }
    .into_any()
}
