//! What `orders-csv` tells of an order's past, in words and times.

use domain::orders::{FulfilmentStatus, OrderStatus, PaymentStatus};

use super::*;

// One order per row of cells for `columns`: 3 pieces at 10.00.
fn told(columns: &str, rows: &[&str]) -> Vec<Parsed> {
    let mut text = format!("order_number,placed_at,item_title,quantity,unit_price,{columns}\n");
    for (n, row) in rows.iter().enumerate() {
        text.push_str(&format!("{},2026-01-02 10:00,Tea,3,10.00,{row}\n", n + 1));
    }
    read(Format::OrdersCsv, text.as_bytes()).unwrap()
}

fn stands(parsed: &Parsed) -> (OrderStatus, PaymentStatus, FulfilmentStatus) {
    let standing = order(parsed).standing();
    (standing.status, standing.payment_status(), standing.fulfilment_status())
}

#[test]
fn one_column_of_statuses_is_read_as_people_write_it() {
    let text = "order_number,placed_at,item_title,quantity,unit_price,status,refunded\n\
        HS-1,2026-02-01T10:00:00Z,Soap,1,30.00,paid,0\nHS-2,2026-02-01T10:00:00Z,Soap,1,50.00,cancelled,0\n\
        HS-3,2026-02-01T10:00:00Z,Soap,1,25.00,refunded,25.00\nHS-4,2026-02-01T10:00:00Z,Soap,1,40.00,pending,0\n";
    let all = read(Format::OrdersCsv, text.as_bytes()).unwrap();
    let found: Vec<_> = all.iter().map(|parsed| (stands(parsed).0, stands(parsed).1)).collect();
    assert_eq!(
        found,
        [
            (OrderStatus::Open, PaymentStatus::Paid),
            (OrderStatus::Cancelled, PaymentStatus::Voided),
            (OrderStatus::Open, PaymentStatus::Refunded),
            (OrderStatus::Open, PaymentStatus::Pending),
        ]
    );
    let refunded: Vec<_> = all.iter().map(|parsed| order(parsed).standing().refunded.total()).collect();
    assert_eq!(refunded, [0, 0, 2_500, 0]);
    let (refund, _, _) = order(&all[2]).refunds().next().unwrap();
    assert_eq!(refund.at, order(&all[2]).placed_at());
}

#[test]
fn every_word_for_a_status_leads_to_its_state() {
    use {FulfilmentStatus as F, OrderStatus as O, PaymentStatus as P};
    for (row, state) in [
        (",", (O::Open, P::Paid, F::Unfulfilled)),
        ("Unpaid,", (O::Open, P::Pending, F::Unfulfilled)),
        ("Pending payment,", (O::Open, P::Pending, F::Unfulfilled)),
        ("authorized,", (O::Open, P::Authorized, F::Unfulfilled)),
        ("VOIDED,", (O::Open, P::Voided, F::Unfulfilled)),
        ("partially refunded,4.00", (O::Open, P::PartiallyRefunded, F::Unfulfilled)),
        ("paid,4.00", (O::Open, P::PartiallyRefunded, F::Unfulfilled)),
        ("refunded,", (O::Open, P::Refunded, F::NotRequired)),
        ("shipped,", (O::Open, P::Paid, F::Fulfilled)),
        ("completed,", (O::Open, P::Paid, F::Fulfilled)),
        ("closed,", (O::Closed, P::Paid, F::Unfulfilled)),
        ("canceled,30.00", (O::Cancelled, P::Refunded, F::NotRequired)),
    ] {
        assert_eq!(stands(&told("status,refunded", &[row])[0]), state, "{row}");
    }
    for (row, state) in [
        ("completed,unpaid,", (O::Open, P::Pending, F::Fulfilled)),
        ("cancelled,paid,", (O::Cancelled, P::Paid, F::Unfulfilled)),
        (",,on hold", (O::Open, P::Paid, F::OnHold)),
        ("paid,,fulfilled", (O::Open, P::Paid, F::Fulfilled)),
    ] {
        assert_eq!(stands(&told("status,payment_status,fulfilment_status", &[row])[0]), state, "{row}");
    }
}

#[test]
fn what_cannot_be_is_told_by_line_and_column() {
    let all = told(
        "status,payment_status,fulfilment_status,refunded,tracking_url,prices_include_tax",
        &[
            "somehow,,,,,",
            "partially refunded,,,,,",
            ",partially paid,,,,",
            ",,partial,,,",
            "refunded,,,99.00,,",
            "unpaid,,,5.00,,",
            ",,,,javascript:alert(1),",
            ",,,,,perhaps",
        ],
    );
    let found: Vec<_> = all.iter().map(|parsed| (faults(parsed)[0].0, faults(parsed)[0].1)).collect();
    let columns = [
        "status",
        "refunded",
        "payment_status",
        "fulfilment_status",
        "refunded",
        "refunded",
        "tracking_url",
        "prices_include_tax",
    ];
    assert_eq!(found, columns.iter().enumerate().map(|(n, column)| (n as u64 + 2, *column)).collect::<Vec<_>>());
    let words = faults(&all[0])[0].2;
    assert!(words.starts_with("Use one of paid, processing, ") && words.ends_with("Found 'somehow'."), "{words}");
}

#[test]
fn what_is_told_of_times_parcels_and_addresses_is_stored() {
    let columns = "paid_at,fulfilled_at,cancelled_at,cancel_reason,closed_at,customer_note,external_id,source,updated_at,\
        carrier,tracking_number,tracking_url,shipping_name,shipping_city,shipping_postal_code,billing_company,item_discount,item_tax";
    let row = "2026-01-02 11:00,2026-01-03 09:00,,,2026-01-04 12:00,Ring twice,6723,web,2026-01-05T08:00:00Z,\
        DPD,123,https://example.org/123,Ada Byron,York,YO1 7HZ,Byron Ltd,2.00,5.60";
    let all = told(columns, &[row, ",,2026-01-06 10:00,fraud,,,,,,,,,,,,,,"]);
    let first = order(&all[0]);
    assert_eq!((first.amounts().discounts, first.amounts().tax, first.amounts().total()), (200, 560, 3_360));
    let history = first.history();
    let payment = &history.payments.as_ref().unwrap()[0];
    assert_eq!((payment.amount, payment.at.to_rfc3339().as_str()), (3_360, "2026-01-02T11:00:00+00:00"));
    let sent = &history.fulfilments[0];
    assert_eq!((sent.carrier.as_str(), sent.tracking_number.as_str()), ("DPD", "123"));
    assert_eq!(sent.at.to_rfc3339(), "2026-01-03T09:00:00+00:00");
    assert_eq!(history.closed_at.unwrap().to_rfc3339(), "2026-01-04T12:00:00+00:00");
    let details = first.details();
    assert_eq!(details.external_id.as_deref(), Some("6723"));
    assert_eq!(details.customer_note.as_deref(), Some("Ring twice"));
    let address = details.shipping_address.as_ref().unwrap();
    assert_eq!([&address.name, &address.city, &address.postal_code], ["Ada Byron", "York", "YO1 7HZ"]);
    assert_eq!(details.billing_address.as_ref().unwrap().company, "Byron Ltd");
    let cancelled = order(&all[1]).history().cancelled.as_ref().unwrap();
    assert_eq!((cancelled.at.to_rfc3339().as_str(), cancelled.reason.as_str()), ("2026-01-06T10:00:00+00:00", "fraud"));
}

#[test]
fn tax_that_prices_contain_adds_nothing() {
    let all = told("prices_include_tax,tax", &["yes,5.00", "no,5.00"]);
    assert_eq!([&all[0], &all[1]].map(|parsed| order(parsed).amounts().total()), [3_000, 3_500]);
}
