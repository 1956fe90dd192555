//! Orders of Shoptet as CSV.

use domain::orders::{FulfilmentStatus, ItemKind, OrderStatus, PaymentStatus};

use super::*;

const HEADER: &str = "code;date;statusName;currency;email;billFullName;billStreet;billHouseNumber;remark;packageNumber;\
    totalPriceWithVat;totalPriceVat;rounding;priceToPay;amountPaid;paid;itemName;itemAmount;itemCode;itemVariantName;\
    itemUnitPriceWithVat;itemTotalPriceWithVat;itemTotalPriceWithoutVat;itemVatRate;";
const ORDER: &str = "2026000003;\"2026-02-01 14:02:27\";Vyřízena;CZK;ada@example.com;\"Ada Byron\";Dlouhá;5;;DR1;\
    \"759,00\";\"131,73\";\"0,00\";\"759,00\";;1;";

fn sold(status: &str, paid: &str) -> String {
    let order = ORDER.replace("Vyřízena", status).replace(";;1;", &format!(";;{paid};"));
    [
        format!("{order}\"Čaj zelený\";\"1,000\";TEA;Velký;\"660,00\";\"660,00\";\"545,45\";\"21,00\";"),
        format!("{order}PPL;\"1,000\";SHIPPING7;;\"99,00\";\"99,00\";\"81,82\";\"21,00\";"),
        format!("{order}Dobírka;\"1,000\";BILLING2;;\"0,00\";\"0,00\";\"0,00\";\"21,00\";"),
    ]
    .join("\r\n")
}

fn imported(rows: &str) -> Vec<Parsed> {
    read(Format::ShoptetCsv, format!("{HEADER}\r\n{rows}\r\n").as_bytes()).unwrap()
}

#[test]
fn an_order_is_read_whole() {
    let text = format!("{HEADER}\r\n{}\r\n", sold("Vyřízena", "1"));
    let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(&text);
    for bytes in [text.as_bytes(), &bytes[..]] {
        let all = read(Format::ShoptetCsv, bytes).unwrap();
        let read = order(&all[0]);
        assert_eq!((read.number(), read.currency().code(), read.prices_include_tax()), ("2026000003", "CZK", true));
        let amounts = read.amounts();
        assert_eq!((amounts.total(), amounts.gross, amounts.shipping, amounts.tax), (75_900, 54_545, 8_182, 13_173));
        assert_eq!((read.items()[0].title.as_str(), read.items()[0].sku.as_deref()), ("Čaj zelený Velký", Some("TEA")));
        let kinds: Vec<ItemKind> = read.items().iter().map(|item| item.kind).collect();
        assert_eq!(kinds, [ItemKind::Product, ItemKind::Shipping, ItemKind::Fee]);
        assert_eq!(read.history().payments.as_ref().unwrap()[0].method, "Dobírka");
        assert_eq!(read.history().fulfilments[0].tracking_number, "DR1");
        assert_eq!((all.len(), all[0].first_line, all[0].last_line), (1, 2, 4));
    }
}

#[test]
fn states_are_those_that_a_shop_has_from_the_beginning() {
    use FulfilmentStatus::{Fulfilled, Unfulfilled};
    use OrderStatus::{Cancelled, Open};
    use PaymentStatus::{Paid, Pending, Voided};
    for (status, paid, expected) in [
        ("Nevyřízená", "", (Open, Pending, Unfulfilled)),
        ("Nevyřízená", "1", (Open, Paid, Unfulfilled)),
        ("Vyřízena", "1", (Open, Paid, Fulfilled)),
        ("Stornována", "", (Cancelled, Voided, Unfulfilled)),
        ("Nezaplaceno", "", (Open, Pending, Unfulfilled)),
    ] {
        let all = imported(&sold(status, paid));
        let standing = order(&all[0]).standing();
        let found = (standing.status, standing.payment_status(), standing.fulfilment_status());
        assert_eq!(found, expected, "{status}");
    }
}

#[test]
fn czech_columns_are_known_and_others_passed_over() {
    let text = "Kód objednávky;Datum;Stav;Cena objednávky celkem;Položka objednávky - typ;Položka objednávky - kód;\
        Položka objednávky - název;Položka objednávky - množství;Položka objednávky - cena s daní za jednotku;\
        Položka objednávky - cena s daní za jednotku po slevě;Poznámka\n\
        1;2026-02-01 10:00:00;Nevyřízená;448,20;product;T;Parfém;2;249,00;224,10;x\n";
    let all = read(Format::ShoptetCsv, text.as_bytes()).unwrap();
    let read = order(&all[0]);
    assert_eq!((read.amounts().total(), read.items()[0].discount), (44_820, 4_980));
    assert_eq!((read.currency().code(), read.history().payments.as_ref()), ("GBP", None));
}

#[test]
fn faults_have_their_line_and_column() {
    let bad = sold("Nevyřízená", "x").replacen("\"1,000\";TEA", "\"0,5\";TEA", 1);
    let all = imported(&bad);
    let found: Vec<_> = faults(&all[0]).iter().map(|fault| (fault.0, fault.1)).collect();
    assert_eq!(found, [(2, "itemAmount"), (2, "paid")]);
    let all = imported(&sold("Nevyřízená", "1").replace("\"759,00\";\"131,73\"", "\"800,00\";\"131,73\""));
    let words = "The lines come to 759.00 CZK, but the total of the order is 800.00 CZK.";
    assert_eq!(faults(&all[0]), [(2, "totalPriceWithVat", words)]);
}

#[test]
fn other_files_are_refused() {
    let refused = |text: &str| read(Format::ShoptetCsv, text.as_bytes()).unwrap_err().to_string();
    for text in ["a;b\n1;2\n", "order_number,placed_at\n", "code;name;price\n"] {
        assert!(refused(text).contains("is not in the format shoptet-csv"), "{text}");
    }
    let text = refused("code;itemName;itemAmount\n1;Tea;1\n");
    assert!(text.contains("missing: date, totalPriceWithVat"), "{text}");
}
