//! The bar at the top of a tenant's pages: store switch, search, live mark, account.

use leptos::prelude::*;

use super::menu::PersonMenu;
use super::tenant::{Section, TenantFrame};
use crate::islands::LiveOrders;
use crate::ui::icon::{Icon, Sign};
use crate::url;

/// Always there, whatever the page.
pub fn bar(frame: &TenantFrame) -> impl IntoView + use<> {
    let tenant = frame.tenant().to_owned();
    let store = frame.store.clone();
    let events = format!("/t/{tenant}/events?after={}", frame.live.after);
    let show = frame.live.show.clone();
    let apart = frame.numbers.thousands();
    view! {
        <header class="bar">
            {(!frame.stores.is_empty()).then(|| switch(frame))}
            <form class="search" role="search" method="get" action=format!("/t/{tenant}/orders")>
                {store.clone().map(|store| view! { <input type="hidden" name="store" value=store/> })}
                <Icon sign=Sign::Search/>
                <input
                    type="search"
                    name="q"
                    data-search=""
                    placeholder="Search orders"
                    aria-label="Search orders by number, e-mail, customer id or SKU"
                    autocomplete="off"
                />
                <kbd aria-hidden="true">"Ctrl K"</kbd>
            </form>
            <LiveOrders events store=store show apart=apart.to_owned()/>
            <PersonMenu visitor=frame.visitor.clone() many_tenants=frame.many_tenants/>
        </header>
    }
}

fn switch(frame: &TenantFrame) -> impl IntoView + use<> {
    let address = |store: Option<&str>| match frame.section {
        Section::Orders => url::with_query(&format!("/t/{}/orders", frame.tenant()), store.map(|s| ("store", s))),
        _ => url::home(frame.tenant(), store),
    };
    let link = |slug: Option<&str>, name: String| {
        let current = (slug == frame.store.as_deref()).then_some("true");
        view! { <a href=address(slug) aria-current=current>{name}</a> }
    };
    let name = frame.store.as_deref().map_or_else(|| "All stores".to_owned(), |slug| frame.store_name(slug));
    let links = frame.stores.iter().map(|s| link(Some(&s.slug), s.name.clone())).collect_view();
    view! {
        <details class="menu switch">
            <summary aria-label=format!("Store: {name}")>
                <Icon sign=Sign::Store/>
                <span>{name.clone()}</span>
                <Icon sign=Sign::Down/>
            </summary>
            <div class="menu-box">
                {link(None, "All stores".to_owned())}
                {links}
            </div>
        </details>
    }
}
