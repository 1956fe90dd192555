//! Words for things that have names of their own.

use std::borrow::Cow;

use db::orders::CustomerRow;
use domain::imports::Format;
pub use domain::size::size;

/// How a customer is called: by name, else by what is known of them.
pub fn customer(customer: Option<&CustomerRow>) -> Option<Cow<'_, str>> {
    let customer = customer?;
    let known = [&customer.name, &customer.email, &customer.phone];
    let named = known.into_iter().flatten().find(|text| !text.trim().is_empty());
    named.map(Cow::from).or_else(|| customer.external_id.as_ref().map(|id| format!("Customer {id}").into()))
}

/// What a format is, for people who choose one.
pub const fn format(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::OnlineRetail => (
            "Online Retail CSV",
            "Columns of the UCI Online Retail data set. One line per \
            invoice line.",
        ),
        Format::OrdersJsonl => ("Orders, JSON lines", "One order per line, in the API's JSON format. Plain or .gz."),
        Format::OrdersCsv => ("Orders, CSV", "One line per item, with a header line."),
        Format::ShopifyCsv => ("Shopify orders CSV", "The orders export of Shopify, as downloaded. Plain or .gz."),
        Format::WoocommerceJson => (
            "WooCommerce, JSON",
            "Orders of the WooCommerce REST API: one JSON array, or one \
            order per line.",
        ),
        Format::ShoptetXml => ("Shoptet, XML", "The orders export of Shoptet as XML."),
        Format::ShoptetCsv => ("Shoptet, CSV", "The orders export of Shoptet as CSV. One line per item."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_called_by_the_best_known_name() {
        let row = CustomerRow { external_id: Some("17850".into()), ..CustomerRow::default() };
        assert_eq!(customer(Some(&row)).as_deref(), Some("Customer 17850"));
        let row = CustomerRow { email: Some("a@b.test".into()), name: Some(" ".into()), ..row };
        assert_eq!(customer(Some(&row)).as_deref(), Some("a@b.test"));
        assert_eq!(customer(None), None);
    }
}
