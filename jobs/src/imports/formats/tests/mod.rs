//! The formats against small files, the real one, and noise.

mod noise;
mod notations;
mod online_retail;
mod orders_csv;
mod orders_jsonl;
mod past;
mod shopify_csv;
mod shopify_written;
mod shoptet_csv;
mod shoptet_xml;
mod woocommerce_json;
mod woocommerce_totals;

use std::io::Cursor;

use domain::imports::Format;

use super::*;

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,TotalPrice\r\n";

fn context() -> Context {
    Context {
        store: "main".into(),
        zone: "Europe/London".parse().unwrap(),
        currency: "GBP".parse().unwrap(),
        now: "2026-03-01T00:00:00Z".parse().unwrap(),
    }
}

fn read(format: Format, bytes: &[u8]) -> Result<Vec<Parsed>, FileError> {
    read_in(&context(), format, bytes)
}

fn read_in(context: &Context, format: Format, bytes: &[u8]) -> Result<Vec<Parsed>, FileError> {
    let bytes = bytes.to_vec();
    let size = bytes.len() as u64;
    let survey = survey::survey_lines(format, size, || Lines::new(Cursor::new(bytes.clone()), size))?;
    let mut reader = Reader::new(format, Lines::new(Cursor::new(bytes.clone()), size)?, context, &survey)?;
    let mut all = Vec::new();
    while let Some(parsed) = reader.next_order()? {
        assert!(parsed.last_line <= survey.last_line);
        all.push(parsed);
    }
    Ok(all)
}

fn retail(lines: &str) -> Vec<Parsed> {
    read(Format::OnlineRetail, format!("{HEADER}{lines}").as_bytes()).unwrap()
}

fn order(parsed: &Parsed) -> &NewOrder {
    match &parsed.content {
        Content::Order(order) => order,
        other => panic!("{other:?}"),
    }
}

fn faults(parsed: &Parsed) -> Vec<(u64, &str, &str)> {
    match &parsed.content {
        Content::Rejected(problems) => {
            problems.iter().map(|p| (p.line, p.column.as_str(), p.reason.as_str())).collect()
        }
        other => panic!("{other:?}"),
    }
}

const CSV: &str = "order_number,placed_at,item_title,quantity,unit_price,discount,shipping,tax,customer_name\n";

fn csv(lines: &str) -> Vec<Parsed> {
    read(Format::OrdersCsv, format!("{CSV}{lines}").as_bytes()).unwrap()
}

fn amounts(parsed: &Parsed) -> (i64, i64, i64, i64) {
    let amounts = order(parsed).amounts();
    (amounts.gross, amounts.discounts, amounts.shipping, amounts.tax)
}

#[test]
fn a_header_that_does_not_fit_is_refused_by_name() {
    let refused = |format, text: &str| read(format, text.as_bytes()).unwrap_err().to_string();
    let text =
        refused(Format::OnlineRetail, "InvoiceNo,StockCode,Colour,Quantity,InvoiceDate,UnitPrice,Country,Quantity\n");
    for words in ["missing: Description, CustomerID", "unknown: 'Colour'", "duplicate: 'Quantity'"] {
        assert!(text.contains(words), "{text}");
    }
    let text = refused(Format::OrdersCsv, HEADER);
    assert!(text.starts_with("this file is not in the format orders-csv; it begins with 'InvoiceNo,"), "{text}");
    let text = refused(Format::OrdersJsonl, HEADER);
    assert!(text.starts_with("this file is not in the format orders-jsonl; it begins with 'InvoiceNo,"), "{text}");
    assert!(refused(Format::OnlineRetail, "{\"number\": 1}").contains("is not in the format online-retail"));
    for format in Format::ALL {
        assert_eq!(refused(format, ""), "the file is empty");
    }
}
