//! The order list.

use domain::orders::OrderQuery;
use domain::page::{Limit, Sort};
use leptos::prelude::*;

use super::filters::{chips, filters};
use super::model::{Found, OrderIndex};
use super::strip::strip;
use super::table::{orders_table, refunds_table};
use super::views::Views;
use crate::document::Document;
use crate::ui::ignored::ignored;
use crate::ui::pager::Pager;
use crate::ui::{ButtonLink, Card, Empty, Look, PageHeader};
use crate::url;

/// Renders the page.
pub fn page(index: &OrderIndex) -> Document {
    index.frame.render("Orders", || {
        let tenant = index.frame.tenant().to_owned();
        let may_import = index.may_import;
        let import = format!("/t/{tenant}/imports/new");
        let actions = may_import.then(|| view! { <ButtonLink href=import label="Import orders" writes=true/> });
        view! {
            <PageHeader title="Orders">{actions}</PageHeader>
            <Views tenant=tenant.clone() query=index.query.clone() counts=index.counts/>
            {filters(index)}
            {chips(index)}
            {ignored(&format!("/t/{tenant}/orders"), &index.typed, &index.faults)}
            {listed(index, &index.found)}
        }
    })
}

fn listed(index: &OrderIndex, found: &Found) -> AnyView {
    if found.page.rows.is_empty() && found.refunds.is_empty() {
        return nothing(index);
    }
    let tenant = index.frame.tenant();
    let address = |cursor| url::orders(tenant, &index.query.at(Some(cursor)));
    let (newer, older) = (found.page.newer.map(address), found.page.older.map(address));
    let (table, limits) = (orders_table(index, &found.page.rows), limits(index));
    view! {
        {strip(index, found)}
        <Card flush=true>{table}</Card>
        <Pager newer older>{limits}</Pager>
        {refunds_table(index, &found.refunds)}
    }
    .into_any()
}

fn nothing(index: &OrderIndex) -> AnyView {
    let tenant = index.frame.tenant();
    let everything = format!("/t/{tenant}/orders");
    if index.query.is_filtered() {
        return view! {
            <Empty title="No matching orders" text="Remove a filter, or show all orders.">
                <ButtonLink href=everything label="Show all orders"/>
            </Empty>
        }
        .into_any();
    }
    if index.query.cursor.is_some() {
        return view! {
            <Empty title="No orders on this page" text="This page is past the end of the list.">
                <ButtonLink href=everything label="Show newest orders"/>
            </Empty>
        }
        .into_any();
    }
    let import = index.may_import.then(|| {
        let href = format!("/t/{tenant}/imports/new");
        view! { <ButtonLink href=href label="Import orders" writes=true look=Look::Primary/> }
    });
    let text = "Orders will be listed here. Send them through the API, or import past orders from a file.";
    view! { <Empty title="No orders yet" text=text>{import}</Empty> }.into_any()
}

fn limits(index: &OrderIndex) -> impl IntoView + use<> {
    let link = |query: OrderQuery, label: String| {
        let current = (query == index.query.at(None)).then_some("true");
        view! { <a href=url::orders(index.frame.tenant(), &query) aria-current=current>{label}</a> }
    };
    let rows = [25, 50, 100, 200].map(|rows| {
        let limit = Limit::new(rows).unwrap_or_default();
        link(OrderQuery { limit, ..index.query.at(None) }, rows.to_string())
    });
    let sorts = [(Sort::Newest, "Newest"), (Sort::Oldest, "Oldest")]
        .map(|(sort, label)| link(OrderQuery { sort, ..index.query.at(None) }, label.to_owned()));
    view! {
        <span class="limits">{rows.into_iter().collect_view()}" rows"</span>
        <span class="limits">{sorts.into_iter().collect_view()}" first"</span>
    }
}
