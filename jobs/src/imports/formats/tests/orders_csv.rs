//! Orders as CSV of this program: rows, cells and quotation marks.

use super::*;

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
