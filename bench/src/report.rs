//! The table at the end.

use std::io::Write;

use crate::sample::Samples;

/// What is asked of a ratio.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    pub must: f64,
    pub aim: f64,
}

/// Everything that was found.
#[derive(Default)]
pub struct Report {
    pairs: Vec<[String; 9]>,
    sizes: Vec<[String; 4]>,
}

const PAIR_TITLES: [&str; 9] =
    ["what", "ours/s", "baseline/s", "ratio", "must", "aim", "CPU us each", "baseline CPU us each", "CPU ratio"];
const SIZE_TITLES: [&str; 4] = ["what", "ours", "must", "aim"];

impl Report {
    /// A line with its baseline.
    pub fn pair(&mut self, what: &str, goal: Goal, ours: &Samples, baseline: &Samples) {
        self.pairs.push([
            what.to_owned(),
            format!("{:.0}", ours.rate()),
            format!("{:.0}", baseline.rate()),
            format!("{:.2}", ours.rate() / baseline.rate()),
            format!(">= {:.2}", goal.must),
            format!("{:.2}", goal.aim),
            split(ours),
            split(baseline),
            format!("{:.2}", baseline.cpu() / ours.cpu()),
        ]);
    }

    /// A line that stands for itself.
    pub fn size(&mut self, what: &str, ours: String, must: &str, aim: &str) {
        self.sizes.push([what.to_owned(), ours, must.to_owned(), aim.to_owned()]);
    }

    /// Prints both tables to standard output.
    pub fn print(&self, noise: &str) -> anyhow::Result<()> {
        let mut text = String::from("\n");
        table(&mut text, PAIR_TITLES, &self.pairs);
        if !self.pairs.is_empty() {
            text.push_str(
                "\nMedians of interleaved rounds. CPU time: all (the program + PostgreSQL); of a pgbench or COPY baseline \
                 the program is the client.\nCPU ratio = baseline / ours: what the ratio would be on a machine that does \
                 nothing else.\n\n",
            );
        }
        table(&mut text, SIZE_TITLES, &self.sizes);
        text.push_str(&format!("\n{noise}\n"));
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(())
    }
}

fn split(samples: &Samples) -> String {
    let all = number(samples.cpu());
    if samples.postgres() > 0.0 {
        format!("{all} ({} + {})", number(samples.program()), number(samples.postgres()))
    } else {
        all
    }
}

fn number(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn table<const N: usize>(text: &mut String, titles: [&str; N], rows: &[[String; N]]) {
    if rows.is_empty() {
        return;
    }
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).chain([titles[column].len()]).max().unwrap_or_default()
    };
    let mut line = |cells: [&str; N]| {
        for (column, cell) in cells.iter().enumerate() {
            let width = width(column);
            let cell = if column == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") };
            text.push_str(&cell);
        }
        text.push('\n');
    };
    line(titles);
    for row in rows {
        line(row.each_ref().map(String::as_str));
    }
}
