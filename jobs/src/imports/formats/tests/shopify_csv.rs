//! Orders as Shopify exports them.

use domain::orders::{FulfilmentStatus, ItemKind, OrderStatus, PaymentStatus};

use super::*;

// The columns of today's export, in their order.
const COLUMNS: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,\
    Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,\
    Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,\
    Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,\
    Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,\
    Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,\
    Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,\
    Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,\
    Next Payment Due At,Payment References";

/// A row with these cells in it, all others empty.
pub fn row(cells: &[(&str, &str)]) -> String {
    let names: Vec<&str> = COLUMNS.split(',').map(str::trim).collect();
    for (name, _) in cells {
        assert!(names.contains(name), "{name}");
    }
    let cell = |name: &&str| cells.iter().find(|(column, _)| column == name).map_or("", |(_, cell)| *cell);
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.into() }
    };
    names.iter().map(|name| quoted(cell(name))).collect::<Vec<String>>().join(",")
}

fn header() -> String {
    COLUMNS.split(',').map(str::trim).collect::<Vec<_>>().join(",")
}

/// Reads these rows below a header.
pub fn shopify(rows: &[String]) -> Vec<Parsed> {
    read(Format::ShopifyCsv, format!("{}\n{}\n", header(), rows.join("\n")).as_bytes()).unwrap()
}

// One order of one line, 2 pieces at 50.00; `more` stands in for what it says.
fn one(more: &[(&str, &str)]) -> Parsed {
    let usual = [
        ("Name", "#1001"),
        ("Financial Status", "paid"),
        ("Currency", "EUR"),
        ("Subtotal", "100.00"),
        ("Shipping", "0.00"),
        ("Taxes", "0.00"),
        ("Total", "100.00"),
        ("Discount Amount", "0.00"),
        ("Created at", "2026-01-05 09:59:00 +0100"),
        ("Lineitem quantity", "2"),
        ("Lineitem name", "Tea - green"),
        ("Lineitem price", "50.00"),
    ];
    let said = |name: &str| more.iter().any(|(column, _)| *column == name);
    let cells: Vec<_> = usual.into_iter().filter(|(name, _)| !said(name)).chain(more.iter().copied()).collect();
    let mut all = shopify(&[row(&cells)]);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn stands(parsed: &Parsed) -> (OrderStatus, PaymentStatus, FulfilmentStatus) {
    let standing = order(parsed).standing();
    (standing.status, standing.payment_status(), standing.fulfilment_status())
}

// The first row of an order of three lines.
fn first_row() -> String {
    row(&[
        ("Name", "#1001"),
        ("Email", "ada@example.com"),
        ("Financial Status", "paid"),
        ("Paid at", "2026-01-05 10:01:00 +0100"),
        ("Fulfillment Status", "fulfilled"),
        ("Fulfilled at", "2026-01-06 08:00:00 +0100"),
        ("Currency", "EUR"),
        ("Subtotal", "90.00"),
        ("Shipping", "5.00"),
        ("Taxes", "19.95"),
        ("Total", "117.95"),
        ("Discount Code", "AUTUMN + GIFT"),
        ("Discount Amount", "20.00"),
        ("Created at", "2026-01-05 09:59:00 +0100"),
        ("Lineitem quantity", "2"),
        ("Lineitem name", "Tea - green"),
        ("Lineitem price", "50.00"),
        ("Lineitem sku", "T-1"),
        ("Lineitem fulfillment status", "fulfilled"),
        ("Lineitem discount", "15.00"),
        ("Billing Name", "Ada Byron"),
        ("Billing Province", "ENG"),
        ("Shipping Name", " Ada Byron "),
        ("Shipping Address1", "1 High Street"),
        ("Shipping City", "York"),
        ("Shipping Zip", "'0101"),
        ("Shipping Country", "GB"),
        ("Shipping Phone", "'+44 1904 1"),
        ("Notes", "Ring twice,\n\"left\" door"),
        ("Payment Method", "Shopify Payments + Gift Card"),
        ("Payment Reference", "c1.1"),
        ("Refunded Amount", "0.00"),
        ("Id", "5700000000001"),
        ("Tags", "gift, blue"),
        ("Source", "web"),
        ("Tax 1 Name", "VAT 21%"),
        ("Tax 1 Value", "19.95"),
    ])
}

#[test]
fn lines_of_one_name_are_one_order() {
    let later = |name: &str, price: &str, status: &str| {
        row(&[
            ("Name", "#1001"),
            ("Email", "ada@example.com"),
            ("Created at", "2026-01-05 09:59:00 +0100"),
            ("Lineitem quantity", "1"),
            ("Lineitem name", name),
            ("Lineitem price", price),
            ("Lineitem fulfillment status", status),
        ])
    };
    let all = shopify(&[first_row(), later("Cup", "10.00", "fulfilled"), later("Tip", "3.00", "not_eligible")]);
    let order = order(&all[0]);
    assert_eq!((all.len(), all[0].lines, order.number(), order.items().len()), (1, 3, "#1001", 3));
    assert_eq!((order.amounts().total(), order.amounts().discounts, order.amounts().fees), (11_795, 2_000, 300));
    assert_eq!((order.items()[0].discount, order.items()[2].kind), (1_500, ItemKind::Fee));
    assert!(!order.prices_include_tax());
    assert_eq!(order.placed_at().to_rfc3339(), "2026-01-05T08:59:00+00:00");
    assert_eq!(stands(&all[0]), (OrderStatus::Open, PaymentStatus::Paid, FulfilmentStatus::Fulfilled));
    let payment = &order.history().payments.as_ref().unwrap()[0];
    assert_eq!((payment.method.as_str(), payment.reference.as_str()), ("Shopify Payments + Gift Card", "c1.1"));
    assert_eq!(order.history().fulfilments[0].at.to_rfc3339(), "2026-01-06T07:00:00+00:00");
    let details = order.details();
    let address = details.shipping_address.as_ref().unwrap();
    assert_eq!(
        [&address.name, &address.line1, &address.postal_code, &address.phone],
        ["Ada Byron", "1 High Street", "0101", "+44 1904 1"]
    );
    assert_eq!(details.billing_address.as_ref().unwrap().region, "ENG");
    assert_eq!(details.customer_note.as_deref(), Some("Ring twice,\n\"left\" door"));
    assert_eq!((details.external_id.as_deref(), details.source.as_deref()), (Some("5700000000001"), Some("web")));
    assert_eq!(order.tags(), ["gift", "blue"]);
    assert_eq!(order.customer().unwrap().name.as_deref(), Some("Ada Byron"));
}

/// Cells of a file, where the order stands by them, and what was given back.
type Case<'a> = (&'a [(&'a str, &'a str)], (OrderStatus, PaymentStatus, FulfilmentStatus), i64);

#[test]
fn states_refunds_and_cancellations_are_those_of_the_file() {
    use {FulfilmentStatus as F, OrderStatus as O, PaymentStatus as P};
    let cancelled = ("Cancelled at", "2026-01-07 12:00:00 +0100");
    let cases: [Case<'_>; 12] = [
        (&[], (O::Open, P::Paid, F::Unfulfilled), 0),
        (&[("Financial Status", "pending")], (O::Open, P::Pending, F::Unfulfilled), 0),
        (&[("Financial Status", "expired")], (O::Open, P::Pending, F::Unfulfilled), 0),
        (&[("Financial Status", "authorized")], (O::Open, P::Authorized, F::Unfulfilled), 0),
        (&[("Financial Status", "voided"), cancelled], (O::Cancelled, P::Voided, F::Unfulfilled), 0),
        (&[cancelled], (O::Cancelled, P::Paid, F::Unfulfilled), 0),
        (
            &[("Financial Status", "partially_paid"), ("Outstanding Balance", "60.00")],
            (O::Open, P::PartiallyPaid, F::Unfulfilled),
            0,
        ),
        (
            &[("Financial Status", "refunded"), ("Refunded Amount", "100.00"), cancelled],
            (O::Cancelled, P::Refunded, F::NotRequired),
            10_000,
        ),
        (
            &[("Financial Status", "refunded"), ("Refunded Amount", "99.00")],
            (O::Open, P::Refunded, F::Unfulfilled),
            9_900,
        ),
        (
            &[("Financial Status", "refunded"), ("Refunded Amount", "101.00")],
            (O::Open, P::Refunded, F::Unfulfilled),
            10_100,
        ),
        (
            &[
                ("Financial Status", "partially_refunded"),
                ("Refunded Amount", "25.00"),
                ("Fulfillment Status", "restocked"),
            ],
            (O::Open, P::PartiallyRefunded, F::Unfulfilled),
            2_500,
        ),
        (
            &[("Fulfillment Status", "fulfilled"), ("Fulfilled at", "2026-01-07 12:00:00 +0100")],
            (O::Open, P::Paid, F::Fulfilled),
            0,
        ),
    ];
    for (cells, state, refunded) in cases {
        let parsed = one(cells);
        assert_eq!(stands(&parsed), state, "{cells:?}");
        assert_eq!(order(&parsed).standing().refunded.total(), refunded, "{cells:?}");
    }
    let paid_at = ("Paid at", "2026-01-06 12:00:00 +0100");
    let at = |cells: &[(&str, &str)]| order(&one(cells)).history().refunds[0].at.to_rfc3339();
    let refund = [("Financial Status", "refunded"), ("Refunded Amount", "100.00")];
    assert_eq!(at(&refund), "2026-01-05T08:59:00+00:00");
    assert_eq!(at(&[refund[0], refund[1], paid_at]), "2026-01-06T11:00:00+00:00");
    assert_eq!(at(&[refund[0], refund[1], paid_at, cancelled]), "2026-01-07T11:00:00+00:00");
}

#[test]
fn only_the_lines_that_were_sent_are_sent() {
    let line = |n: &str, status: &str, more: &[(&str, &str)]| {
        let cells = [
            ("Name", "#1"),
            ("Created at", "2026-01-05 09:59:00 +0100"),
            ("Lineitem quantity", n),
            ("Lineitem name", "Tea"),
            ("Lineitem price", "5.00"),
            ("Lineitem fulfillment status", status),
        ];
        row(&[&cells[..], more].concat())
    };
    let head =
        [("Financial Status", "paid"), ("Fulfillment Status", "partial"), ("Total", "15.00"), ("Currency", "EUR")];
    let all = shopify(&[line("1", "pending", &head), line("2", "fulfilled", &[])]);
    assert_eq!(stands(&all[0]).2, FulfilmentStatus::PartiallyFulfilled);
    assert_eq!(order(&all[0]).fulfilments().next().unwrap().1, [(2, 2)]);
}

#[test]
fn the_total_decides_on_tax_and_free_shipping() {
    let tax = |total: &str| one(&[("Taxes", "17.36"), ("Total", total)]);
    assert_eq!(amounts(&tax("117.36")), (10_000, 0, 0, 1_736));
    assert!(order(&tax("100.00")).prices_include_tax());
    assert_eq!((order(&tax("100.00")).amounts().total(), amounts(&tax("100.00"))), (10_000, (8_264, 0, 0, 1_736)));
    let free = one(&[("Discount Amount", "5.00"), ("Discount Code", "FREE")]);
    assert_eq!((order(&free).amounts().total(), order(&free).amounts().discounts), (10_000, 0));
    let wrong = tax("110.00");
    let words = "The parts of this order come to 117.36 with tax and 100.00 without, but its total is 110.00.";
    assert_eq!(faults(&wrong), [(2, "Total", words)]);
    let several = one(&[("Taxes", ""), ("Tax 1 Value", "1.00"), ("Tax 2 Value", "2.50"), ("Total", "103.50")]);
    assert_eq!(amounts(&several).3, 350);
}

#[test]
fn faults_are_told_by_line_and_column() {
    let column = |cells: &[(&str, &str)]| {
        let parsed = one(cells);
        let (line, column, _) = faults(&parsed)[0];
        (line, column.to_owned())
    };
    for (name, cell) in [
        ("Financial Status", "somehow"),
        ("Fulfillment Status", "somehow"),
        ("Total", "much"),
        ("Total", ""),
        ("Lineitem price", "5.7E+12"),
        ("Created at", "46027.41"),
        ("Refunded Amount", "5,5,5"),
        ("Currency", "EURO"),
    ] {
        assert_eq!(column(&[(name, cell)]), (2, name.to_owned()), "{cell}");
    }
    assert_eq!(column(&[("Financial Status", "partially_paid")]).1, "Outstanding Balance");
    assert_eq!(column(&[("Financial Status", "pending"), ("Refunded Amount", "5.00")]).1, "Refunded Amount");
    assert_eq!(column(&[("Source", "a\0b")]).1, "Source");
    assert_eq!(order(&one(&[("Id", "5.70E+12")])).details().external_id, None);
    let twice = |total: &str| {
        row(&[
            ("Name", "#1"),
            ("Financial Status", "paid"),
            ("Total", total),
            ("Created at", "2026-01-05 09:59:00 +0100"),
            ("Lineitem quantity", "1"),
            ("Lineitem name", "Tea"),
            ("Lineitem price", "5.00"),
        ])
    };
    assert_eq!(faults(&shopify(&[twice("5.00"), twice("6.00")])[0])[0].1, "Total");
}

#[test]
fn older_files_and_columns_of_apps_are_read() {
    let text = "name,CREATED AT,financial status,total,lineitem quantity,lineitem name,lineitem price,Gift Wrap\n\
        1001,2026-01-05 09:59:00 +0100,paid,5.00,1,Tea,5.00,yes\n";
    let all = read(Format::ShopifyCsv, text.as_bytes()).unwrap();
    assert_eq!((order(&all[0]).amounts().total(), order(&all[0]).currency().code()), (500, "GBP"));
    let missing = read(Format::ShopifyCsv, b"Name,Total\n1,2\n").unwrap_err().to_string();
    assert!(missing.contains("missing: Financial Status, Created at, Lineitem quantity"), "{missing}");
}
