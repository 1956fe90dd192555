//! Which format a file has, by what it begins with.

use std::io::Cursor;
use std::path::Path;

use domain::imports::Format;
use domain::text;

use super::cells::Records;
use super::text::shown;
use super::{shoptet, woocommerce_json};
use crate::imports::source::{self, FileError, Lines};

/// How the files of a format begin.
enum Beginning {
    /// With a header line that names all of these columns, in any order and letter case.
    Header(&'static [&'static str]),
    /// With a text for which this holds.
    Text(fn(&str) -> bool),
}

/// The first one that fits is it: those that say most of themselves come first.
const BEGINNINGS: &[(Format, Beginning)] = &[
    (Format::ShopifyCsv, Beginning::Header(&["Name", "Financial Status", "Lineitem name"])),
    (Format::OnlineRetail, Beginning::Header(&["InvoiceNo", "StockCode", "InvoiceDate"])),
    (Format::OrdersCsv, Beginning::Header(&["order_number", "placed_at"])),
    (Format::ShoptetXml, Beginning::Text(|text| shoptet::xml::looks_like(text.as_bytes()))),
    (Format::ShoptetCsv, Beginning::Text(|text| shoptet::csv::looks_like(text.as_bytes()))),
    (Format::WoocommerceJson, Beginning::Text(|text| woocommerce_json::looks_like(text.as_bytes()))),
    (Format::OrdersJsonl, Beginning::Text(is_object)),
];

/// Which format the file at `path` has, which may have up to `limit` bytes.
///
/// # Errors
/// When it cannot be read, is empty, or has none of the known formats.
pub fn recognise_file(path: &Path, limit: u64) -> Result<Format, FileError> {
    let mut lines = source::open(path, limit)?;
    let first = lines.beginning()?;
    recognise(first).ok_or_else(|| {
        let text = String::from_utf8_lossy(first);
        match text::trim(&text).lines().next() {
            None => FileError::Empty,
            Some(line) => FileError::Unrecognised { begins: shown(line), known: Format::names() },
        }
    })
}

/// Which format a file has that begins with `first`, once it is unpacked.
pub fn recognise(first: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(first);
    let text = text::trim(&text);
    let header = header(text);
    let has = |name: &str| header.iter().any(|cell| cell.eq_ignore_ascii_case(name));
    let fits = |beginning: &Beginning| match beginning {
        Beginning::Header(names) => names.iter().all(|name| has(name)),
        Beginning::Text(fits) => fits(text),
    };
    BEGINNINGS.iter().find(|(_, beginning)| fits(beginning)).map(|(format, _)| *format)
}

fn is_object(text: &str) -> bool {
    text.starts_with('{')
}

// The cells of the first record; none where the text is no CSV.
fn header(text: &str) -> Vec<String> {
    if text.starts_with(['{', '[', '<']) {
        return Vec::new();
    }
    let Ok(lines) = Lines::new(Cursor::new(text.to_owned()), text.len() as u64) else { return Vec::new() };
    let mut records = Records::new(lines);
    match records.advance() {
        Ok(true) => (0..records.len()).map(|index| records.cell(index).to_owned()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_recognised_by_its_header() {
        for (first, format) in [
            ("Name,Email,Financial Status,Total,Lineitem name\n", Some(Format::ShopifyCsv)),
            ("name;lineitem name;financial status\n#1;Tea;paid\n", Some(Format::ShopifyCsv)),
            ("InvoiceNo,StockCode,Description,InvoiceDate\r\n", Some(Format::OnlineRetail)),
            ("\u{feff}sep=;\n\"order_number\";placed_at\n", Some(Format::OrdersCsv)),
            (",,\n\nPlaced_At\tOrder_Number\n", Some(Format::OrdersCsv)),
            ("\n {\"number\": \"1\"}\n", Some(Format::OrdersJsonl)),
            ("[]", None),
            ("<orders/>", None),
            ("order_number,total\n", None),
            ("Name,Total\n", None),
            ("", None),
        ] {
            assert_eq!(recognise(first.as_bytes()), format, "{first}");
        }
        assert_eq!(recognise(b"\xff\xd8\xff\xe0\x00\x10\n"), None);
    }

    #[test]
    fn every_format_is_recognised() {
        for format in Format::ALL {
            assert!(BEGINNINGS.iter().any(|(known, _)| *known == format), "{}", format.as_str());
        }
    }

    #[test]
    fn a_file_of_no_known_format_is_told_which_there_are() {
        let path = std::env::temp_dir().join(format!("stoa-recognise-{}", std::process::id()));
        let said = |content: &str| {
            std::fs::write(&path, content).unwrap();
            recognise_file(&path, 1_000).map_err(|error| error.to_string())
        };
        let words = said("a,b\n1,2\n").unwrap_err();
        for part in ["begins with 'a,b'", "shopify-csv", "orders-csv", "orders-jsonl", "online-retail"] {
            assert!(words.contains(part), "{words}");
        }
        assert_eq!(said(" \n").unwrap_err(), "the file is empty");
        assert_eq!(said("{}\n"), Ok(Format::OrdersJsonl));
        std::fs::remove_file(&path).unwrap();
    }
}
