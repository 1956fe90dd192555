//! One tier, to be made or changed.

use domain::limits::{Feature, Limit};
use leptos::prelude::*;

use super::model::TierForm;
use crate::document::Document;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};
use crate::url;

/// Renders the form. It posts `name`, `slug` (a new one), every limit by its name, empty for none, and the features
/// under `has`.
pub fn page(form: &TierForm) -> Document {
    form.frame.render(&form.title, || {
        let note = form.slug.as_ref().map(|slug| {
            let on = url::with_query("/platform/tenants", [("tier", slug.as_str())]);
            let number = crate::ui::money::things(form.tenants, "tenant", "tenants");
            view! { <a href=on>{number}</a>" on this tier" }.into_any()
        });
        let aside = form.slug.as_ref().map(|slug| aside(slug, form.is_retired));
        view! {
            <PageHeader title=form.title.clone() note=note.unwrap_or_else(|| ().into_any()) back=("/platform/tiers".to_owned(), "Tiers")>
                {aside}
            </PageHeader>
            {form.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {fields(form)}
        }
    })
}

fn aside(slug: &str, is_retired: bool) -> impl IntoView + use<> {
    let copy = url::with_query("/platform/tiers/new", [("from", slug)]);
    let (action, label) = if is_retired { ("offer", "Offer tier again") } else { ("retire", "Retire tier") };
    view! {
        <ButtonLink href=copy label="Copy tier"/>
        <form method="post" action=format!("/platform/tiers/{slug}/{action}")><Button label/></form>
    }
}

fn fields(form: &TierForm) -> AnyView {
    let value = |name: &str| form.typed.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let fault = |name: &str| form.faults.of(name).map(str::to_owned);
    let slug = form.slug.is_none().then(|| {
        view! { <Field name="slug" label="Slug" value=value("slug") fault=fault("slug") required=true hint="Cannot be \
        changed later."/> }
    });
    let limit = |limit: Limit| {
        let name = limit.as_str();
        let label = if limit == Limit::StorageBytes { "Storage, in bytes" } else { limit.label() };
        view! { <Field name label kind="amount" value=value(name) fault=fault(name) example="no limit"/> }
    };
    let limits = Limit::ALL.map(limit).into_iter().collect_view();
    let feature = |feature: Feature| {
        let has = form.typed.iter().any(|(n, v)| n == "has" && v == feature.as_str());
        view! {
            <label class="check">
                <input type="checkbox" name="has" value=feature.as_str() checked=has/>
                {feature.label()}
            </label>
        }
    };
    let features = Feature::ALL.map(feature).into_iter().collect_view();
    let (name, bad_name) = (value("name"), fault("name"));
    let (action, label) = match &form.slug {
        Some(slug) => (format!("/platform/tiers/{slug}"), "Preview changes"),
        None => ("/platform/tiers".to_owned(), "Create tier"),
    };
    view! {
        <Card>
            <form class="stack" method="post" action=action>
                <div class="grid-fields">
                    <Field name="name" label="Name" value=name fault=bad_name required=true/>
                    {slug}
                </div>
                <p class="hint">"Leave a limit empty for no limit. A tenant over a limit keeps its data but cannot \
                    add more."</p>
                <div class="grid-fields">{limits}</div>
                <fieldset class="checks"><legend>"Includes"</legend>{features}</fieldset>
                <div class="actions">
                    <Button label look=Look::Primary/>
                    <ButtonLink href="/platform/tiers" label="Go back" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}
