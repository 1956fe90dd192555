//! Step 1: choose store, format and file.

use domain::imports::{Format, FormatChoice};
use leptos::prelude::*;

use super::model::ImportForm;
use super::steps;
use crate::document::Document;
use crate::ui::field::FileField;
use crate::ui::text::format;
use crate::ui::{Button, ButtonLink, Card, Empty, Look, PageHeader, SelectField};
use crate::url;

/// Renders the form. It posts `store`, `format`, `mode` and `file` as multipart to the list of imports.
pub fn page(form: &ImportForm) -> Document {
    form.frame.render("New import", || {
        let back = (url::imports(form.frame.tenant()), "Imports");
        view! {
            <PageHeader title="New import" back=back/>
            {steps(1)}
            {body(form)}
        }
    })
}

fn body(form: &ImportForm) -> AnyView {
    if form.frame.stores.is_empty() {
        let text = "Orders belong to a store. Add one in the settings first.";
        return view! { <Empty title="No stores yet" text=text/> }.into_any();
    }
    let action = url::imports(form.frame.tenant());
    let fault = |name: &str| form.faults.of(name).map(str::to_owned);
    let stores = form.frame.stores.iter().map(|s| (s.slug.clone(), format!("{} ({})", s.name, s.currency))).collect();
    let auto = (FormatChoice::AUTO.to_owned(), "Detect automatically".to_owned());
    let known = Format::ALL.map(|f| (f.as_str().to_owned(), format(f).0.to_owned()));
    let formats = [auto].into_iter().chain(known).collect();
    let (store, format) = form.chosen.clone();
    let modes = vec![
        ("create".to_owned(), "Leave them as they are".to_owned()),
        ("update".to_owned(), "Update them from the file".to_owned()),
    ];
    let mode = if form.updates { "update" } else { "create" }.to_owned();
    let (store_fault, format_fault, file_fault) = (fault("store"), fault("format"), fault("file"));
    let limit = format!("Up to {} MB. You see a preview before anything is imported.", form.limit_mb);
    let back = action.clone();
    view! {
        <Card>
            <form class="stack max-w-110" method="post" action=action enctype="multipart/form-data">
                <SelectField name="store" label="Store" options=stores chosen=store fault=store_fault/>
                <SelectField name="format" label="Format" options=formats chosen=format fault=format_fault/>
                <SelectField name="mode" label="Orders that already exist" options=modes chosen=mode/>
                {explain()}
                <FileField name="file" label="File" fault=file_fault/>
                <p class="hint">{limit}</p>
                <div class="actions">
                    <Button label="Check file" look=Look::Primary/>
                    <ButtonLink href=back label="Back" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn explain() -> impl IntoView {
    let lines = Format::ALL.map(|f| {
        let (name, words) = format(f);
        view! { <dt>{name}</dt><dd>{words}</dd> }
    });
    view! {
        <details class="hint">
            <summary>"About the formats"</summary>
            <dl class="facts">{lines.into_iter().collect_view()}</dl>
        </details>
    }
}
