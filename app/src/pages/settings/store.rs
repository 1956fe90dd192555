//! `/t/{tenant}/settings/stores/{store}`: one store.

use domain::fields::FieldErrors;
use domain::settings::{Recipients, ReturnDay, StoreSettings};
use domain::summaries;
use leptos::prelude::*;

use crate::document::Rendered;
use crate::frame::TenantFrame;
use crate::ui::pill::Tone;
use crate::ui::time::MONTHS;
use crate::ui::{Button, Card, Field, Look, Notice, PageHeader, SelectField};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The values of a form: as they are, or as they were typed.
#[derive(Clone, Debug, Default)]
pub struct StoreValues(pub Vec<(String, String)>);

/// What the page shows.
#[derive(Clone, Debug)]
pub struct StorePage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The store in addresses.
    pub slug: String,
    /// The settings as they are.
    pub settings: StoreSettings,
    /// What was typed, where something of it is wrong.
    pub typed: StoreValues,
    /// What is wrong with it.
    pub faults: FieldErrors,
    /// Whether the zone is fixed.
    pub has_orders: bool,
    /// What was just done.
    pub done: Option<&'static str>,
}

impl StoreValues {
    fn of(&self, name: &str, otherwise: impl ToString) -> String {
        self.0.iter().find(|(n, _)| n == name).map_or_else(|| otherwise.to_string(), |(_, v)| v.clone())
    }
}

/// Renders the page.
pub fn page(page: &StorePage) -> Rendered {
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
            <div class="actions"><Button label="Save the settings" look=Look::Primary/></div>
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
        let words = "Days that were counted begin and end by it, so it stays as it is.";
        view! { <dl class="facts"><dt>"Time zone"</dt><dd>{zone.name()}</dd></dl><p class="hint">{words}</p> }
            .into_any()
    } else {
        let hint = "The zone of its days, such as Europe/London. It stays as it is from the first order on.";
        let value = typed.of("time_zone", zone.name());
        view! { <Field name="time_zone" label="Time zone" value=value fault=fault("time_zone") hint=hint/> }.into_any()
    };
    let currency = typed.of("currency", currency.code());
    let (week, year) = (typed.of("week_start", calendar.week_start), typed.of("year_start", calendar.year_start));
    let hint = "What is sold in when nothing else is said. Amounts that are stored keep theirs.";
    let inner = view! {
            <div class="stack narrow">
                <Field name="name" label="Name" value=typed.of("name", name) fault=fault("name")/>
                {zone}
                <Field name="currency" label="Currency" value=currency fault=fault("currency") hint=hint/>
                <SelectField name="week_start" label="Weeks begin on" options=numbered(&DAYS) chosen=week fault=fault("week_start")/>
                <SelectField name="year_start" label="The financial year begins in" options=numbered(&MONTHS) chosen=year fault=fault("year_start")/>
            </div>
    };
    view! { <Card title="Store">{inner}</Card> }.into_any()
}

fn returns(page: &StorePage) -> AnyView {
    let options = ReturnDay::ALL.map(|rule| (rule.as_str().to_owned(), rule.words().to_owned())).to_vec();
    let chosen = page.typed.of("returns_on", page.settings.returns_on.as_str());
    let fault = page.faults.of("returns_on").map(str::to_owned);
    let hint = "Another choice moves every refund ever made, in the dashboard, the sums of lists and reports alike, as soon \
                as it is saved. Return orders always count on their own day: they do not say which sale they correct.";
    let inner = view! {
            <div class="stack narrow">
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
            <div class="stack narrow">
                <p class="hint">"E-mail addresses with commas between them; none for nobody."</p>
                {field("orders", "Each new order", orders)}
                {field("summary", "Yesterday's figures, once a day", summary)}
                <SelectField name="summary_hour" label="Those figures at (the store's clock)" options=hours chosen=hour fault=fault("summary_hour")/>
                {field("stock", "A product runs low", stock)}
            </div>
    };
    view! { <Card title="Who gets mail">{inner}</Card> }.into_any()
}

fn stock(page: &StorePage) -> AnyView {
    let action = format!("{}/stock", super::store_address(page.frame.tenant(), &page.slug));
    let value = |name: &str| page.typed.of(name, "");
    let fault = |name: &str| page.faults.of(name).map(str::to_owned);
    let inner = view! {
            <form class="stack narrow" method="post" action=action>
                <p class="hint">"How many pieces of a SKU are on the shelf now. From here on sales reduce the number."</p>
                <Field name="sku" label="SKU" value=value("sku") fault=fault("sku")/>
                <Field name="quantity" label="Pieces" value=value("quantity") fault=fault("quantity")/>
                <Field name="threshold" label="Low at or below" value=value("threshold") fault=fault("threshold")/>
                <div class="actions"><Button label="Save the level"/></div>
            </form>
    };
    view! { <Card title="Stock">{inner}</Card> }.into_any()
}
