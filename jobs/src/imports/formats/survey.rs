//! The first reading of a file, before anything of it is stored: it is refused here when it is refused at all.
//! Finds out what no single line can tell: how long it is, the titles of its stock codes, which orders are torn apart, and
//! how its numbers and days are written.

use std::path::Path;

use domain::imports::Format;
use domain::money::Evidence;
use domain::written_time::DayOrder;

use super::cells::Records;
use super::columns::Columns;
use super::group::Layout;
use super::numbers::{Scattered, Seen, Suspects};
use super::online_retail::{self, OnlineRetail};
use super::orders_csv::OrdersCsv;
use super::orders_jsonl;
use super::shopify_csv::ShopifyCsv;
use super::shoptet::csv::{self as shoptet_csv, ShoptetCsv};
use super::shoptet::xml as shoptet_xml;
use super::text::Written;
use super::titles::Titles;
use super::woocommerce_json;
use crate::imports::source::{self, FileError, Lines};

/// What a file as a whole is like.
#[derive(Debug, Default)]
pub struct Survey {
    /// The number of its last line.
    pub last_line: u64,
    /// How many of its lines are data: what a reader counts as it goes.
    pub data_lines: u64,
    /// The title of each stock code, where the format lets lines disagree.
    pub titles: Titles,
    /// Orders whose lines do not stand together.
    pub scattered: Scattered,
    /// What its numbers and days show of their notation.
    pub written: Written,
    /// Whether it is written in Windows-1250 rather than in UTF-8.
    pub is_windows_1250: bool,
}

/// Reads the file at `path` through, which may have up to `limit` bytes.
///
/// # Errors
/// Whatever makes the file unfit as a whole.
pub fn survey(format: Format, path: &Path, limit: u64) -> Result<Survey, FileError> {
    let size = std::fs::metadata(path).map_err(FileError::Io)?.len();
    survey_lines(format, size, || source::open(path, limit))
}

/// The same for anything that can be opened twice.
pub(super) fn survey_lines(
    format: Format,
    size: u64,
    open: impl Fn() -> Result<Lines, FileError>,
) -> Result<Survey, FileError> {
    match format {
        Format::OnlineRetail => csv::<OnlineRetail<'_>>(size, &open, online_retail::count_title),
        Format::OrdersCsv => csv::<OrdersCsv<'_>>(size, &open, |_, _, _| ()),
        Format::OrdersJsonl => orders_jsonl::survey(open()?),
        Format::ShopifyCsv => csv::<ShopifyCsv<'_>>(size, &open, |_, _, _| ()),
        Format::WoocommerceJson => woocommerce_json::survey(open()?),
        Format::ShoptetXml => in_either_encoding(&open, |open| shoptet_xml::survey(open()?)),
        Format::ShoptetCsv => {
            shoptet_csv::check(open()?)?;
            in_either_encoding(&open, |open| csv::<ShoptetCsv<'_>>(size, &open, |_, _, _| ()))
        }
    }
}

type Open<'a> = &'a dyn Fn() -> Result<Lines, FileError>;

// A file that is no UTF-8 as a whole is in Windows-1250, in which any bytes are letters.
fn in_either_encoding(
    open: Open<'_>,
    read: impl Fn(Open<'_>) -> Result<Survey, FileError>,
) -> Result<Survey, FileError> {
    match read(open) {
        Err(FileError::NotUtf8 { .. }) => {
            let survey = read(&|| open().map(Lines::in_windows_1250))?;
            Ok(Survey { is_windows_1250: true, ..survey })
        }
        read => read,
    }
}

fn csv<L: Layout>(
    size: u64,
    open: &impl Fn() -> Result<Lines, FileError>,
    note: impl Fn(&Records, &Columns, &mut Titles),
) -> Result<Survey, FileError> {
    let mut survey = Survey::default();
    let (mut seen, mut suspects) = (Seen::new(size), Suspects::default());
    let (mut amounts, mut days, mut last_time) = (Evidence::default(), DayOrder::ANY, String::new());
    survey.last_line = each_record::<L>(open()?, |records, columns, begins| {
        note(records, columns, &mut survey.titles);
        columns.numbers(records).for_each(|number| amounts.note(number));
        for time in columns.times(records) {
            // Most lines repeat it.
            if last_time != time {
                days.note(time);
                time.clone_into(&mut last_time);
            }
        }
        survey.data_lines += 1;
        match begins {
            Some(number) if !seen.first_time(number) => suspects.add(number),
            _ => Ok(()),
        }
    })?;
    if !suspects.is_empty() {
        each_record::<L>(open()?, |records, _, begins| {
            if let Some(number) = begins {
                suspects.meet(number, records.first_line());
            }
            Ok(())
        })?;
    }
    survey.scattered = suspects.scattered();
    survey.written = Written { amounts: amounts.notation(), days };
    Ok(survey)
}

// Calls `look` with each record and, where an order begins, its number; the number of the last line.
fn each_record<L: Layout>(
    lines: Lines,
    mut look: impl FnMut(&Records, &Columns, Option<&str>) -> Result<(), FileError>,
) -> Result<u64, FileError> {
    let mut records = Records::new(lines);
    let columns = Columns::read(&mut records, L::COLUMNS, L::FORMAT, L::MAY_END_EARLY, L::MAY_HAVE_OTHERS)?;
    let mut open = String::new();
    while records.advance()? {
        let number = columns.number(&records);
        let begins = !number.is_empty() && number != open;
        if begins {
            open.clear();
            open.push_str(number);
        }
        look(&records, &columns, begins.then_some(number))?;
    }
    Ok(records.last_line())
}
