//! Files of the online retail data set.

use std::collections::BTreeMap;

use domain::imports::ProblemKind;
use domain::orders::{ItemKind, OrderKind};

use super::*;

#[test]
fn the_real_file_reads_to_the_known_figures() {
    let bytes = include_bytes!("../../../../tests/fixtures/online-retail/online-retail-2010-12.csv");
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
