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
        "1,A,a,six,12/1/10 8:26,1,,UK,1\n1,A,a,1,13/13/10 8:26,1.005,,UK,1\n\
         2,A,a,1,12/1/10 8:26,1,,UK,1\n3,,a,1,,x,,UK,1\n4,A,a,-1,12/1/10 8:26,1,,UK,1\n\
         5,A,a,1,12/1/10 8:26,1,,UK\n6,A,a,1,12/1/49 8:26,1,,UK,1\n",
    );
    assert_eq!(
        faults(&all[0]),
        [
            (2, "Quantity", "Enter a whole number. Found 'six'."),
            (3, "InvoiceDate", "Enter a date and time such as 12/1/10 8:26. Found '13/13/10 8:26'."),
            (3, "UnitPrice", "This can mean 1005 or 1.0050. Write one of them. Found '1.005'."),
        ]
    );
    assert_eq!(order(&all[1]).number(), "2");
    let columns: Vec<_> = faults(&all[2]).iter().map(|f| f.1).collect();
    assert_eq!(columns, ["InvoiceDate", "StockCode", "UnitPrice"]);
    assert_eq!(faults(&all[3]), [(6, "Quantity", "Use more than 0 for a sale.")]);
    assert_eq!(faults(&all[4]), [(7, "", "This line has 8 cells, but the header has 9.")]);
    assert_eq!(faults(&all[5]), [(8, "InvoiceDate", "Use a time at most 1 day in the future.")]);
}

#[test]
fn half_an_order_never_goes_in() {
    let line = |n: &str| format!("{n},A,a,1,12/1/10 8:26,1,,UK,1\n");
    let torn = retail(&[line("1"), line("2"), line("1")].concat());
    assert!(faults(&torn[0])[0].2.contains("appears again at line 4"), "{:?}", faults(&torn[0]));
    assert_eq!(order(&torn[1]).number(), "2");
    assert_eq!(faults(&torn[2])[0].0, 4);
    let amidst = retail(&[line("1"), ",A,a,1\n".into(), line("1"), "\n".into(), line(""), line("2")].concat());
    assert_eq!(faults(&amidst[0]), [(3, "", "This line has 4 cells, but the header has 9.")]);
    assert_eq!((amidst[0].lines, amidst[0].last_line), (3, 4));
    assert_eq!(faults(&amidst[1]), [(6, "InvoiceNo", "This cell is empty.")]);
    assert_eq!(order(&amidst[2]).number(), "2");
}

#[test]
fn an_order_of_too_many_lines_is_rejected_in_constant_memory() {
    let all = retail(&"1,A,a,1,12/1/10 8:26,1,,UK,1\n".repeat(6_000));
    assert_eq!((all.len(), all[0].lines), (1, 6_000));
    assert_eq!(faults(&all[0]), [(2, "", "Use at most 5000 items.")]);
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

const CSV: &str = "order_number,placed_at,item_title,quantity,unit_price,discount,shipping,tax,customer_name\n";

fn csv(lines: &str) -> Vec<Parsed> {
    read(Format::OrdersCsv, format!("{CSV}{lines}").as_bytes()).unwrap()
}

fn amounts(parsed: &Parsed) -> (i64, i64, i64, i64) {
    let amounts = order(parsed).amounts();
    (amounts.gross, amounts.discounts, amounts.shipping, amounts.tax)
}

#[test]
fn no_column_of_money_is_guessed() {
    let all = csv("1,2026-01-02 10:00,Tea,1,\"12,50\",\"1,5\",\"0,500\",\"1.234,50\",\n\
         2,2026-01-02 10:00,Tea,1,1.500,\"1,500\",2.000,\"3,000\",\n\
         3,2026-01-02 10:00,Tea,1,\"1,234.50\",,,,\n");
    assert_eq!(amounts(&all[0]), (1_250, 150, 50, 123_450));
    let columns: Vec<_> = faults(&all[1]).iter().map(|f| (f.1, f.2.contains("can mean"))).collect();
    assert_eq!(columns, [("unit_price", true), ("discount", true), ("shipping", true), ("tax", true)]);
    assert_eq!(amounts(&all[2]).0, 123_450);
    // One that is certain says how the others are written.
    let commas = csv("1,2026-01-02 10:00,Tea,1,1.500,,\"4,90\",,\n2,2026-01-02 10:00,Tea,\"2,000\",\"12,500\",,,,\n");
    assert_eq!((amounts(&commas[0]), amounts(&commas[1])), ((150_000, 0, 490, 0), (2_500, 0, 0, 0)));
    let points = csv("1,2026-01-02 10:00,Tea,1,1.500,,4.90,,\n");
    assert_eq!(amounts(&points[0]), (150, 0, 490, 0));
    let retail = retail(
        "1,A,a,1,12/1/10 8:26,1.500,,UK,1\n2,A,a,1,12/1/10 8:26,\"1,5\",,UK,1\n3,A,a,1,12/1/10 8:26,\"2,75\",,UK,1\n",
    );
    assert_eq!((amounts(&retail[0]).0, amounts(&retail[1]).0), (150_000, 150));
}

#[test]
fn semicolons_tabs_and_decimal_commas_are_read() {
    for sign in [";", "\t", "|"] {
        let text = format!(
            "sep={sign}\norder_number,placed_at,item_title,quantity,unit_price\nSC-1,2026-05-01 10:00,Soap,1,12:50\n"
        );
        let text = text.replace(',', sign).replace("12:50", "12,50");
        let context = Context { now: "2026-06-01T00:00:00Z".parse().unwrap(), ..context() };
        let all = read_in(&context, Format::OrdersCsv, text.as_bytes()).unwrap();
        assert_eq!((order(&all[0]).amounts().total(), all[0].first_line), (1_250, 3), "{sign:?}");
    }
}

#[test]
fn whole_quantities_may_have_zeros() {
    let all = csv(
        "1,2026-01-02 10:00,Tea,1.00,320.0000,,,,\n2,2026-01-02 10:00,Tea,2.0000,4.50,,,,\n3,2026-01-02 10:00,Tea,0.5,3,,,,\n",
    );
    assert_eq!((amounts(&all[0]).0, amounts(&all[1]).0), (32_000, 900));
    assert_eq!(faults(&all[2]), [(4, "quantity", "Enter a whole number. Found '0.5'.")]);
}

#[test]
fn a_line_without_an_order_number_leaves_no_half_order() {
    let all = csv(
        "B-7,2026-01-02 10:00,Soap,1,3,,,,\n,,Salt,1,4,,,,\nB-8,2026-01-02 10:00,Soap,1,3,,,,\nB-9,2026-01-02 10:00,Soap,1,3,,,,\n,,x,1,1,,,,\n",
    );
    assert_eq!(faults(&all[0]), [(3, "order_number", "This cell is empty.")]);
    assert_eq!((all[0].first_line, all[0].last_line, all[0].lines), (2, 3, 2));
    assert_eq!(order(&all[1]).number(), "B-8");
    assert_eq!((faults(&all[2])[0].0, all.len()), (6, 3));
}

#[test]
fn a_stray_quotation_mark_costs_its_own_order_alone() {
    for title in ["\"Soap", "\"7\" Soap"] {
        let all = csv(&format!(
            "A-1,2026-01-02 10:00,Tea,1,3,,,,\nA-2,2026-01-02 10:00,{title},1,3,,,,\nA-3,2026-01-02 10:00,Salt,1,3,,,,\n\
             A-4,2026-01-02 10:00,\"Tea, green\",1,3,,,,\nA-5,2026-01-02 10:00,TV 42\",1,3,,,,\nA-6,2026-01-02 10:00,\"Tea\",1,3,,,,\n"
        ));
        let numbers: Vec<_> =
            all.iter().filter(|p| matches!(p.content, Content::Order(_))).map(|p| order(p).number()).collect();
        if title.starts_with("\"7") {
            assert_eq!(numbers, ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"]);
        } else {
            assert_eq!(numbers, ["A-1", "A-3", "A-4", "A-5", "A-6"]);
            assert_eq!(faults(&all[1]), [(3, "", "This line has an opening quotation mark without a closing one.")]);
        }
    }
    // Rows that end early are rows too.
    let all =
        csv("A-1,2026-01-02 10:00,\"Tea,1,3,,,,\nA-2,2026-01-02 10:00,Salt,1,3\nA-3,2026-01-02 10:00,TV 42\",1,3\n");
    assert_eq!((faults(&all[0])[0].0, order(&all[1]).number(), order(&all[2]).number()), (2, "A-2", "A-3"));
    // Which order such a line belongs to is not known when its number is not.
    let header = "item_title,order_number,placed_at,quantity,unit_price\n";
    let text = format!(
        "{header}Tea,A-1,2026-01-02 10:00,1,3\n\"Soap,A-2,2026-01-02 10:00,1,3\nSalt,A-2,2026-01-02 10:00,1,3\nTea,A-3,2026-01-02 10:00,1,3\n"
    );
    let all = read(Format::OrdersCsv, text.as_bytes()).unwrap();
    assert_eq!((faults(&all[0])[0].0, faults(&all[1])[0].0, order(&all[2]).number()), (3, 3, "A-3"));
}

#[test]
fn rows_of_nothing_are_passed_over_wherever_they_stand() {
    let text = ",,,,,\norder_number,placed_at,item_sku,item_title,quantity,unit_price,\n\
        B-1,2026-01-02 10:00,A,Soap,1,3.00,\n,,\n , \u{a0},,,,,,\nB-1,,A,Salt,1,3.00\n,,,,,,\nB-2,2026-01-02 10:00,A,Soap,1,3.00,,,\n,,,,,,\n\"\",,\n";
    let all = read(Format::OrdersCsv, text.as_bytes()).unwrap();
    assert_eq!((all.len(), order(&all[0]).items().len(), order(&all[1]).number()), (2, 2, "B-2"));
    assert_eq!(all.iter().map(|p| p.lines).sum::<u64>(), 3);
    let refused = csv("1,2026-01-02 10:00,Tea,1,3,,,,Ana,x\n2,2026-01-02 10:00,Tea,1,3\n3,2026-01-02 10:00,Tea,1\n");
    assert_eq!(faults(&refused[0]), [(2, "", "This line has 10 cells, but the header has 9.")]);
    assert_eq!(order(&refused[1]).number(), "2");
    assert_eq!(faults(&refused[2]), [(4, "", "This line has 4 cells, but the header has 9.")]);
    let stray = "order_number,,placed_at,item_title,quantity,unit_price\n1,,2026-01-02 10:00,Tea,1,3\n2,x,2026-01-02 10:00,Tea,1,3\n";
    let all = read(Format::OrdersCsv, stray.as_bytes()).unwrap();
    assert_eq!((order(&all[0]).number(), faults(&all[1])[0].2), ("1", "This line has 'x' in a column without a name."));
}

#[test]
fn a_file_says_in_which_order_its_days_stand() {
    let days = |all: &[Parsed]| -> Vec<String> {
        all.iter()
            .filter(|p| matches!(p.content, Content::Order(_)))
            .map(|p| order(p).placed_at().date_naive().to_string())
            .collect()
    };
    let line = |n: u32, day: &str| format!("{n},{day} 9:59,Tea,1,3,,,,\n");
    let european = csv(&[line(1, "3/2/2026"), line(2, "13/2/2026")].concat());
    assert_eq!(days(&european), ["2026-02-03", "2026-02-13"]);
    let american = csv(&[line(1, "2/3/2026"), line(2, "2/13/2026")].concat());
    assert_eq!(days(&american), ["2026-02-03", "2026-02-13"]);
    let unknown = csv(&[line(1, "3/2/2026"), line(2, "2/2/2026"), line(3, "3.2.2026")].concat());
    assert!(faults(&unknown[0])[0].2.contains("can be 2026-02-03 or 2026-03-02"), "{:?}", faults(&unknown[0]));
    assert_eq!(days(&unknown), ["2026-02-02", "2026-02-03"]);
    let contrary = csv(&[line(1, "3/2/2026"), line(2, "13/2/2026"), line(3, "2/13/2026")].concat());
    assert_eq!((days(&contrary), faults(&contrary[0])[0].1), (vec!["2026-02-13".to_owned(); 2], "placed_at"));
    // The data set has months first, unless a file says otherwise.
    let retail_line = |n: u32, day: &str| format!("{n},A,a,1,{day} 8:26,1,,UK,1\n");
    assert_eq!(
        days(&retail(&[retail_line(1, "3/2/2011"), retail_line(2, "12/1/10")].concat())),
        ["2011-03-02", "2010-12-01"]
    );
    assert_eq!(
        days(&retail(&[retail_line(1, "3/2/2011"), retail_line(2, "13/2/2011")].concat())),
        ["2011-02-03", "2011-02-13"]
    );
}

#[test]
fn times_are_read_as_shops_write_them() {
    for time in [
        "2026-02-01 09:59:00 +0100",
        "2026-02-01T09:59:00+0100",
        "2026-02-01 08:59:00.000",
        "1.2.2026 8:59",
        "\"Feb 1, 2026 8:59 am\"",
    ] {
        let all = csv(&format!("1,{time},Tea,1,3,,,,\n"));
        assert_eq!(order(&all[0]).placed_at().to_rfc3339(), "2026-02-01T08:59:00+00:00", "{time}");
    }
}

#[test]
fn a_blemish_is_noted_where_it_stands_and_costs_no_order() {
    let all = csv(&format!(
        "1,2026-01-02 10:00,\"Tea,\nloose\",1,3,,,,{}\n2,2026-01-02 10:00,Tea,1,3,,,,{}Jana \n",
        "x".repeat(201),
        '\u{a0}'
    ));
    assert_eq!(order(&all[0]).items()[0].title, "Tea, loose");
    let notes: Vec<_> = all[0].notes.iter().map(|n| (n.line, n.column.as_str(), n.kind, n.order.as_deref())).collect();
    assert_eq!(
        notes,
        [(2, "customer_name", ProblemKind::Adjusted, Some("1")), (2, "item_title", ProblemKind::Adjusted, Some("1"))]
    );
    assert_eq!((order(&all[1]).customer().unwrap().name.as_deref(), all[1].notes.len()), (Some("Jana"), 0));
    let body = "{\"number\":\"1\",\"placed_at\":\"2026-01-02T03:04:05Z\",\"currency\":\"EUR\",\"customer\":{\"email\":\"ana@example.com,\"},\"items\":[{\"title\":\"Tea\",\"quantity\":2.0,\"unit_price\":4.5e2}]}\n";
    let all = read(Format::OrdersJsonl, body.as_bytes()).unwrap();
    assert_eq!((order(&all[0]).amounts().total(), all[0].notes[0].column.as_str()), (900, "customer.email"));
}

#[test]
fn orders_jsonl_refuses_a_name_that_stands_twice() {
    let body = |more: &str, item: &str| {
        format!(
            "{{\"number\":\"1\",\"placed_at\":\"2026-01-02T03:04:05Z\",\"currency\":\"EUR\",{more}\"items\":[{{\"title\":\"Tea\",{item}\"quantity\":2,\"unit_price\":450}}]}}\n"
        )
    };
    let text = [body("\"discount\":1,\"discount\":9,", ""), body("", "\"quantity\":1,"), body("", "")].concat();
    let all = read(Format::OrdersJsonl, text.as_bytes()).unwrap();
    assert!(faults(&all[0])[0].2.contains("\"discount\" is set twice in one object"), "{:?}", faults(&all[0]));
    assert!(faults(&all[1])[0].2.contains("\"quantity\" is set twice"), "{:?}", faults(&all[1]));
    assert_eq!(order(&all[2]).number(), "1");
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
    assert_eq!(faults(&all[3]), [(4, "store", "The store is 'else', but this import is for 'main'.")]);
    assert_eq!(faults(&all[4]), [(5, "", "This line is not valid JSON: key must be a string at column 2.")]);
    assert_eq!(faults(&all[5]), [(7, "body", "Send a JSON object.")]);
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
