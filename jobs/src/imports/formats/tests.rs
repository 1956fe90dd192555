//! The formats against small files, the real one, and noise.

use std::collections::BTreeMap;
use std::io::Cursor;

use domain::imports::{Format, ProblemKind};
use domain::orders::{ItemKind, OrderKind};
use proptest::prelude::*;

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
    let (bytes, context) = (bytes.to_vec(), context());
    let size = bytes.len() as u64;
    let survey = survey::survey_lines(format, size, || Lines::new(Cursor::new(bytes.clone()), size))?;
    let mut reader = Reader::new(format, Lines::new(Cursor::new(bytes.clone()), size)?, &context, &survey)?;
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

#[test]
fn the_real_file_reads_to_the_known_figures() {
    let bytes = include_bytes!("../../../tests/fixtures/online-retail/online-retail-2010-12.csv");
    let all = read(Format::OnlineRetail, bytes).unwrap();
    let mut found: BTreeMap<&str, (usize, usize, i64)> = BTreeMap::new();
    for parsed in &all {
        let (kind, items, total) = match &parsed.content {
            Content::Order(order) => (order.kind().as_str(), order.items().len(), order.amounts().total()),
            Content::Skipped(problems) => ("skipped", problems.len(), 0),
            Content::Rejected(problems) => panic!("{problems:?}"),
        };
        let entry = found.entry(kind).or_default();
        *entry = (entry.0 + 1, entry.1 + items, entry.2 + total);
    }
    assert_eq!(found["sale"], (1_052, 28_007, 54_036_113));
    assert_eq!(found["return"], (156, 418, -6_337_656));
    assert_eq!(found["skipped"], (67, 67, 0));
    assert_eq!(all.iter().map(|p| p.lines).sum::<u64>(), 28_492);
    assert_eq!(all.last().unwrap().last_line, 28_493);
}

#[test]
fn an_invoice_is_an_order() {
    let all = retail(
        "536365,85123A, HOLDER ,6,12/1/10 8:26,2.55,17850,United Kingdom,1\r\n\
         536365,post,POSTAGE,1,12/1/10 8:27,18,17850,United Kingdom,1\r\n\
         536365,M,,1,12/1/10 8:27,1.5,17850,United Kingdom,1\r\n\
         C536379,D,Discount,-1,7/1/2011 9:41,27.5,14527,United Kingdom,-27.5\r\n\
         536367,22618,,-10,12/1/10 8:26,0,,United Kingdom,0\r\n",
    );
    let sale = order(&all[0]);
    assert_eq!((sale.number(), sale.kind(), sale.currency().code()), ("536365", OrderKind::Sale, "GBP"));
    assert_eq!(sale.placed_at().to_rfc3339(), "2010-12-01T08:26:00+00:00");
    assert_eq!(sale.customer().unwrap().external_id.as_deref(), Some("17850"));
    assert_eq!(sale.customer().unwrap().country.as_deref(), Some("United Kingdom"));
    let items: Vec<_> = sale.items().iter().map(|i| (i.title.as_str(), i.kind, i.amount())).collect();
    let expected =
        [("HOLDER", ItemKind::Product, 1_530), ("POSTAGE", ItemKind::Shipping, 1_800), ("M", ItemKind::Fee, 150)];
    assert_eq!(items, expected);
    let credit = order(&all[1]);
    assert_eq!((credit.kind(), credit.amounts().total()), (OrderKind::Return, -2_750));
    assert_eq!(credit.placed_at().to_rfc3339(), "2011-07-01T08:41:00+00:00");
    let Content::Skipped(skipped) = &all[2].content else { panic!("{:?}", all[2]) };
    assert_eq!(
        (skipped[0].line, skipped[0].kind, skipped[0].order.as_deref()),
        (6, ProblemKind::Skipped, Some("536367"))
    );
}

#[test]
fn a_line_without_description_gets_the_most_frequent_one() {
    let line = |n: u32, text: &str| format!("{n},A,{text},1,12/1/10 8:26,1,,UK,1\n");
    let all = retail(&[line(1, ""), line(2, "rare"), line(3, "usual"), line(4, "usual")].concat());
    let titles: Vec<_> = all.iter().map(|p| order(p).items()[0].title.as_str()).collect();
    assert_eq!(titles, ["usual", "rare", "usual", "usual"]);
}

#[test]
fn every_fault_has_line_column_and_reason_and_keeps_only_its_order_out() {
    let all = retail(
        "1,A,a,six,12/1/10 8:26,1,,UK,1\n1,A,a,1,13/1/10 8:26,1.005,,UK,1\n\
         2,A,a,1,12/1/10 8:26,1,,UK,1\n3,,a,1,,x,,UK,1\n4,A,a,-1,12/1/10 8:26,1,,UK,1\n\
         5,A,a,1,12/1/10 8:26,1,,UK\n6,A,a,1,12/1/49 8:26,1,,UK,1\n",
    );
    assert_eq!(
        faults(&all[0]),
        [
            (2, "Quantity", "'six' is not a whole number"),
            (3, "InvoiceDate", "'13/1/10 8:26' is not a date and time such as 12/1/10 8:26"),
            (3, "UnitPrice", "'1.005' has more decimals than the currency"),
        ]
    );
    assert_eq!(order(&all[1]).number(), "2");
    let columns: Vec<_> = faults(&all[2]).iter().map(|f| f.1).collect();
    assert_eq!(columns, ["InvoiceDate", "StockCode", "UnitPrice"]);
    assert_eq!(faults(&all[3]), [(6, "Quantity", "must be above zero on a sale")]);
    assert_eq!(faults(&all[4]), [(7, "", "has 8 cells, but the header has 9")]);
    assert_eq!(faults(&all[5]), [(8, "InvoiceDate", "must not be more than a day in the future")]);
}

#[test]
fn half_an_order_never_goes_in() {
    let line = |n: &str| format!("{n},A,a,1,12/1/10 8:26,1,,UK,1\n");
    let torn = retail(&[line("1"), line("2"), line("1")].concat());
    assert!(faults(&torn[0])[0].2.contains("comes again at line 4"), "{:?}", faults(&torn[0]));
    assert_eq!(order(&torn[1]).number(), "2");
    assert_eq!(faults(&torn[2])[0].0, 4);
    let amidst = retail(&[line("1"), ",A,a,1\n".into(), line("1"), "\n".into(), line(""), line("2")].concat());
    assert_eq!(faults(&amidst[0]), [(3, "", "has 4 cells, but the header has 9")]);
    assert_eq!((amidst[0].lines, amidst[0].last_line), (3, 4));
    assert_eq!(faults(&amidst[1]), [(6, "InvoiceNo", "must not be empty")]);
    assert_eq!(order(&amidst[2]).number(), "2");
}

#[test]
fn an_order_of_too_many_lines_is_rejected_in_constant_memory() {
    let all = retail(&"1,A,a,1,12/1/10 8:26,1,,UK,1\n".repeat(6_000));
    assert_eq!((all.len(), all[0].lines), (1, 6_000));
    assert_eq!(faults(&all[0]), [(2, "", "must hold at most 5000 items")]);
}

#[test]
fn a_header_that_does_not_fit_is_refused_by_name() {
    let refused = |format, text: &str| read(format, text.as_bytes()).unwrap_err().to_string();
    let text =
        refused(Format::OnlineRetail, "InvoiceNo,StockCode,Colour,Quantity,InvoiceDate,UnitPrice,Country,Quantity\n");
    for words in ["missing: Description, CustomerID", "unknown: 'Colour'", "named twice: 'Quantity'"] {
        assert!(text.contains(words), "{text}");
    }
    let text = refused(Format::OrdersCsv, HEADER);
    assert!(text.starts_with("this does not look like orders-csv, it begins with 'InvoiceNo,"), "{text}");
    let text = refused(Format::OrdersJsonl, HEADER);
    assert!(text.starts_with("this does not look like orders-jsonl, it begins with 'InvoiceNo,"), "{text}");
    assert!(refused(Format::OnlineRetail, "{\"number\": 1}").contains("does not look like online-retail"));
    for format in Format::ALL {
        assert_eq!(refused(format, ""), "the file is empty");
    }
}

#[test]
fn orders_csv_reads_whole_orders() {
    let text = "order_number,placed_at,item_sku,item_title,quantity,unit_price,currency,customer_email,discount,tags,shipping\n\
        A-1,2026-01-02T03:04:05Z,T1,Tea,2,4.50,EUR,ana@example.com,1.00,gift; blue,3\n\
        A-1,,T2,\"Cup, large\",1,12,,,,,\n\
        A-2,2026-02-01 10:00,,Tea,1,4.5,,,,,\n\
        A-3,2026-02-01 10:00,T1,,1,4.5,,,,,\nA-3,2026-02-01 11:00,T1,Tea,1,4.5,XYZ,,,,\n";
    let all = read(Format::OrdersCsv, text.as_bytes()).unwrap();
    let first = order(&all[0]);
    assert_eq!((first.currency().code(), first.amounts().total()), ("EUR", 900 + 1_200 - 100 + 300));
    assert_eq!(
        (first.items()[1].title.as_str(), first.tags()),
        ("Cup, large", &["gift".to_owned(), "blue".into()][..])
    );
    assert_eq!(first.customer().unwrap().email.as_deref(), Some("ana@example.com"));
    assert_eq!((order(&all[1]).currency().code(), order(&all[1]).customer()), ("GBP", None));
    let columns: Vec<_> = faults(&all[2]).iter().map(|f| (f.0, f.1)).collect();
    assert_eq!(columns, [(6, "placed_at"), (6, "currency")]);
}

#[test]
fn orders_jsonl_reads_api_bodies() {
    let body = |number: &str, more: &str| {
        format!(
            "{{\"number\":\"{number}\",\"placed_at\":\"2026-01-02T03:04:05Z\",\"currency\":\"EUR\",{more}\"items\":[{{\"title\":\"Tea\",\"quantity\":2,\"unit_price\":450}}]}}\n"
        )
    };
    let text = [
        body("1", ""),
        body("2", "\"store\":\"main\","),
        body("3", "\"store\":\"else\",\"colour\":1,"),
        body("4", "\"store\":\"else\","),
        "{oops\n".into(),
        "\n".into(),
        "[]".into(),
    ];
    let all = read(Format::OrdersJsonl, text.concat().as_bytes()).unwrap();
    assert_eq!((order(&all[0]).amounts().total(), order(&all[1]).number()), (900, "2"));
    assert_eq!(faults(&all[2])[0].1, "colour");
    assert_eq!(faults(&all[3]), [(4, "store", "is 'else', but this import goes into 'main'")]);
    assert_eq!(faults(&all[4]), [(5, "", "is not JSON: key must be a string at column 2")]);
    assert_eq!(faults(&all[5]), [(7, "body", "must be a JSON object")]);
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment how long to go on")]
fn often() -> ProptestConfig {
    ProptestConfig::with_cases(if std::env::var("STOA_TORTURE").is_ok() { 50_000 } else { 256 })
}

proptest! {
    #![proptest_config(often())]

    #[test]
    fn no_file_makes_a_reader_panic_or_lose_a_line(
        format in prop::sample::select(Format::ALL.to_vec()),
        lines in prop::collection::vec(prop_oneof![
            "[\"',;a-z0-9{}\\[\\]:. -]{0,40}", ".{0,20}",
            "(53636[5-7]|C1|),(A|POST|D|),a?,-?[0-9]{1,3},12/1/10 8:26,[0-9]{1,2}(\\.[0-9]{1,3})?,(17850)?,UK,",
            "(A-[12]),2026-01-0[12] 10:00,[a-c]?,[a-c]?,-?[0-9]{1,2},[0-9]\\.[0-9]{1,3}",
        ], 0..40),
    ) {
        let header = match format {
            Format::OnlineRetail => HEADER,
            Format::OrdersCsv => "order_number,placed_at,item_sku,item_title,quantity,unit_price\n",
            Format::OrdersJsonl => "{}\n",
        };
        let text = format!("{header}{}", lines.join("\n"));
        if let Ok(all) = read(format, text.as_bytes()) {
            for pair in all.windows(2) {
                prop_assert!(pair[0].last_line < pair[1].first_line, "{pair:?}");
            }
            let mut numbers: Vec<_> = all.iter().filter_map(|p| match &p.content {
                Content::Order(order) if format != Format::OrdersJsonl => Some(order.number()),
                _ => None,
            }).collect();
            let count = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), count);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(format in prop::sample::select(Format::ALL.to_vec()), bytes in prop::collection::vec(any::<u8>(), 0..200), packed in any::<bool>()) {
        let bytes = if packed { [&[0x1f, 0x8b, 8, 0][..], &bytes].concat() } else { bytes };
        let _ = read(format, &bytes);
    }
}
