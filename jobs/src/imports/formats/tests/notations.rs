//! Amounts, days and times as shops write them, and what is noted of a blemish.

use domain::imports::ProblemKind;

use super::*;

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
