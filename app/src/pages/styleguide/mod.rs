//! `/styleguide`: the components in their states, so that a change of looks is seen in one place.

mod samples;
mod states;

use chrono::{DateTime, Utc};
use domain::calendar::Tz;
use domain::money::{Currency, Money};
use leptos::prelude::*;

use crate::document::{Document, Head, Scripts, Theme};
use crate::frame::{ThemeForm, bare};
use crate::ui::change::{Better, Change, ChangeMark};
use crate::ui::chart::{Bar, BarChart};
use crate::ui::icon::Sign;
use crate::ui::money::Amount;
use crate::ui::pager::Pager;
use crate::ui::sparkline::Sparkline;
use crate::ui::table::{Column, Table};
use crate::ui::{
    Button, ButtonLink, Card, Clock, Empty, Field, Look, Notice, PageHeader, Pill, SelectField, TextArea, Tone, When,
};

use samples::samples;
use states::states;

const TONES: [(Tone, &str); 5] = [
    (Tone::Neutral, "Neutral"),
    (Tone::Positive, "Positive"),
    (Tone::Attention, "Attention"),
    (Tone::Critical, "Critical"),
    (Tone::Info, "Info"),
];

/// Renders the page.
pub fn page(theme: Theme, now: DateTime<Utc>) -> Document {
    let head = Head { scripts: Scripts::Islands, ..Head::plain("Style guide", theme) };
    bare(&head, None, || {
        view! {
            <PageHeader title="Style guide"><ThemeForm theme back="/styleguide"/></PageHeader>
            {buttons()}
            {words()}
            {fields()}
            {table(now)}
            {chart()}
            {samples()}
            {states(now)}
        }
    })
}

fn buttons() -> AnyView {
    view! {
        <Card title="Buttons">
            <div class="actions">
                <Button label="Primary" look=Look::Primary/>
                <Button label="Secondary"/>
                <Button label="Danger" look=Look::Danger/>
                <Button label="Quiet" look=Look::Quiet/>
                <ButtonLink href="#" label="With an icon" sign=Sign::Import/>
            </div>
            <Pager newer=None older=Some("#".to_owned())/>
        </Card>
    }
    .into_any()
}

fn words() -> AnyView {
    let pills = TONES.map(|(tone, label)| view! { <Pill tone label/> }).into_iter().collect_view();
    let notices = TONES.map(|(tone, label)| view! { <Notice tone>{label}" message with its next step."</Notice> });
    let notices = notices.into_iter().collect_view();
    let changes = [(1_125, 1_000), (950, 1_000), (500, 0), (7, 7)].map(|(now, before)| {
        let change = Change::new(Some(now), Some(before));
        view! { <ChangeMark change better=Better::More against="Previous period"/>" " }
    });
    let changes = changes.into_iter().collect_view();
    view! {
        <Card title="Statuses">
            <p>{pills}</p>
            <p>{changes}</p>
            <div class="flex flex-col gap-3.5">{notices}</div>
            <Empty title="No items yet" text="What will be listed here, and the action.">
                <ButtonLink href="#" label="Create item" look=Look::Primary/>
            </Empty>
        </Card>
    }
    .into_any()
}

fn fields() -> AnyView {
    let options = vec![("a".to_owned(), "First".to_owned()), ("b".to_owned(), "Second".to_owned())];
    let fault = Some("Enter a date such as 2026-03-01.".to_owned());
    view! {
        <Card title="Fields">
            <div class="grid-fields">
                <Field name="text" label="Text" value="As typed" hint="Help text: the effect, in one sentence."/>
                <Field name="day" label="Day" value="yesterday" fault/>
                <SelectField name="choice" label="Choice" options chosen="b"/>
                <TextArea name="note" label="Note"/>
            </div>
        </Card>
    }
    .into_any()
}

fn table(now: DateTime<Utc>) -> AnyView {
    let clock = Clock::new(now, Tz::Europe__London);
    let row = |(title, minor, code): (&'static str, i64, &'static str)| {
        let money = code.parse::<Currency>().ok().map(|c| view! { <Amount money=Money::new(minor, c)/> });
        view! {
            <tr>
                <td><a class="row-link clip" href="#" dir="auto">{title}</a></td>
                <td><When at=now clock/></td>
                <td><Pill tone=Tone::Positive label="Paid"/></td>
                <td class="num">{money}</td>
            </tr>
        }
    };
    let rows = [
        ("White hanging heart T-light holder", 255, "GBP"),
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", 12_345_678_900, "EUR"),
        ("مصباح معلق على شكل قلب أبيض", -1_500, "JPY"),
        ("Three decimals", 1_234_567, "KWD"),
    ];
    let rows = rows.map(row).into_iter().collect_view();
    let columns = vec![Column::text("Title"), Column::text("Time"), Column::text("Status"), Column::figures("Amount")];
    view! { <Card title="Table" flush=true><Table caption="A table" columns>{rows}</Table></Card> }.into_any()
}

fn chart() -> AnyView {
    let bar = |n: i64| Bar {
        label: format!("{} Mar", n + 1),
        value: (n * 7_919 % 31) * 10_000 - 20_000,
        before: Some((n * 5_003 % 29) * 9_000),
        running: n == 29,
    };
    let bars: Vec<Bar> = (0..30).map(bar).collect();
    let way: Vec<i64> = bars.iter().map(|b| b.value).collect();
    let chart = "GBP".parse::<Currency>().ok().map(|currency| {
        let against = Some("Previous period".to_owned());
        view! { <BarChart title="Total by day" description="An example" currency bars against/> }
    });
    view! { <Card title="Chart">{chart}<Sparkline values=way/></Card> }.into_any()
}
