//! Orders through the API one by one, each with a key of its own, against the statements that one of them runs.

use crate::http;
use crate::import;
use crate::load::{Wrk, pgbench};
use crate::report::{Goal, Report};
use crate::sample::Samples;
use crate::script::Script;
use crate::snapshot::{now, rfc3339};
use crate::statements::{Statement, capture};
use crate::world::World;
use anyhow::{Context, ensure};

const PATH: &str = "/api/v1/orders";
const GOAL: Goal = Goal { must: 0.5, aim: 0.8 };
// Where an order's own number and key go.
const NUMBER: &str = "THE-NUMBER";
const KEY: &str = "THE-KEY";

pub fn measure(world: &mut World, report: &mut Report) -> anyhow::Result<()> {
    import::fill(world)?;
    let headers = [format!("Authorization: Bearer {}", world.key), "Content-Type: application/json".to_owned()];
    let body = body();
    let lua = world.write("orders.lua", lua(&body))?;
    let script = script(world, &headers, &body)?;
    let (pid, _) = world.server()?;
    let world: &World = world;
    let wrk = |word: String| Wrk {
        connections: world.options.clients,
        port: world.options.port,
        path: PATH,
        headers: &headers,
        script: Some((&lua, word)),
        pid,
        with_postgres: true,
    };
    let file = world.write("order.sql", &script.text)?;
    let run = |base: u64, seconds| pgbench(world, &file, &script.variables(base), seconds);
    let _warm = (wrk("warm".into()).run(world, 1)?, run(0, 1)?);
    let (mut ours, mut baseline) = (Samples::default(), Samples::default());
    for (round, base) in (0..world.options.rounds).zip((1_u64..).map(|n| n * 100_000_000)) {
        let seconds = world.options.seconds;
        let (sample, plain) = (wrk(format!("round{round}")).run(world, seconds)?, run(base, seconds)?);
        world.say(&format!("{:.0} orders a second, {:.0} by pgbench", sample.rate, plain.rate));
        ours.push(sample);
        baseline.push(plain);
    }
    report.pair("single orders", GOAL, &ours, &baseline);
    Ok(())
}

fn script(world: &mut World, headers: &[String; 2], body: &str) -> anyhow::Result<Script> {
    let mut ids = Vec::new();
    let port = world.options.port;
    let statements = capture(world, |number| {
        let key = format!("Idempotency-Key: {KEY}-{number}");
        let headers = [&headers[..], &[key]].concat();
        let body = body.replace(NUMBER, &format!("{NUMBER}-{number}"));
        let answer = http::request(port, "POST", PATH, &headers, &body)?;
        ensure!(answer.status == 201, "an order got {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        let order: serde_json::Value = serde_json::from_slice(&answer.body)?;
        ids.push(order["id"].as_str().context("an order without an id")?.to_owned());
        Ok(())
    })?;
    // Which of the tries was taken is seen from its values.
    let said = |text: &str| statements.iter().flat_map(|s| &s.values).flatten().any(|value| value.contains(text));
    let own: Vec<String> = ids
        .into_iter()
        .zip(0..)
        .flat_map(|(id, number)| [id, format!("{NUMBER}-{number}"), format!("{KEY}-{number}")])
        .filter(|text| said(text))
        .collect();
    ensure!(own.len() == 3, "the statements of an order do not speak of it");
    let noted = noted(&statements).context("no statement writes the order's audit entry")?;
    let own: Vec<&str> = own.iter().map(String::as_str).chain([noted.as_str()]).collect();
    Ok(Script::of(&statements, &own))
}

// The id of the order's entry in the audit.
fn noted(statements: &[Statement]) -> Option<String> {
    let appending = statements.iter().find(|statement| statement.sql.contains("stoa_audit_append"))?;
    let lists = appending.values.iter().flatten().filter_map(|value| serde_json::from_str(value).ok());
    lists.into_iter().find_map(|entries: serde_json::Value| Some(entries.get(0)?.get("id")?.as_str()?.to_owned()))
}

fn body() -> String {
    let at = rfc3339(now());
    format!(
        "{{\"store\":\"s1\",\"number\":\"{NUMBER}\",\"placed_at\":\"{at}\",\"currency\":\"GBP\",\
         \"customer\":{{\"email\":\"buyer7@bench.test\",\"name\":\"Buyer 7\"}},\"items\":[\
         {{\"sku\":\"SKU-00001\",\"title\":\"Thing number 1\",\"quantity\":2,\"unit_price\":249}},\
         {{\"sku\":\"SKU-00002\",\"title\":\"Thing number 2\",\"quantity\":1,\"unit_price\":299}},\
         {{\"sku\":\"SKU-00003\",\"title\":\"Thing number 3\",\"quantity\":3,\"unit_price\":349}}],\
         \"shipping\":495,\"tags\":[\"web\"]}}"
    )
}

fn lua(body: &str) -> String {
    let (before, after) = body.split_once(NUMBER).unwrap_or((body, ""));
    format!(
        "local word, n = '', 0\n\
         local before, after = '{before}', '{after}'\n\
         function init(args) word = args[1] end\n\
         function request()\n\
           n = n + 1\n\
           local own = word .. '-' .. n\n\
           wrk.headers['Idempotency-Key'] = own\n\
           return wrk.format('POST', nil, nil, before .. own .. after)\n\
         end\n"
    )
}
