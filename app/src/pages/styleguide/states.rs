//! The states that every list and page goes through.

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::Tz;
use domain::money::{Currency, Money};
use leptos::prelude::*;

use crate::ui::money::{Amount, text};
use crate::ui::skeleton::Skeleton;
use crate::ui::table::{Column, Table};
use crate::ui::time_bars::{Parts, TimeBar, TimeBars};
use crate::ui::{Button, ButtonLink, Card, Clock, Empty, Field, Figure, Health, Look, Notice, Pill, Tone, When};

const LONG: [(&str, i64, &str); 4] = [
    ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", 12_345_678_900, "EUR"),
    ("مصباح معلق على شكل قلب أبيض من الزجاج المنفوخ يدويا مع سلك نحاسي", -999_999_999, "JPY"),
    ("A name that is rather long, as names given by several people in a meeting tend to be", 1_234_567, "KWD"),
    ("", 0, "GBP"),
];

/// All of them, each under its name.
pub fn states(now: DateTime<Utc>) -> AnyView {
    let hundred: Vec<(String, i64, &str)> = (1..=100).map(|n| (format!("Row {n}"), n * 1_234, "GBP")).collect();
    let long = LONG.map(|(name, minor, code)| (name.to_owned(), minor, code)).to_vec();
    let one = vec![("The only row".to_owned(), 1_250, "GBP")];
    view! {
        {nothing()}
        {waiting(now)}
        {refusals()}
        <Card title="Long text" flush=true>{table("Long text", long, now)}</Card>
        <Card title="1 row" flush=true>{table("1 row", one, now)}</Card>
        <Card title="100 rows" flush=true>{table("100 rows", hundred, now)}</Card>
        {board()}
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! {
        <Card title="Empty, nothing yet">
            <Empty title="No orders yet" text="Orders will be listed here. Send them through the API, or import past \
                orders from a file.">
                <ButtonLink href="#" label="Import orders" look=Look::Primary/>
            </Empty>
        </Card>
        <Card title="Empty, filtered">
            <Empty title="No matching orders" text="Remove a filter, or show all orders.">
                <ButtonLink href="#" label="Show all orders"/>
            </Empty>
        </Card>
    }
    .into_any()
}

fn waiting(now: DateTime<Utc>) -> AnyView {
    let rows = vec![("Previous content".to_owned(), 1_250, "GBP")];
    view! {
        <Card title="First load" flush=true><Skeleton rows=3 what="orders"/></Card>
        <Card title="Reload" flush=true><div aria-busy="true">{table("Reload", rows, now)}</div></Card>
    }
    .into_any()
}

fn refusals() -> AnyView {
    view! {
        <Card title="Error">
            <Notice tone=Tone::Critical>
                <p>"The orders could not be loaded. The error was logged."</p>
                <p>"Request ID "<code>"01k7x4m9"</code></p>
                <ButtonLink href="#" label="Try again"/>
            </Notice>
        </Card>
        <Card title="No permission">
            <Notice tone=Tone::Info>"Your role does not include this. Ask an owner for access."</Notice>
        </Card>
        <Card title="Over the limit">
            <Notice tone=Tone::Attention>"Your plan allows 3 stores and you have 3. Remove a store, or ask your \
                platform admin for a larger plan."</Notice>
        </Card>
        <Card title="Form with errors">
            <form class="stack max-w-110">
                <Field name="over" label="Quantity" value="12" fault=Some("Enter 9 or less.".to_owned())/>
                <Button label="Refund 12.00" look=Look::Primary/>
            </form>
        </Card>
    }
    .into_any()
}

fn table(caption: &'static str, rows: Vec<(String, i64, &'static str)>, now: DateTime<Utc>) -> AnyView {
    let clock = Clock::new(now, Tz::Asia__Kathmandu);
    let row = |(n, (name, minor, code)): (usize, (String, i64, &str))| {
        let money = code.parse::<Currency>().ok().map(|c| view! { <Amount money=Money::new(minor, c)/> });
        let at = now - TimeDelta::hours(i64::try_from(n).unwrap_or(0) * 9);
        view! {
            <tr>
                <td><a class="row-link clip wide-clip" href="#" dir="auto">{name}</a></td>
                <td><When at=at clock/></td>
                <td class="wide"><Pill tone=Tone::Attention label="To fulfil"/></td>
                <td class="num">{money}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().enumerate().map(row).collect_view();
    let columns =
        vec![Column::text("Title"), Column::text("Time"), Column::text("Status").wide(), Column::figures("Amount")];
    view! { <Table caption columns>{rows}</Table> }.into_any()
}

fn board() -> AnyView {
    let facts = || vec![("Round trip", "0.4 ms".to_owned()), ("Connections", "12 of 100".to_owned())];
    let parts = Parts { names: ["done", "failed"], upper_is_bad: true, words: |n| n.to_string() };
    let bar = |n: i64| TimeBar { label: format!("14:{n:02}"), parts: [n * 7 % 13, (n * 5 % 17 - 12).max(0)] };
    let bars: Vec<TimeBar> = (0..60).map(bar).collect();
    view! {
        <div class="grid grid-cols-2 gap-2 sm:gap-3 lg:grid-cols-4">{figures()}</div>
        <div class="grid grid-cols-board gap-3">
            <Health title="Good" words="Responding" facts=facts()/>
            <Health title="Attention" words="Slow to respond" tone=Tone::Attention facts=facts()/>
            <Health title="Critical" words="Almost out of connections" tone=Tone::Critical facts=facts()/>
        </div>
        <Card title="By time"><TimeBars title="Finished attempts" bars parts/></Card>
        <Card title="By time, nothing yet"><TimeBars title="No finished attempts" bars=Vec::new() parts/></Card>
    }
    .into_any()
}

fn figures() -> AnyView {
    let figure = |label: &'static str, minor: i64, code: &'static str| {
        let value = code.parse::<Currency>().ok().map(|c| text(Money::new(minor, c))).unwrap_or_default();
        let characters = value.chars().count();
        view! { <Figure label value=value.into_any() characters/> }
    };
    let short = view! { <Figure label="With a note" value="12".into_any() href="#" foot="as a link".into_any()/> };
    view! {
        {short}
        {figure("Ten characters", 1_234_500, "GBP")}
        {figure("Up to thirteen", 123_456_789, "EUR")}
        {figure("Longer", 12_345_678_900, "KWD")}
    }
    .into_any()
}
