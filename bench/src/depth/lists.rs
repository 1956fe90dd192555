//! The first page of a list and one far down, in turns. The way there is walked from the first page, link by link as a
//! visitor would, but with two hundred rows a page: a place in a list is sealed for whoever was shown it.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::fill::Filled;
use super::times::Times;
use super::{Found, millions};
use crate::http;
use crate::report::Report;
use crate::world::{TENANT, World};

/// Pages of each, in turns.
const TURNS: usize = 500;
const FAR: u64 = 10_000;
const ROWS: u64 = 50;
/// The most that a page takes.
const STRIDE: u64 = 200;
const SEARCHES: u64 = 20;

pub fn measure(world: &mut World, filled: Filled, report: &mut Report) -> anyhow::Result<Found> {
    let mut found = Found::new();
    // Of a thousand orders a filter finds a little more than so many: the far page is there.
    for (what, filter, thousandths) in [
        ("all orders", "", 980),
        ("one store", "store=s1", 500),
        ("cancelled", "status=cancelled", 25),
        ("partly refunded", "payment=partially_refunded", 8),
    ] {
        let page = FAR.min(filled.orders * thousandths / 1_000 / ROWS).max(2);
        let far = walk(world, filter, page)?;
        if filter.is_empty() {
            is_there(world, &far, (page - 1) * ROWS)?;
        }
        let [first, deep] = in_turns(world, [&address(filter), &far])?;
        let size = millions(filled.items);
        let text = format!(
            "{:.2}x ({:.2} and {:.2} ms; p95 {:.2} and {:.2})",
            deep.ms(500) / first.ms(500),
            deep.ms(500),
            first.ms(500),
            deep.ms(950),
            first.ms(950)
        );
        world.say(&format!("{what}, page {page}: {text}"));
        report.size(&format!("{what}, {size} items: page {page} against 1"), text, "<= 1.15x", "1.05x");
        found.push((format!("{what}, page 1"), first));
        found.push((format!("{what}, page {page}"), deep));
    }
    found.push(("search by number, never asked before".to_owned(), searches(world, filled, report)?));
    Ok(found)
}

fn address(filter: &str) -> String {
    format!("/t/{TENANT}/orders?{filter}")
}

// The address of page `page` under `filter`.
fn walk(world: &mut World, filter: &str, page: u64) -> anyhow::Result<String> {
    let (_, cookie) = world.server()?;
    let (port, headers) = (world.options.port, [cookie]);
    let mut before = (page - 1) * ROWS;
    let mut path = address(filter);
    while before > 0 {
        let rows = if before >= STRIDE { STRIDE } else { ROWS };
        let answer = http::get(port, &format!("{path}&limit={rows}"), &headers)?;
        path = next(&String::from_utf8(answer.body)?).context("the list ends too early")?;
        before -= rows;
    }
    Ok(path)
}

// Where a page's link to the next one leads, whatever the number of its rows.
fn next(page: &str) -> Option<String> {
    let link = page.split("<a ").find(|link| link.contains("rel=\"next\""))?;
    let path = link.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&");
    let pairs: Vec<&str> = path.split('&').filter(|pair| !pair.starts_with("limit=")).collect();
    Some(pairs.join("&"))
}

// The page begins and ends with the orders that PostgreSQL finds there by counting.
fn is_there(world: &mut World, path: &str, before: u64) -> anyhow::Result<()> {
    let (_, cookie) = world.server()?;
    let text = String::from_utf8(http::get(world.options.port, path, &[cookie])?.body)?;
    for offset in [before, before + ROWS - 1] {
        let order = world.sql(&format!(
            "select s.slug || '/' || o.number from (select * from orders order by placed_at desc, id desc offset {offset} limit 1) o \
             join stores s on s.tenant_id = o.tenant_id and s.id = o.store_id"
        ))?;
        ensure!(
            text.contains(&format!("/orders/{order}\"")),
            "{path} does not show order {order}, which is number {offset}"
        );
    }
    Ok(())
}

fn in_turns(world: &mut World, paths: [&str; 2]) -> anyhow::Result<[Times; 2]> {
    let (_, cookie) = world.server()?;
    let (port, headers) = (world.options.port, [cookie]);
    let mut times = [const { Vec::new() }; 2];
    for turn in 0..TURNS + 20 {
        for (path, times) in paths.iter().zip(&mut times) {
            let taken = timed(port, path, &headers)?;
            // The first ones warm up what every visitor finds warm.
            if turn >= 20 {
                times.push(taken);
            }
        }
    }
    Ok(times.map(Times::new))
}

fn searches(world: &mut World, filled: Filled, report: &mut Report) -> anyhow::Result<Times> {
    let (_, cookie) = world.server()?;
    let (port, headers) = (world.options.port, [cookie]);
    let mut times = Vec::new();
    for step in 1..=SEARCHES {
        // Seven digits with the last one left out: ten orders.
        let number = (1_000_000 + filled.orders * step / (SEARCHES + 1)) / 10;
        times.push(timed(port, &format!("/t/{TENANT}/orders?q={number}"), &headers)?);
    }
    let times = Times::new(times);
    let line = format!("search by number, {} items: p95", millions(filled.items));
    world.say(&format!("{line} {}", times.words()));
    report.size(&line, times.words(), "", "");
    Ok(times)
}

/// How long one page takes.
pub fn timed(port: u16, path: &str, headers: &[String]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    http::get(port, path, headers)?;
    Ok(begun.elapsed())
}
