//! The columns of `orders-csv`.

use crate::imports::formats::columns::{Column, Holds, optional, required};

// The order's own columns come first, its number at 0; the item's begin at SKU.
pub const KIND: usize = 1;
pub const PLACED_AT: usize = 2;
pub const CURRENCY: usize = 3;
pub const EMAIL: usize = 4;
pub const NAME: usize = 5;
pub const PHONE: usize = 6;
pub const CUSTOMER_ID: usize = 7;
pub const COUNTRY: usize = 8;
pub const DISCOUNT: usize = 9;
pub const SHIPPING: usize = 10;
pub const TAX: usize = 11;
pub const NOTE: usize = 12;
pub const TAGS: usize = 13;
pub const STATUS: usize = 14;
pub const PAYMENT_STATUS: usize = 15;
pub const FULFILMENT_STATUS: usize = 16;
pub const REFUNDED: usize = 17;
pub const PAID_AT: usize = 18;
pub const FULFILLED_AT: usize = 19;
pub const CANCELLED_AT: usize = 20;
pub const CANCEL_REASON: usize = 21;
pub const CLOSED_AT: usize = 22;
pub const CUSTOMER_NOTE: usize = 23;
pub const EXTERNAL_ID: usize = 24;
pub const SOURCE: usize = 25;
pub const UPDATED_AT: usize = 26;
pub const PRICES_INCLUDE_TAX: usize = 27;
pub const CARRIER: usize = 28;
pub const TRACKING_NUMBER: usize = 29;
pub const TRACKING_URL: usize = 30;
// Each is the first of nine.
pub const SHIPPING_ADDRESS: usize = 31;
pub const BILLING_ADDRESS: usize = 40;
pub const SKU: usize = 49;
pub const TITLE: usize = 50;
pub const ITEM_KIND: usize = 51;
pub const QUANTITY: usize = 52;
pub const UNIT_PRICE: usize = 53;
pub const ITEM_DISCOUNT: usize = 54;
pub const ITEM_TAX: usize = 55;

/// All of them.
pub const COLUMNS: &[Column] = &[
    required("order_number"),
    optional("kind"),
    required("placed_at").holding(Holds::Time),
    optional("currency"),
    optional("customer_email"),
    optional("customer_name"),
    optional("customer_phone"),
    optional("customer_external_id"),
    optional("customer_country"),
    optional("discount").holding(Holds::Number),
    optional("shipping").holding(Holds::Number),
    optional("tax").holding(Holds::Number),
    optional("note"),
    optional("tags"),
    optional("status"),
    optional("payment_status"),
    optional("fulfilment_status"),
    optional("refunded").holding(Holds::Number),
    optional("paid_at").holding(Holds::Time),
    optional("fulfilled_at").holding(Holds::Time),
    optional("cancelled_at").holding(Holds::Time),
    optional("cancel_reason"),
    optional("closed_at").holding(Holds::Time),
    optional("customer_note"),
    optional("external_id"),
    optional("source"),
    optional("updated_at").holding(Holds::Time),
    optional("prices_include_tax"),
    optional("carrier"),
    optional("tracking_number"),
    optional("tracking_url"),
    optional("shipping_name"),
    optional("shipping_company"),
    optional("shipping_line1"),
    optional("shipping_line2"),
    optional("shipping_city"),
    optional("shipping_region"),
    optional("shipping_postal_code"),
    optional("shipping_country"),
    optional("shipping_phone"),
    optional("billing_name"),
    optional("billing_company"),
    optional("billing_line1"),
    optional("billing_line2"),
    optional("billing_city"),
    optional("billing_region"),
    optional("billing_postal_code"),
    optional("billing_country"),
    optional("billing_phone"),
    optional("item_sku"),
    required("item_title"),
    optional("item_kind"),
    required("quantity").holding(Holds::Number),
    required("unit_price").holding(Holds::Number),
    optional("item_discount").holding(Holds::Number),
    optional("item_tax").holding(Holds::Number),
];

/// The column that holds a field of an order or of an item.
pub fn of(field: &str) -> &'static str {
    if let Some((address, part)) = field.split_once("_address.") {
        let is_it = |name: &&str| name.strip_prefix(address).and_then(|rest| rest.strip_prefix('_')) == Some(part);
        return COLUMNS[SHIPPING_ADDRESS..SKU].iter().map(|c| c.name).find(is_it).unwrap_or_default();
    }
    let field = field.split_once('[').map_or(field, |(list, _)| list);
    match field {
        "payments" => "payment_status",
        "fulfilments" => "fulfilment_status",
        "refunds" => "refunded",
        "number" => "order_number",
        "customer" | "customer.email" => "customer_email",
        "customer.name" => "customer_name",
        "customer.phone" => "customer_phone",
        "customer.external_id" => "customer_external_id",
        "customer.country" => "customer_country",
        "sku" => "item_sku",
        "title" => "item_title",
        same => COLUMNS.iter().map(|column| column.name).find(|name| *name == same).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_their_numbers_say() {
        for (column, name) in [
            (KIND, "kind"),
            (TAGS, "tags"),
            (STATUS, "status"),
            (TRACKING_URL, "tracking_url"),
            (SHIPPING_ADDRESS, "shipping_name"),
            (BILLING_ADDRESS, "billing_name"),
            (SKU, "item_sku"),
            (ITEM_TAX, "item_tax"),
        ] {
            assert_eq!(COLUMNS[column].name, name);
        }
        assert_eq!(
            (of("shipping_address.postal_code"), of("billing_address.phone")),
            ("shipping_postal_code", "billing_phone")
        );
        assert_eq!(
            (of("refunds[0].amount"), of("item_tax"), of("customer.name")),
            ("refunded", "item_tax", "customer_name")
        );
    }
}
