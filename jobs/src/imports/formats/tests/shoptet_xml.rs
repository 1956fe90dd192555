//! Orders of Shoptet as XML.

use domain::orders::{FulfilmentStatus, ItemKind, OrderStatus, PaymentKind, PaymentStatus};

use super::*;

const ITEMS: &str = "<ITEM><TYPE>product</TYPE><NAME>Čaj &amp; med</NAME><AMOUNT>2,000</AMOUNT><CODE>TEA</CODE>\
    <VARIANT_NAME>Zelený</VARIANT_NAME><UNIT_PRICE><WITH_VAT>121,00</WITH_VAT><VAT_RATE>21,00</VAT_RATE></UNIT_PRICE>\
    <TOTAL_PRICE><WITH_VAT>242,00</WITH_VAT><WITHOUT_VAT>200,00</WITHOUT_VAT></TOTAL_PRICE></ITEM>\
    <ITEM><TYPE>shipping</TYPE><NAME>PPL</NAME><AMOUNT>1</AMOUNT><CODE>SHIPPING7</CODE>\
    <UNIT_PRICE><WITH_VAT>99,00</WITH_VAT></UNIT_PRICE>\
    <TOTAL_PRICE><WITH_VAT>99,00</WITH_VAT><WITHOUT_VAT>81,82</WITHOUT_VAT></TOTAL_PRICE></ITEM>\
    <ITEM><TYPE>billing</TYPE><NAME>Dobírka</NAME><AMOUNT>1</AMOUNT><CODE>BILLING2</CODE>\
    <UNIT_PRICE><WITH_VAT>0,00</WITH_VAT></UNIT_PRICE>\
    <TOTAL_PRICE><WITH_VAT>0,00</WITH_VAT><WITHOUT_VAT>0,00</WITHOUT_VAT></TOTAL_PRICE></ITEM>";

fn sold(status: &str, total: &str, items: &str) -> String {
    format!(
        "<ORDER><ORDER_ID>7</ORDER_ID><CODE>2026000001</CODE><DATE>2026-02-01 14:02:27</DATE><STATUS>{status}</STATUS>\
         <CURRENCY><CODE>CZK</CODE><EXCHANGE_RATE>1.00000000</EXCHANGE_RATE></CURRENCY>\
         <CUSTOMER><EMAIL>ada@example.com</EMAIL><PHONE>+420123</PHONE>\
         <BILLING_ADDRESS><NAME>Ada Byron</NAME><STREET>Dlouhá</STREET><HOUSENUMBER>5</HOUSENUMBER><CITY>Brno</CITY>\
         <ZIP>60200</ZIP><COUNTRY>Česká republika</COUNTRY></BILLING_ADDRESS><SHIPPING_ADDRESS/></CUSTOMER>\
         <REMARK><![CDATA[Zvoňte <2x>]]></REMARK><SHOP_REMARK/><PACKAGE_NUMBER>DR1</PACKAGE_NUMBER>\
         <WEIGHT>0,5</WEIGHT><TOTAL_PRICE>{total}</TOTAL_PRICE><ORDER_ITEMS>{items}</ORDER_ITEMS></ORDER>"
    )
}

const TOTAL: &str = "<WITH_VAT>341,00</WITH_VAT><WITHOUT_VAT>281,82</WITHOUT_VAT><VAT>59,18</VAT><ROUNDING>0,00</ROUNDING>\
    <PRICE_TO_PAY>341,00</PRICE_TO_PAY><PAID>1</PAID>";

fn imported(orders: &str) -> Vec<Parsed> {
    let text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ORDERS>\n{orders}\n</ORDERS>\n");
    read(Format::ShoptetXml, text.as_bytes()).unwrap()
}

#[test]
fn an_order_is_read_whole() {
    let all = imported(&sold("Vyřízena", TOTAL, ITEMS));
    let read = order(&all[0]);
    assert_eq!((read.number(), read.currency().code(), read.prices_include_tax()), ("2026000001", "CZK", true));
    assert_eq!(read.placed_at().to_rfc3339(), "2026-02-01T14:02:27+00:00");
    let amounts = read.amounts();
    assert_eq!((amounts.total(), amounts.gross, amounts.shipping, amounts.tax), (34_100, 20_000, 8_182, 5_918));
    let tea = &read.items()[0];
    assert_eq!((tea.title.as_str(), tea.sku.as_deref(), tea.quantity), ("Čaj & med Zelený", Some("TEA"), 2));
    assert_eq!((tea.unit_price, tea.discount, tea.tax), (12_100, 0, Some(4_200)));
    let kinds: Vec<ItemKind> = read.items().iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [ItemKind::Product, ItemKind::Shipping, ItemKind::Fee]);
    let details = read.details();
    assert_eq!((details.external_id.as_deref(), details.customer_note.as_deref()), (Some("7"), Some("Zvoňte <2x>")));
    assert_eq!(details.billing_address.as_ref().unwrap().line1, "Dlouhá 5");
    assert_eq!(details.shipping_address, None);
    let payment = &read.history().payments.as_ref().unwrap()[0];
    assert_eq!((payment.kind, payment.amount, payment.method.as_str()), (PaymentKind::Charge, 34_100, "Dobírka"));
    assert_eq!(read.history().fulfilments[0].tracking_number, "DR1");
    assert_eq!((all[0].first_line, all[0].lines, read.tags().len()), (1, 1, 0));
}

#[test]
fn states_are_those_that_a_shop_has_from_the_beginning() {
    use FulfilmentStatus::{Fulfilled, Unfulfilled};
    use OrderStatus::{Cancelled, Open};
    use PaymentStatus::{Paid, Pending, Voided};
    let unpaid = TOTAL.replace("<PAID>1</PAID>", "<PAID></PAID>");
    let unknown = TOTAL.replace("<PAID>1</PAID>", "");
    let free = "<WITH_VAT>0,00</WITH_VAT><VAT>0,00</VAT><PAID/>".to_owned();
    for (status, total, expected, tags) in [
        ("Nevyřízená", TOTAL.to_owned(), (Open, Paid, Unfulfilled), 0),
        ("Nevyřízená", unpaid.clone(), (Open, Pending, Unfulfilled), 0),
        ("Nevyřízená", unknown, (Open, Paid, Unfulfilled), 0),
        ("Vyřízena", unpaid.clone(), (Open, Pending, Fulfilled), 0),
        ("Stornována", unpaid, (Cancelled, Voided, Unfulfilled), 0),
        ("STORNOVÁNA", TOTAL.to_owned(), (Cancelled, Paid, Unfulfilled), 0),
        ("Stornována", free, (Cancelled, Voided, Unfulfilled), 0),
        ("Čeká na zboží", TOTAL.to_owned(), (Open, Paid, Unfulfilled), 1),
    ] {
        let all = imported(&sold(status, &total, ITEMS));
        let standing = order(&all[0]).standing();
        let found = (standing.status, standing.payment_status(), standing.fulfilment_status());
        assert_eq!((found, order(&all[0]).tags().len()), (expected, tags), "{status} {total}");
    }
}

#[test]
fn discounts_sets_and_rounding_meet_what_is_to_be_paid() {
    let items = "<ITEM><TYPE>product-set</TYPE><NAME>Sada</NAME><AMOUNT>1</AMOUNT>\
        <UNIT_PRICE><WITH_VAT>200,00</WITH_VAT></UNIT_PRICE><TOTAL_PRICE><WITH_VAT>180,00</WITH_VAT></TOTAL_PRICE></ITEM>\
        <ITEM><TYPE>product-set-item</TYPE><NAME>Hrnek</NAME><AMOUNT>1</AMOUNT>\
        <UNIT_PRICE><WITH_VAT>200,00</WITH_VAT></UNIT_PRICE><TOTAL_PRICE><WITH_VAT>180,00</WITH_VAT></TOTAL_PRICE></ITEM>\
        <ITEM><TYPE>discount-coupon</TYPE><NAME>PODZIM</NAME><AMOUNT>1</AMOUNT>\
        <UNIT_PRICE><WITH_VAT>-20,40</WITH_VAT></UNIT_PRICE><TOTAL_PRICE><WITH_VAT>-20,40</WITH_VAT></TOTAL_PRICE></ITEM>";
    let total = "<WITH_VAT>159,60</WITH_VAT><VAT>27,70</VAT><ROUNDING>0,40</ROUNDING><PRICE_TO_PAY>160,00</PRICE_TO_PAY><PAID>1</PAID>";
    let all = imported(&sold("Nevyřízená", total, items));
    let read = order(&all[0]);
    assert_eq!((read.amounts().total(), read.amounts().tax, read.amounts().discounts), (16_000, 2_770, 4_040));
    let titles: Vec<&str> = read.items().iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Sada", "PODZIM", "Rounding"]);
    assert_eq!(read.items()[0].discount, 2_000);
    let all = imported(&sold("Nevyřízená", &total.replace("159,60", "170,00"), items));
    let words = "The lines come to 159.60 CZK, but the total of the order is 170.00 CZK.";
    assert_eq!(faults(&all[0]), [(1, "TOTAL_PRICE/WITH_VAT", words)]);
}

#[test]
fn faults_stand_where_they_are_and_cost_their_own_order() {
    let broken = sold("Nevyřízená", &TOTAL.replace("<PAID>1", "<PAID>ano"), &ITEMS.replace("2,000", "0,5"));
    let all = imported(&format!("{broken}\n<!-- x -->{}", sold("Nevyřízená", TOTAL, ITEMS)));
    let columns: Vec<_> = faults(&all[0]).iter().map(|fault| fault.1).collect();
    assert_eq!(columns, ["ORDER_ITEMS/ITEM[1]/AMOUNT", "TOTAL_PRICE/PAID"]);
    assert_eq!((order(&all[1]).number(), all[1].first_line), ("2026000001", 2));
    let none = imported("<ORDER><CODE>1</CODE></ORDER>");
    let columns: Vec<_> = faults(&none[0]).iter().map(|fault| fault.1).collect();
    assert_eq!(columns, ["DATE"]);
}

#[test]
fn what_is_no_such_xml_is_refused_as_a_whole() {
    let refused = |text: &str| read(Format::ShoptetXml, text.as_bytes()).unwrap_err().to_string();
    for text in ["<orders/>", "a;b", "<ORDERS><ORDER><HEADER><CODE>1</CODE></HEADER></ORDER></ORDERS>"] {
        assert!(refused(text).contains("is not in the format shoptet-xml"), "{text}");
    }
    for text in ["<ORDERS><ORDER>", "<ORDERS>", "<ORDERS><ORDER></ORDERS>", "<ORDERS><INVOICE/></ORDERS>"] {
        assert!(refused(text).contains("is not valid XML"), "{text}: {}", refused(text));
    }
    assert_eq!(refused("<ORDERS></ORDERS>"), "the file is empty");
    let long = format!("<ORDERS><ORDER><REMARK>{}</REMARK></ORDER></ORDERS>", "x".repeat(2 * 1024 * 1024));
    assert!(refused(&long).contains("an element is longer than 1 MB"), "{}", refused(&long));
}

#[test]
fn files_in_windows_1250_are_read() {
    let text = format!("<ORDERS>{}</ORDERS>", sold("Vyřízena", TOTAL, ITEMS));
    let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(&text);
    let all = read(Format::ShoptetXml, &bytes).unwrap();
    assert_eq!(order(&all[0]).items()[0].title, "Čaj & med Zelený");
    assert!(super::super::shoptet::xml::looks_like(&bytes));
}
