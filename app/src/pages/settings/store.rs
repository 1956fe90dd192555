//! `/t/{tenant}/settings/stores/{store}`: one store.

use domain::settings::{Recipients, ReturnDay, StoreSettings};
use domain::summaries;
use leptos::prelude::*;

use super::model::{StorePage, StoreValues};
use crate::document::Document;
use crate::ui::pill::Tone;
use crate::ui::time::MONTHS;
use crate::ui::{Button, Card, Field, Look, Notice, PageHeader, SelectField};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl StoreValues {
    fn of(&self, name: &str, otherwise: impl ToString) -> String {
        self.0.iter().find(|(n, _)| n == name).map_or_else(|| otherwise.to_string(), |(_, v)| v.clone())
    }
}

/// Renders the page.
pub fn page(page: &StorePage) -> Document {
    page.frame.render(&page.settings.name, || {
        let back = (format!("/t/{}/settings", page.frame.tenant()), "Settings");
        view! {
            <PageHeader title=page.settings.name.clone() back=back/>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {form(page)}
            {stock(page)}
        }
    })
}

fn form(page: &StorePage) -> AnyView {
    let action = super::store_address(page.frame.tenant(), &page.slug);
    view! {
        <form class="stack" method="post" action=action>
            {basics(page)}
            {returns(page)}
            {mails(page)}
            <div class="actions"><Button label="Save settings" look=Look::Primary/></div>
        </form>
    }
    .into_any()
}

fn basics(page: &StorePage) -> AnyView {
    let StoreSettings { name, zone, currency, calendar, .. } = &page.settings;
    let (typed, fault) = (&page.typed, |name: &str| page.faults.of(name).map(str::to_owned));
    let numbered = |names: &[&str]| {
        names.iter().zip(1..).map(|(name, n): (&&str, u8)| (n.to_string(), (*name).to_owned())).collect::<Vec<_>>()
    };
    let zone = if page.has_orders && fault("time_zone").is_none() {
        let words = "Past figures depend on the time zone. It cannot be changed after the first order.";
        view! { <dl class="facts"><dt>"Time zone"</dt><dd>{zone.name()}</dd></dl><p class="hint">{words}</p> }
            .into_any()
    } else {
        let hint = "Sets when each day begins, such as Europe/London. It cannot be changed after the first order.";
        let value = typed.of("time_zone", zone.name());
        view! { <Field name="time_zone" label="Time zone" value=value fault=fault("time_zone") hint=hint/> }.into_any()
    };
    let currency = typed.of("currency", currency.code());
    let (week, year) = (typed.of("week_start", calendar.week_start), typed.of("year_start", calendar.year_start));
    let hint = "Default currency of new orders. Existing orders keep their currency.";
    let inner = view! {
            <div class="flex max-w-110 flex-col gap-3.5">
                <Field name="name" label="Name" value=typed.of("name", name) fault=fault("name")/>
                {zone}
                <Field name="currency" label="Currency" value=currency fault=fault("currency") hint=hint/>
                <SelectField name="week_start" label="Week starts on" options=numbered(&DAYS) chosen=week fault=fault("week_start")/>
                <SelectField name="year_start" label="Financial year starts in" options=numbered(&MONTHS) chosen=year fault=fault("year_start")/>
            </div>
    };
    view! { <Card title="Store">{inner}</Card> }.into_any()
}

fn returns(page: &StorePage) -> AnyView {
    let options = ReturnDay::ALL.map(|rule| (rule.as_str().to_owned(), rule.words().to_owned())).to_vec();
    let chosen = page.typed.of("returns_on", page.settings.returns_on.as_str());
    let fault = page.faults.of("returns_on").map(str::to_owned);
    let hint = "A change moves all past refunds in the dashboard, lists and reports. Return orders always count on \
        their own day.";
    let inner = view! {
            <div class="flex max-w-110 flex-col gap-3.5">
                <SelectField name="returns_on" label="Refunds count on" options chosen fault hint/>
            </div>
    };
    view! { <Card title="Returns">{inner}</Card> }.into_any()
}

fn mails(page: &StorePage) -> AnyView {
    let StoreSettings { summary_hour, orders, summary, stock, .. } = &page.settings;
    let (typed, fault) = (&page.typed, |name: &str| page.faults.of(name).map(str::to_owned));
    let hours = (0..=summaries::LAST_HOUR).map(|h| (h.to_string(), format!("{h:02}:00"))).collect();
    let hour = typed.of("summary_hour", summary_hour);
    let field = |name: &'static str, label: &'static str, to: &Recipients| {
        let value = typed.of(name, to.addresses().join(", "));
        view! { <Field name=name label=label value=value fault=fault(name)/> }
    };
    let inner = view! {
            <div class="flex max-w-110 flex-col gap-3.5">
                <p class="hint">"Separate email addresses with commas. Leave a field empty to send no email."</p>
                {field("orders", "New orders", orders)}
                {field("summary", "Daily summary of the previous day", summary)}
                <SelectField name="summary_hour" label="Send daily summary at (store time zone)" options=hours chosen=hour fault=fault("summary_hour")/>
                {field("stock", "Low stock", stock)}
            </div>
    };
    view! { <Card title="Email notifications">{inner}</Card> }.into_any()
}

fn stock(page: &StorePage) -> AnyView {
    let action = format!("{}/stock", super::store_address(page.frame.tenant(), &page.slug));
    let value = |name: &str| page.typed.of(name, "");
    let fault = |name: &str| page.faults.of(name).map(str::to_owned);
    let inner = view! {
            <form class="stack max-w-110" method="post" action=action>
                <p class="hint">"Set the quantity in stock of a SKU. New sales reduce it."</p>
                <Field name="sku" label="SKU" value=value("sku") fault=fault("sku")/>
                <Field name="quantity" label="Quantity in stock" value=value("quantity") fault=fault("quantity")/>
                <Field name="threshold" label="Low at or below" value=value("threshold") fault=fault("threshold")/>
                <div class="actions"><Button label="Save stock level"/></div>
            </form>
    };
    view! { <Card title="Stock">{inner}</Card> }.into_any()
}
