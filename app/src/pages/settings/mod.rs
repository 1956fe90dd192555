//! `/t/{tenant}/settings`: the stores, and what concerns the tenant as a whole.

mod model;
mod sso;
mod store;
mod tenant;

use leptos::prelude::*;

use crate::document::Document;
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, Card, Empty, Field, Look, Notice, PageHeader};

pub use model::{SettingsPage, StorePage, StoreValues};
pub use sso::{SsoSettings, callback, page as sso};
pub use store::page as store_page;

impl SettingsPage {
    fn value(&self, name: &str, otherwise: impl ToString) -> String {
        self.typed.iter().find(|(n, _)| n == name).map_or_else(|| otherwise.to_string(), |(_, v)| v.clone())
    }
}

/// Renders the page.
pub fn page(page: &SettingsPage) -> Document {
    page.frame.render("Settings", || {
        view! {
            <PageHeader title="Settings"/>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {stores(page)}
            {new_store(page)}
            {tenant::general(page)}
            {tenant::backups(page)}
            {tenant::kept(page)}
        }
    })
}

/// The address of a store's settings.
pub fn store_address(tenant: &str, store: &str) -> String {
    format!("/t/{tenant}/settings/stores/{}", crate::url::escape(store))
}

fn stores(page: &SettingsPage) -> AnyView {
    if page.frame.stores.is_empty() {
        return view! { <Empty title="No stores yet" text="Orders belong to a store. Add the first one below."/> }
            .into_any();
    }
    let row = |store: &db::stores::Store| {
        let href = store_address(page.frame.tenant(), &store.slug);
        view! {
            <tr>
                <td><a class="row-link clip" href=href dir="auto">{store.name.clone()}</a></td>
                <td class="wide">{store.slug.clone()}</td>
                <td>{store.zone.name()}</td>
                <td>{store.currency.to_string()}</td>
            </tr>
        }
    };
    let rows = page.frame.stores.iter().map(row).collect_view();
    let columns =
        vec![Column::text("Store"), Column::text("Slug").wide(), Column::text("Time zone"), Column::text("Currency")];
    view! { <Card title="Stores" flush=true><Table caption="Stores" columns>{rows}</Table></Card> }.into_any()
}

fn new_store(page: &SettingsPage) -> AnyView {
    let action = format!("/t/{}/settings/stores", page.frame.tenant());
    let value = |name: &str| page.value(name, "");
    let fault = |name: &str| page.faults.of(name).map(str::to_owned);
    let open = page.frame.stores.is_empty()
        || ["name", "slug", "time_zone", "currency"].into_iter().any(|field| page.faults.of(field).is_some());
    let zone = "Sets when each day begins, such as Europe/London. It cannot be changed after the first order.";
    let inner = view! {
            <details open=open>
                <summary>"Add store"</summary>
                <form class="stack max-w-110" method="post" action=action>
                    <Field name="name" label="Name" value=value("name") fault=fault("name")/>
                    <Field name="slug" label="Slug" value=value("slug") fault=fault("slug") example="north-shop"/>
                    <Field name="time_zone" label="Time zone" value=value("time_zone") fault=fault("time_zone") hint=zone/>
                    <Field name="currency" label="Currency" value=value("currency") fault=fault("currency") example="GBP"/>
                    <div class="actions"><Button label="Add store" look=Look::Primary/></div>
                </form>
            </details>
    };
    view! { <Card>{inner}</Card> }.into_any()
}
