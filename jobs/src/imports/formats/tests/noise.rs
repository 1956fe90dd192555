//! Any bytes: no reader panics, loses a line or makes two orders of one.

use proptest::prelude::*;

use super::*;

fn often() -> ProptestConfig {
    ProptestConfig::with_cases(if db::testing::full_counts() { 50_000 } else { 256 })
}

// Formats in which a number may come again, as another order.
const fn is_of_whole_orders(format: Format) -> bool {
    matches!(format, Format::OrdersJsonl | Format::WoocommerceJson | Format::ShoptetXml)
}

proptest! {
    #![proptest_config(often())]

    #[test]
    fn no_file_makes_a_reader_panic_or_lose_a_line(
        format in prop::sample::select(Format::ALL.to_vec()),
        lines in prop::collection::vec(prop_oneof![
            "[\"',;a-z0-9{}\\[\\]:. -]{0,40}", ".{0,20}",
            "(53636[5-7]|C1|),(A|POST|D|),a?,-?[0-9]{1,3},12/1/10 8:26,[0-9]{1,2}(\\.[0-9]{1,3})?,(17850)?,UK,",
            "2026000[12];2026-01-0[12] 10:00:00;[0-9]{1,2},00;[a-c]?;[0-9],000;[0-9],50",
            "(<ORDER>)?(<CODE>[12]</CODE>|<ORDER_ITEMS><ITEM>)?[a-c&;#]{0,3}(</ITEM></ORDER_ITEMS>)?(</ORDER>|</ORDERS>)?",
            "\\{\"number\": \"[12]\", \"line_items\": \\[\\{\"total\": \"[0-9]\\.50\"\\}[\\]}]?[}]?,?",
            "(A-[12]),2026-01-0[12] 10:00,[a-c]?,[a-c]?,-?[0-9]{1,2},[0-9]\\.[0-9]{1,3}",
            "#[12],(2026-01-01 10:00:00 \\+0100)?,(Tip|Tea),,[0-9],[0-9]\\.00,([0-9]\\.00)?,(paid|refunded|x)?",
        ], 0..40),
    ) {
        let header = match format {
            Format::OnlineRetail => HEADER,
            Format::OrdersCsv => "order_number,placed_at,item_sku,item_title,quantity,unit_price\n",
            Format::OrdersJsonl => "{}\n",
            Format::ShopifyCsv => "Name,Created at,Lineitem name,Lineitem sku,Lineitem quantity,Lineitem price,Total,Financial Status\n",
            Format::WoocommerceJson => "[{\"line_items\": []},",
            Format::ShoptetXml => "<ORDERS><ORDER><CODE>1</CODE></ORDER>",
            Format::ShoptetCsv => "code;date;totalPriceWithVat;itemName;itemAmount;itemUnitPriceWithVat\n",
        };
        let text = format!("{header}{}", lines.join("\n"));
        if let Ok(all) = read(format, text.as_bytes()) {
            for pair in all.windows(2) {
                prop_assert!(pair[0].last_line < pair[1].first_line, "{pair:?}");
            }
            let mut numbers: Vec<_> = all.iter().filter_map(|p| match &p.content {
                Content::Order(order) if !is_of_whole_orders(format) => Some(order.number()),
                _ => None,
            }).collect();
            let count = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), count);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(format in prop::sample::select(Format::ALL.to_vec()), bytes in prop::collection::vec(any::<u8>(), 0..200), packed in any::<bool>()) {
        let bytes = if packed { [&[0x1f, 0x8b, 8, 0][..], &bytes].concat() } else { bytes };
        let _ = read(format, &bytes);
    }
}
