//! The statements that Stoa runs for one request, with their values, as PostgreSQL logs them.

use anyhow::Context;

use crate::world::{DATABASE, World};

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    pub sql: String,
    /// `$1` and so on; `None` is null.
    pub values: Vec<Option<String>>,
}

const TRIES: usize = 5;

/// What is run for `request`: of a few tries the one with the fewest statements, because now and then a request asks
/// something that serves half a second of them. Connections learn when they are made whether they are logged, so the
/// server is started again, twice.
pub fn capture(world: &mut World, request: impl FnMut(usize) -> anyhow::Result<()>) -> anyhow::Result<Vec<Statement>> {
    let set = |value| format!("alter role stoa_app in database {DATABASE} {value} log_statement");
    world.sql(&format!("{} = 'all'", set("set")))?;
    world.restart()?;
    let found = tries(world, request);
    world.sql(&set("reset"))?;
    world.restart()?;
    let fewest = found?.into_iter().filter(|statements| !statements.is_empty()).min_by_key(Vec::len);
    fewest.context("no statement was logged")
}

fn tries(world: &World, mut request: impl FnMut(usize) -> anyhow::Result<()>) -> anyhow::Result<Vec<Vec<Statement>>> {
    (0..TRIES).map(|number| once(world, || request(number))).collect()
}

fn once(world: &World, request: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Vec<Statement>> {
    let log = &world.options.server_log;
    let begin: u64 = world.sql(&format!("select (pg_stat_file('{log}')).size"))?.parse()?;
    request()?;
    // What only read is ended a moment after the answer.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let text = world.sql(&format!("select pg_read_file('{log}', {begin}, 100000000)"))?;
    Ok(parse(&text))
}

// Lines that go on begin with a tab. Announcements are sent for many commits at once, by a task of their own.
fn parse(text: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for entry in text.replace("\n\t", "\n").replace('\r', "").split_inclusive_entries() {
        let Some((_, message)) = entry.split_once("stoa_app@stoa_bench ") else { continue };
        if let Some(values) = message.strip_prefix("DETAIL:  parameters: ") {
            if let Some(last) = found.last_mut() {
                last.values = parse_values(values);
            }
        } else if let Some(sql) = message.strip_prefix("LOG:  execute ").and_then(|m| m.split_once(": ")) {
            found.push(Statement { sql: sql.1.trim().to_owned(), values: Vec::new() });
        } else if let Some(sql) = message.strip_prefix("LOG:  statement: ") {
            // Several in one message; pgbench sends them one by one, because prepared ones cannot share a message.
            let each = sql.split_terminator(';').map(|sql| sql.trim().to_owned());
            found.extend(each.map(|sql| Statement { sql, values: Vec::new() }));
        }
    }
    found.retain(|statement| !statement.sql.contains("pg_notify"));
    found
}

trait Entries {
    fn split_inclusive_entries(&self) -> Vec<String>;
}

impl Entries for String {
    // An entry begins with a time: 2026-11-20 21:30:41.123 UTC [1234]
    fn split_inclusive_entries(&self) -> Vec<String> {
        let mut entries: Vec<String> = Vec::new();
        for line in self.lines() {
            let bytes = line.as_bytes();
            let begins =
                bytes.len() > 24 && bytes[4] == b'-' && bytes[10] == b' ' && bytes[13] == b':' && bytes[19] == b'.';
            match entries.last_mut() {
                Some(entry) if !begins => {
                    entry.push('\n');
                    entry.push_str(line);
                }
                _ => entries.push(line.to_owned()),
            }
        }
        entries
    }
}

// $1 = 'it''s', $2 = NULL
fn parse_values(text: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(" = ") {
        let Some(quoted) = after.strip_prefix('\'') else {
            values.push(None);
            rest = after.strip_prefix("NULL").unwrap_or(after);
            continue;
        };
        let (value, end) = unquote(quoted);
        values.push(Some(value));
        rest = &quoted[end..];
    }
    values
}

// The text up to the single quote that ends it, and where that is.
fn unquote(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == '\'' && signs.next_if(|(_, next)| *next == '\'').is_none() {
            return (value, at + 1);
        }
        value.push(sign);
    }
    (value, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_with_their_values() {
        let at = "2026-11-20 21:30:41.123 UTC [12]";
        let log = format!(
            "{at} stoa_app@stoa_bench LOG:  statement: begin; set local a.b = 'x'\n\
             {at} stoa_app@stoa_bench LOG:  execute sqlx_s_1: select $1,\n\t $2, $3\n\
             {at} stoa_app@stoa_bench DETAIL:  parameters: $1 = 'it''s = 1, $2 = ''x''', $2 = NULL, $3 = '{{\"a\",b}}'\n\
             {at} stoa_app@another LOG:  statement: COMMIT\n"
        );
        let values = vec![Some("it's = 1, $2 = 'x'".to_owned()), None, Some("{\"a\",b}".to_owned())];
        let plain = |sql: &str| Statement { sql: sql.into(), values: Vec::new() };
        assert_eq!(
            parse(&log),
            [plain("begin"), plain("set local a.b = 'x'"), Statement { sql: "select $1,\n $2, $3".into(), values }]
        );
    }
}
