//! The bar at the top of a tenant's pages: store switch, search, live mark, account.

use leptos::prelude::*;

use super::menu::person_menu;
use super::tenant::{Section, TenantFrame};
use crate::islands::{LiveOrders, SearchBox};
use crate::ui::Html;
use crate::ui::icon::{Icon, Sign, write_icon};
use crate::url;

// What the switch takes, roughly.
const BYTES: usize = 2_048;
const PLACEHOLDER: &str = "Search orders";
const SEARCHED_BY: &str = "Search orders by number, email, customer ID or SKU";

/// Always there, whatever the page.
pub fn bar(frame: &TenantFrame) -> impl IntoView + use<> {
    let live = frame.live.address(frame.tenant()).map(|events| {
        let (store, show) = (frame.store.clone(), frame.live.show.clone());
        let (count, after) = (frame.live.count.clone(), frame.live.after);
        let apart = frame.numbers.thousands().to_owned();
        view! { <LiveOrders events store=store show count after apart/> }
    });
    let mut html = Html::with_capacity(BYTES);
    if !frame.stores.is_empty() {
        write_switch(&mut html, frame);
    }
    view! {
        <header class="bar">
            {html.view()}
            <SearchForm home=frame.home() store=frame.store.clone()/>
            {live}
            {person_menu(&frame.visitor, frame.many_tenants)}
        </header>
    }
}

/// The search of orders: a plain form, whose field suggests what to go to where scripts are on.
#[component]
fn SearchForm(
    /// The address of the tenant.
    home: String,
    /// The store that the page is about: its orders are searched.
    store: Option<String>,
) -> impl IntoView {
    let action = format!("{home}/orders");
    let store = store.map(|store| view! { <input type="hidden" name="store" value=store/> });
    let (placeholder, label) = (PLACEHOLDER.to_owned(), SEARCHED_BY.to_owned());
    view! {
        <form class="search" role="search" method="get" action=action>
            {store}
            <Icon sign=Sign::Search/>
            <SearchBox home placeholder label/>
        </form>
    }
}

fn write_switch(html: &mut Html, frame: &TenantFrame) {
    let name = frame.store.as_deref().map_or_else(|| "All stores".to_owned(), |slug| frame.store_name(slug));
    html.markup("<details class=\"menu switch\"><summary aria-label=\"Store: ").text(&name).markup("\">");
    write_icon(html, Sign::Store);
    html.markup("<span>").text(&name).markup("</span>");
    write_icon(html, Sign::Down);
    html.markup("</summary><div class=\"menu-box\">");
    write_store(html, frame, None, "All stores");
    for store in &frame.stores {
        write_store(html, frame, Some(&store.slug), &store.name);
    }
    html.markup("</div></details>");
}

fn write_store(html: &mut Html, frame: &TenantFrame, slug: Option<&str>, name: &str) {
    let address = match frame.section {
        Section::Orders => url::with_query(&format!("/t/{}/orders", frame.tenant()), slug.map(|s| ("store", s))),
        _ => url::home(frame.tenant(), slug),
    };
    let current = (slug == frame.store.as_deref()).then_some("true");
    html.markup("<a").attribute("href", Some(&address)).attribute("aria-current", current).markup(">");
    html.text(name).markup("</a>");
}
