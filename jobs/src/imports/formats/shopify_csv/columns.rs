//! The columns of `shopify-csv`.

use domain::orders::new_order::Address;

use crate::imports::formats::columns::{Column, Holds, optional, required};

// The order's own columns come first, its number at 0; the item's begin at QUANTITY.
pub const EMAIL: usize = 1;
pub const FINANCIAL_STATUS: usize = 2;
pub const PAID_AT: usize = 3;
pub const FULFILLMENT_STATUS: usize = 4;
pub const FULFILLED_AT: usize = 5;
pub const CURRENCY: usize = 6;
pub const SUBTOTAL: usize = 7;
pub const SHIPPING: usize = 8;
pub const TAXES: usize = 9;
pub const TOTAL: usize = 10;
pub const DISCOUNT: usize = 11;
pub const CREATED_AT: usize = 12;
pub const CANCELLED_AT: usize = 13;
pub const REFUNDED: usize = 14;
pub const OUTSTANDING: usize = 15;
pub const DUTIES: usize = 16;
// The first of five.
pub const TAX_LINES: usize = 17;
pub const TAGS: usize = 22;
pub const PHONE: usize = 23;
pub const NOTES: usize = 24;
pub const ID: usize = 25;
pub const SOURCE: usize = 26;
pub const METHOD: usize = 27;
// The first of three; which of them a file has depends on its age.
pub const REFERENCES: usize = 28;
// Each is the first of nine, in the order of the parts of an address; the two after them stand in where a part is empty.
pub const BILLING: usize = 31;
pub const SHIPPED_TO: usize = 42;
pub const STREET: usize = 9;
pub const PROVINCE_NAME: usize = 10;
pub const QUANTITY: usize = 53;
pub const LINE_NAME: usize = 54;
pub const PRICE: usize = 55;
pub const SKU: usize = 56;
pub const LINE_STATUS: usize = 57;
pub const LINE_DISCOUNT: usize = 58;

/// All that are read; others are passed over. Those that only the first line of an order fills are no numbers here: the lines
/// after it are whole without them.
pub const COLUMNS: &[Column] = &[
    required("Name"),
    optional("Email"),
    required("Financial Status"),
    optional("Paid at"),
    optional("Fulfillment Status"),
    optional("Fulfilled at"),
    optional("Currency"),
    optional("Subtotal"),
    optional("Shipping"),
    optional("Taxes"),
    required("Total"),
    optional("Discount Amount"),
    required("Created at").holding(Holds::Time),
    optional("Cancelled at"),
    optional("Refunded Amount"),
    optional("Outstanding Balance"),
    optional("Duties"),
    optional("Tax 1 Value"),
    optional("Tax 2 Value"),
    optional("Tax 3 Value"),
    optional("Tax 4 Value"),
    optional("Tax 5 Value"),
    optional("Tags"),
    optional("Phone"),
    optional("Notes"),
    optional("Id"),
    optional("Source"),
    optional("Payment Method"),
    optional("Payment Reference"),
    optional("Payment References"),
    optional("Payment ID"),
    optional("Billing Name"),
    optional("Billing Company"),
    optional("Billing Address1"),
    optional("Billing Address2"),
    optional("Billing City"),
    optional("Billing Province"),
    optional("Billing Zip"),
    optional("Billing Country"),
    optional("Billing Phone"),
    optional("Billing Street"),
    optional("Billing Province Name"),
    optional("Shipping Name"),
    optional("Shipping Company"),
    optional("Shipping Address1"),
    optional("Shipping Address2"),
    optional("Shipping City"),
    optional("Shipping Province"),
    optional("Shipping Zip"),
    optional("Shipping Country"),
    optional("Shipping Phone"),
    optional("Shipping Street"),
    optional("Shipping Province Name"),
    required("Lineitem quantity").holding(Holds::Number),
    required("Lineitem name"),
    required("Lineitem price").holding(Holds::Number),
    optional("Lineitem sku"),
    optional("Lineitem fulfillment status"),
    optional("Lineitem discount"),
];

/// The column that holds a field of an order or of an item.
pub fn of(field: &str) -> &'static str {
    if let Some((address, part)) = field.split_once("_address.") {
        let first = if address == "billing" { BILLING } else { SHIPPED_TO };
        let part = Address::PARTS.iter().position(|name| *name == part);
        return part.map_or("", |index| COLUMNS[first + index].name);
    }
    let field = field.split_once('[').map_or(field, |(list, _)| list);
    let column = match field {
        "number" => 0,
        "placed_at" => CREATED_AT,
        "currency" => CURRENCY,
        "customer" | "customer.email" => EMAIL,
        "customer.name" => BILLING,
        "customer.phone" => PHONE,
        "customer.country" => BILLING + 7,
        "discount" => DISCOUNT,
        "shipping" => SHIPPING,
        "tax" => TAXES,
        "payments" => FINANCIAL_STATUS,
        "fulfilments" => FULFILLMENT_STATUS,
        "refunds" => REFUNDED,
        "cancelled_at" => CANCELLED_AT,
        "customer_note" => NOTES,
        "tags" => TAGS,
        "external_id" => ID,
        "source" => SOURCE,
        "sku" => SKU,
        "title" => LINE_NAME,
        "quantity" => QUANTITY,
        "unit_price" => PRICE,
        "item_discount" => LINE_DISCOUNT,
        _ => return "",
    };
    COLUMNS[column].name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_their_numbers_say() {
        for (column, name) in [
            (EMAIL, "Email"),
            (CREATED_AT, "Created at"),
            (TAX_LINES + 4, "Tax 5 Value"),
            (METHOD, "Payment Method"),
            (REFERENCES + 2, "Payment ID"),
            (BILLING, "Billing Name"),
            (SHIPPED_TO, "Shipping Name"),
            (SHIPPED_TO + STREET, "Shipping Street"),
            (SHIPPED_TO + PROVINCE_NAME, "Shipping Province Name"),
            (QUANTITY, "Lineitem quantity"),
            (LINE_DISCOUNT, "Lineitem discount"),
        ] {
            assert_eq!(COLUMNS[column].name, name);
        }
        assert_eq!(
            (of("shipping_address.postal_code"), of("billing_address.phone")),
            ("Shipping Zip", "Billing Phone")
        );
        assert_eq!((of("refunds[0].amount"), of("tags[3]"), of("items")), ("Refunded Amount", "Tags", ""));
    }
}
