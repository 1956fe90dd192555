//! The states that every list and page goes through.

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::Tz;
use domain::money::{Currency, Money};
use leptos::prelude::*;

use crate::ui::money::Amount;
use crate::ui::skeleton::Skeleton;
use crate::ui::table::{Column, Table};
use crate::ui::time_bars::{Parts, TimeBar, TimeBars};
use crate::ui::{Button, ButtonLink, Card, Clock, Empty, Field, Health, Look, Notice, Pill, Tone, When};

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
        <Card title="Empty for ever">
            <Empty title="No orders yet" text="They arrive through the API as your shop takes them, or from a file with past ones.">
                <ButtonLink href="#" label="Import orders" look=Look::Primary/>
            </Empty>
        </Card>
        <Card title="Empty by filter">
            <Empty title="No order matches" text="Take a filter away, or look at all orders.">
                <ButtonLink href="#" label="Show all orders"/>
            </Empty>
        </Card>
    }
    .into_any()
}

fn waiting(now: DateTime<Utc>) -> AnyView {
    let rows = vec![("As it was a moment ago".to_owned(), 1_250, "GBP")];
    view! {
        <Card title="Loading the first time" flush=true><Skeleton rows=3 what="orders"/></Card>
        <Card title="Loading again" flush=true><div aria-busy="true">{table("Loading again", rows, now)}</div></Card>
    }
    .into_any()
}

fn refusals() -> AnyView {
    view! {
        <Card title="Error">
            <Notice tone=Tone::Critical>
                <p>"The orders could not be read. It has been recorded."</p>
                <p class="incident">"Incident "<code>"01k7x4m9"</code></p>
                <ButtonLink href="#" label="Try again"/>
            </Notice>
        </Card>
        <Card title="No permission">
            <Notice tone=Tone::Info>"Your role does not include this. Ask an owner of the account."</Notice>
        </Card>
        <Card title="Over the limit">
            <Notice tone=Tone::Attention>"This plan holds 3 stores, and there are 3. Remove one, or ask for a larger plan."</Notice>
        </Card>
        <Card title="A form with faults">
            <form class="stack narrow">
                <Field name="over" label="Pieces" value="12" fault=Some("must be at most 9, which is what is left".to_owned())/>
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
        vec![Column::text("Title"), Column::text("When"), Column::text("State").wide(), Column::figures("Amount")];
    view! { <Table caption columns>{rows}</Table> }.into_any()
}

fn board() -> AnyView {
    let facts = || vec![("Round trip", "0.4 ms".to_owned()), ("Connections", "12 of 100".to_owned())];
    let parts = Parts { names: ["done", "failed"], upper_is_bad: true, words: |n| n.to_string() };
    let bar = |n: i64| TimeBar { label: format!("14:{n:02}"), parts: [n * 7 % 13, (n * 5 % 17 - 12).max(0)] };
    let bars: Vec<TimeBar> = (0..60).map(bar).collect();
    view! {
        <div class="board">
            <Health title="All is well" words="Answers" facts=facts()/>
            <Health title="Somebody should look" words="Answers slowly" tone=Tone::Attention facts=facts()/>
            <Health title="Trouble" words="Nearly all connections are taken" tone=Tone::Critical facts=facts()/>
        </div>
        <Card title="By time"><TimeBars title="Attempts that ended" bars parts/></Card>
        <Card title="By time, nothing yet"><TimeBars title="Nothing ended" bars=Vec::new() parts/></Card>
    }
    .into_any()
}
