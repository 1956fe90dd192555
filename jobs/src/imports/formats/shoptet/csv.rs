//! `shoptet-csv`: one line an item; what belongs to the order as a whole is repeated on each. Owners choose the columns, and some
//! name them in Czech: other columns are passed over.

use domain::orders::new_order::MAX_ITEMS;

use super::told::{Fault, Place, Told, ToldLine};
use crate::imports::formats::Context;
use crate::imports::formats::columns::{Column, Holds, optional, required};
use crate::imports::formats::group::{Finished, Group, Layout, Row};
use crate::imports::formats::text::{Written, shown};
use crate::imports::source::{FileError, Lines};

// The order's own columns come first, its number at 0; the item's begin at its name.
const CODE: usize = 0;
const ID: usize = 1;
const DATE: usize = 2;
const STATUS: usize = 3;
const CURRENCY: usize = 4;
const EMAIL: usize = 5;
const PHONE: usize = 6;
const BILLING: usize = 7;
const DELIVERY: usize = 14;
const REMARK: usize = 21;
const SHOP_REMARK: usize = 22;
const PACKAGE_NUMBER: usize = 23;
const SOURCE: usize = 24;
const TOTAL: usize = 25;
const TAX: usize = 26;
const ROUNDING: usize = 27;
const TO_PAY: usize = 28;
const PAID: usize = 29;
const ITEM_NAME: usize = 30;
const ITEM_VARIANT: usize = 31;
const ITEM_CODE: usize = 32;
const ITEM_KIND: usize = 33;
const ITEM_AMOUNT: usize = 34;
const ITEM_UNIT_PRICE: usize = 35;
const ITEM_UNIT_DISCOUNT_PRICE: usize = 36;
const ITEM_TOTAL: usize = 37;
const ITEM_TOTAL_WITHOUT_TAX: usize = 38;

/// Reads orders.
pub struct ShoptetCsv<'a> {
    context: &'a Context,
    written: Written,
}

impl<'a> ShoptetCsv<'a> {
    /// For a store, with what the file shows of its notation.
    pub const fn new(context: &'a Context, written: Written) -> Self {
        Self { context, written }
    }
}

/// Refuses a file that begins as none of this format.
///
/// # Errors
/// [`FileError::WrongFormat`]
pub fn check(mut lines: Lines) -> Result<(), FileError> {
    let first = lines.beginning()?;
    if first.is_empty() || looks_like(first) {
        return Ok(());
    }
    let begins = String::from_utf8_lossy(first.split(|byte| *byte == b'\n').next().unwrap_or_default());
    Err(FileError::WrongFormat { format: ShoptetCsv::FORMAT, begins: shown(&begins) })
}

/// Whether a file that begins with `first` is of this format: its header names the order and what was bought.
pub(in crate::imports::formats) fn looks_like(first: &[u8]) -> bool {
    // Letters beyond ASCII are in either encoding, so that only the names without them can tell.
    let text = String::from_utf8_lossy(first);
    let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let cells = || header.split(';').map(|cell| cell.trim().trim_matches('"'));
    let has = |names: &[&str]| cells().any(|cell| names.iter().any(|name| name.eq_ignore_ascii_case(cell)));
    let is_czech =
        |name: &str| cells().any(|cell| cell.starts_with("Polo") && cell.contains("objedn") && cell.ends_with(name));
    (has(&["code"]) && has(&["itemName", "orderItemName", "itemAmount", "orderItemAmount"])) || is_czech("zev")
}

impl Layout for ShoptetCsv<'_> {
    type Head = Told;
    const FORMAT: &'static str = "shoptet-csv";
    const COLUMNS: &'static [Column] = &[
        required("code").or(&["Kód objednávky"]),
        optional("id"),
        required("date").or(&["Datum"]).holding(Holds::Time),
        optional("statusName").or(&["status", "Stav"]),
        optional("currency").or(&["currencyCode", "Měna"]),
        optional("email").or(&["E-mail"]),
        optional("phone").or(&["Telefon"]),
        optional("billFullName"),
        optional("billCompany"),
        optional("billStreet"),
        optional("billHouseNumber"),
        optional("billCity"),
        optional("billZip"),
        optional("billCountryName"),
        optional("deliveryFullName"),
        optional("deliveryCompany"),
        optional("deliveryStreet"),
        optional("deliveryHouseNumber"),
        optional("deliveryCity"),
        optional("deliveryZip"),
        optional("deliveryCountryName"),
        optional("remark"),
        optional("shopRemark"),
        optional("packageNumber"),
        optional("sourceName"),
        required("totalPriceWithVat").or(&["Cena objednávky celkem"]).holding(Holds::Number),
        optional("totalPriceVat").holding(Holds::Number),
        optional("rounding").or(&["totalPriceRounding"]).holding(Holds::Number),
        optional("priceToPay").or(&["totalPriceToPay"]).holding(Holds::Number),
        optional("paid").or(&["Zaplaceno"]),
        required("itemName").or(&["orderItemName", "Položka objednávky - název"]),
        optional("itemVariantName").or(&["orderItemVariantName"]),
        optional("itemCode").or(&["orderItemCode", "Položka objednávky - kód"]),
        optional("orderItemType").or(&["itemType", "Položka objednávky - typ"]),
        required("itemAmount").or(&["orderItemAmount", "Položka objednávky - množství"]).holding(Holds::Number),
        optional("itemUnitPriceWithVat")
            .or(&["orderItemUnitPriceWithVat", "Položka objednávky - cena s daní za jednotku"])
            .holding(Holds::Number),
        optional("orderItemUnitDiscountPriceWithVat")
            .or(&["itemUnitDiscountPriceWithVat", "Položka objednávky - cena s daní za jednotku po slevě"])
            .holding(Holds::Number),
        optional("itemTotalPriceWithVat").or(&["orderItemTotalPriceWithVat"]).holding(Holds::Number),
        optional("itemTotalPriceWithoutVat").or(&["orderItemTotalPriceWithoutVat"]).holding(Holds::Number),
    ];
    const MAY_END_EARLY: bool = false;
    const MAY_HAVE_OTHERS: bool = true;

    fn head(&self, row: &Row<'_>, _: &mut Group) -> Told {
        let text = |column: usize| row.cell(column).to_owned();
        let place = |first: usize| Place {
            name: text(first),
            company: text(first + 1),
            street: text(first + 2),
            house: text(first + 3),
            city: text(first + 4),
            zip: text(first + 5),
            country: text(first + 6),
        };
        Told {
            code: text(CODE),
            id: text(ID),
            date: text(DATE),
            status: text(STATUS),
            currency: text(CURRENCY),
            email: text(EMAIL),
            phone: text(PHONE),
            billing: place(BILLING),
            shipping: place(DELIVERY),
            remark: text(REMARK),
            shop_remark: text(SHOP_REMARK),
            package_number: text(PACKAGE_NUMBER),
            source: text(SOURCE),
            total: text(TOTAL),
            tax: text(TAX),
            rounding: text(ROUNDING),
            to_pay: text(TO_PAY),
            paid: row.has(PAID).then(|| text(PAID)),
            lines: Vec::new(),
        }
    }

    fn line(&self, row: &Row<'_>, head: &mut Told, group: &mut Group) {
        for (column, first) in [(DATE, &head.date), (CURRENCY, &head.currency), (TOTAL, &head.total)] {
            let cell = row.cell(column);
            if !cell.is_empty() && cell != first {
                let reason = format!("{} differs from {} on the first line of this order.", shown(cell), shown(first));
                group.fault(row.number(), Self::COLUMNS[column].name, reason);
            }
        }
        if head.lines.len() > MAX_ITEMS {
            return;
        }
        let text = |column: usize| row.cell(column).to_owned();
        head.lines.push(ToldLine {
            row: row.number(),
            kind: text(ITEM_KIND),
            name: text(ITEM_NAME),
            variant: text(ITEM_VARIANT),
            code: text(ITEM_CODE),
            amount: text(ITEM_AMOUNT),
            unit_price: text(ITEM_UNIT_PRICE),
            unit_discount_price: text(ITEM_UNIT_DISCOUNT_PRICE),
            total: text(ITEM_TOTAL),
            total_without_tax: text(ITEM_TOTAL_WITHOUT_TAX),
        });
    }

    fn finish(&self, head: Told, group: &mut Group) -> Finished {
        let rows: Vec<u64> = head.lines.iter().map(|line| line.row).collect();
        match head.order(self.context, self.written) {
            Ok(made) => {
                let row = |index: &usize| rows.get(*index).copied().unwrap_or(group.first_line());
                group.item_lines = made.from.iter().map(row).collect();
                Finished::Draft(Box::new(made.draft))
            }
            Err(faults) => {
                for fault in faults {
                    let row = fault.line.and_then(|index| rows.get(index)).copied().unwrap_or(group.first_line());
                    group.fault(row, name_of(&fault), fault.reason);
                }
                Finished::Skipped(Vec::new())
            }
        }
    }

    fn column(field: &str) -> &'static str {
        let column = match field.split('[').next().unwrap_or_default() {
            "number" => CODE,
            "placed_at" => DATE,
            "currency" => CURRENCY,
            "note" => SHOP_REMARK,
            "customer_note" => REMARK,
            "external_id" => ID,
            "source" => SOURCE,
            "customer.email" => EMAIL,
            "customer.phone" => PHONE,
            "payments" => PAID,
            "tags" | "cancelled_at" | "fulfilments" => STATUS,
            "tax" => TAX,
            "sku" => ITEM_CODE,
            "title" => ITEM_NAME,
            "quantity" => ITEM_AMOUNT,
            "unit_price" => ITEM_UNIT_PRICE,
            "discount" => ITEM_TOTAL,
            field if field.starts_with("shipping_address") => DELIVERY,
            field if field.starts_with("customer") || field.starts_with("billing_address") => BILLING,
            _ => return "",
        };
        Self::COLUMNS[column].name
    }
}

fn name_of(fault: &Fault) -> &'static str {
    let column = match (fault.line, fault.field) {
        (_, "currency") => CURRENCY,
        (_, "date") => DATE,
        (_, "paid") => PAID,
        (_, "tax") => TAX,
        (_, "rounding") => ROUNDING,
        (_, "to_pay") => TO_PAY,
        (_, "amount") => ITEM_AMOUNT,
        (_, "unit_price") => ITEM_UNIT_PRICE,
        (_, "unit_discount_price") => ITEM_UNIT_DISCOUNT_PRICE,
        (_, "total_without_tax") => ITEM_TOTAL_WITHOUT_TAX,
        (None, "total") => TOTAL,
        (Some(_), "total") => ITEM_TOTAL,
        _ => return "",
    };
    ShoptetCsv::COLUMNS[column].name
}
