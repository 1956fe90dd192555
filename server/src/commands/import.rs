//! `stoa import`.

use std::path::PathBuf;

use clap::Args;
use db::orders::place::Mode;
use domain::imports::{Format, FormatChoice, Problem, Summary};
use jobs::imports::{FileImport, Outcome, recognise, run_file_until};
use serde_json::{Value, json};

use super::connect;
use super::failure::Failure;
use super::output::{Output, to_stderr};
use crate::config::Config;
use crate::shutdown;

/// Import orders from a file into a store. If interrupted, import the same file again to continue. A file that was
/// already imported changes no data.
#[derive(Debug, Args)]
pub struct Import {
    /// The slug of the tenant.
    #[arg(long)]
    tenant: String,
    /// The slug of the store.
    #[arg(long)]
    store: String,
    /// The format: shopify-csv, woocommerce-json, shoptet-xml, shoptet-csv, orders-csv, orders-jsonl or online-retail. By default, the file is recognised by its header.
    #[arg(long, default_value = FormatChoice::AUTO, value_parser = str::parse::<FormatChoice>)]
    format: FormatChoice,
    /// Replace orders that exist by newer states of them.
    #[arg(long)]
    update: bool,
    /// Check the file without importing it.
    #[arg(long)]
    dry_run: bool,
    /// The path of the file.
    file: PathBuf,
}

impl Import {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let db = connect::database(config).await?;
        let access = connect::tenant(&db, &self.tenant).await?;
        let stop = shutdown::on_signal()?;
        let size_limit = config.http.upload_limit.try_into().unwrap_or(u64::MAX);
        let format = match self.format {
            FormatChoice::Known(format) => format,
            FormatChoice::Auto => recognise(self.file.clone(), size_limit).await.map_err(Failure::failed)?,
        };
        let mode = if self.update { Mode::Update } else { Mode::Create };
        let import = FileImport { store: self.store, format, path: self.file, mode, dry_run: self.dry_run, size_limit };
        let outcome = run_file_until(&access, import, &stop).await.map_err(Failure::failed)?;
        for problem in &outcome.problems {
            to_stderr(&in_words(problem));
        }
        let shown = u64::try_from(outcome.problems.len()).unwrap_or(u64::MAX);
        if outcome.problem_count > shown {
            let more = outcome.problem_count - shown;
            let place = if self.dry_run { "correct these first" } else { "the import's page lists them all" };
            to_stderr(&format!("... and {more} more; {place}"));
        }
        out.result(&report(&outcome, self.dry_run)?, &text(&outcome, format, self.dry_run));
        Ok(())
    }
}

fn report(outcome: &Outcome, dry_run: bool) -> Result<Value, Failure> {
    let mut report = serde_json::to_value(&outcome.summary).map_err(Failure::failed)?;
    report["dry_run"] = dry_run.into();
    report["problem_count"] = outcome.problem_count.into();
    report["problems"] = serde_json::to_value(&outcome.problems).map_err(Failure::failed)?;
    report["already_imported"] = json!(outcome.already_imported);
    Ok(report)
}

fn in_words(problem: &Problem) -> String {
    let Problem { line, column, reason, order, kind } = problem;
    let column = if column.is_empty() { String::new() } else { format!(", {column}") };
    let order = order.as_ref().map(|number| format!(" (order {number})")).unwrap_or_default();
    format!("{} line {line}{column}: {reason}{order}", kind.as_str())
}

fn text(outcome: &Outcome, format: Format, dry_run: bool) -> String {
    let Summary { read, orders, returns, skipped, rejected, items, unchanged, updated, older, currencies } =
        &outcome.summary;
    let mut lines = Vec::new();
    if let Some(run) = outcome.already_imported {
        lines.push(format!("this file was already imported (run {run}); no changes were made"));
    } else if dry_run {
        lines.push("dry run; no changes were made".to_owned());
    }
    lines.push(format!(
        "{read} lines read as {}: {orders} orders, {returns} returns, {items} items; {updated} updated, {unchanged} \
         unchanged, {older} older than stored, {skipped} skipped, {rejected} rejected",
        format.as_str()
    ));
    for (currency, totals) in currencies {
        let (sales, back) = (totals.sales_total, totals.returns_total);
        lines.push(format!("{currency}: sales {sales}, returns {back} (minor units)"));
    }
    lines.join("\n")
}
