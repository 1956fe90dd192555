//! The bar at the top of a tenant's pages: store switch, search, live mark, account.

use db::stores::Store;
use leptos::prelude::*;

use super::menu::PersonMenu;
use super::tenant::{Section, TenantFrame};
use crate::islands::{LiveOrders, SearchBox};
use crate::ui::icon::{Icon, Sign};
use crate::url;

const ALL_STORES: &str = "All stores";
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
    view! {
        <header class="bar">
            {store_switch(frame)}
            <SearchForm home=frame.home() store=frame.store.clone()/>
            {live}
            <PersonMenu visitor=frame.visitor.clone() many_tenants=frame.many_tenants/>
        </header>
    }
}

// To the same page of another store, or of all. Nothing where there is none.
fn store_switch(frame: &TenantFrame) -> Option<impl IntoView + use<>> {
    let name = frame.store.as_deref().map_or_else(|| ALL_STORES.to_owned(), |slug| frame.store_name(slug));
    let label = format!("Store: {name}");
    let link = |store: Option<&Store>| {
        let slug = store.map(|store| store.slug.as_str());
        let address = match frame.section {
            Section::Orders => url::with_query(&format!("{}/orders", frame.home()), slug.map(|slug| ("store", slug))),
            _ => url::home(frame.tenant(), slug),
        };
        let current = (slug == frame.store.as_deref()).then_some("true");
        let name = store.map_or_else(|| ALL_STORES.to_owned(), |store| store.name.clone());
        view! { <a href=address aria-current=current>{name}</a> }
    };
    let links: Vec<_> = std::iter::once(None).chain(frame.stores.iter().map(Some)).map(link).collect();
    (!frame.stores.is_empty()).then(|| {
        view! {
            <details class="menu switch">
                <summary aria-label=label><Icon sign=Sign::Store/><span>{name}</span><Icon sign=Sign::Down/></summary>
                <div class="menu-box">{links}</div>
            </details>
        }
    })
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
