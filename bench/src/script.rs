//! Captured statements as a script for `pgbench`.

use crate::statements::Statement;

/// A script, and the variables that it needs.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Script {
    pub text: String,
    pub variables: Vec<(String, String)>,
}

/// The expression that takes the place of what must differ in every transaction: as many digits as a UUID has,
/// growing as real ids do.
const UNIQUE: &str = "lpad(:id, 32, '0')";
const COUNT: &str = "\\set n :n + 1\n\\set id (:base + :n) * 1000 + :client_id\n";

impl Script {
    /// The script of `statements`, in whose values each text of `unique` is another one in every transaction.
    pub fn of(statements: &[Statement], unique: &[&str]) -> Self {
        let mut script = Self::default();
        if !unique.is_empty() {
            script.text.push_str(COUNT);
        }
        for (number, statement) in statements.iter().enumerate() {
            let sql = script.with_values(number, statement, unique);
            script.text.push_str(&sql);
            script.text.push_str(";\n");
        }
        script
    }

    /// The variables of one run. `base` must be another one in every run.
    pub fn variables(&self, base: u64) -> Vec<(String, String)> {
        let counters = [("n".to_owned(), "0".to_owned()), ("base".to_owned(), base.to_string())];
        self.variables.iter().cloned().chain(counters).collect()
    }

    fn with_values(&mut self, number: usize, statement: &Statement, unique: &[&str]) -> String {
        let mut sql = String::new();
        let mut parts = statement.sql.split('$');
        sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (place, rest) = part.split_at(digits);
            match place.parse::<usize>().ok().and_then(|p| statement.values.get(p - 1)) {
                Some(Some(value)) => {
                    let name = format!("s{number}_p{place}");
                    sql.push_str(&expression(&name, value, unique));
                    self.declare(name, value);
                }
                Some(None) => sql.push_str("null"),
                None => {
                    sql.push('$');
                    sql.push_str(place);
                }
            }
            sql.push_str(rest);
        }
        sql
    }

    fn declare(&mut self, name: String, value: &str) {
        if !self.variables.iter().any(|(known, _)| *known == name) {
            self.variables.push((name, value.to_owned()));
        }
    }
}

fn expression(name: &str, value: &str, unique: &[&str]) -> String {
    let inside = unique.iter().filter(|token| value.contains(**token));
    inside.fold(format!(":{name}"), |sql, token| format!("replace({sql}, '{token}', {UNIQUE})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_variables_and_some_differ_each_time() {
        let values = vec![Some("{N-1}".to_owned()), None, Some("x".to_owned())];
        let statement = Statement { sql: "select $1::text[], $2, $3, $1".into(), values };
        let script = Script::of(&[statement], &["N-1"]);
        let unique = "replace(:s0_p1, 'N-1', lpad(:id, 32, '0'))";
        assert_eq!(script.text, format!("{COUNT}select {unique}::text[], null, :s0_p3, {unique};\n"));
        let names: Vec<_> = script.variables(7).into_iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(names, ["s0_p1={N-1}", "s0_p3=x", "n=0", "base=7"]);
    }
}
