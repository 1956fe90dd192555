//! Amounts as they are printed, and as they are read: never another amount than was written.

mod properties;

use super::*;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

/// Pounds, and pence.
const CERTAIN: [(&str, i64); 29] = [
    ("2.55", 255),
    ("15", 1500),
    ("0.5", 50),
    ("-1,234.50", -123_450),
    (".5", 50),
    ("5.", 500),
    ("+5", 500),
    ("1,2", 120),
    ("12,5", 1250),
    ("12,50", 1250),
    ("1,234.50", 123_450),
    ("1.234,50", 123_450),
    ("1 234,50", 123_450),
    ("1\u{a0}234,50", 123_450),
    ("1\u{202f}234.50", 123_450),
    ("1'234.50", 123_450),
    ("1\u{2019}234.50", 123_450),
    ("1,234,567", 123_456_700),
    ("1.234.567", 123_456_700),
    ("12,34,567.50", 123_456_750),
    ("1 500", 150_000),
    ("0.500", 50),
    ("1234.500", 123_450),
    ("320.0000", 32_000),
    ("\u{2212}3.00", -300),
    (" \u{a0}12.50\u{200b}", 1250),
    ("\u{661}\u{662}\u{66b}\u{665}", 1250),
    ("\u{6f1}\u{66c}\u{6f2}\u{6f3}\u{6f4}", 123_400),
    ("\u{ff11}\u{ff12}.\u{ff15}\u{ff10}", 1250),
];

#[test]
fn amounts_read_as_people_write_them() {
    let gbp = currency("GBP");
    for (text, minor) in CERTAIN {
        assert_eq!(Money::parse(text, gbp), Ok(Money::new(minor, gbp)), "{text}");
    }
    for text in [
        "",
        "-",
        ".",
        ",",
        "1.005",
        "1e3",
        "12 GBP",
        "12.50 EUR",
        "€12.50",
        "99999999999999999999",
        "--1",
        "+-1",
        "(3.00)",
        "12,-",
        "12.50-",
        "1.2.3",
        "1,23,4",
        "1 23",
        "1.234,567.8",
        "1 234'567",
        "0,123,456",
        "1,,234",
        "twelve",
        "1/2",
        "\u{661}2",
        "1_000",
        "0x10",
        "NaN",
        "1,234,56",
        "1'23",
    ] {
        assert!(Money::parse(text, gbp).is_err(), "{text}");
    }
    assert_eq!(Money::parse("1500", currency("JPY")).unwrap().minor, 1500);
    assert_eq!(Money::parse("1.234", currency("KWD")).unwrap().minor, 1234);
}

#[test]
fn what_can_mean_two_amounts_is_refused_unless_the_notation_is_known() {
    let (point, comma) = (Notation::Decimals(Mark::Point), Notation::Decimals(Mark::Comma));
    let read = |text, code, notation| Money::written(text, currency(code), notation).map(|money| money.minor);
    for (text, code, if_point, if_comma) in [
        ("1.500", "GBP", Ok(150), Ok(150_000)),
        ("1,500", "GBP", Ok(150_000), Ok(150)),
        ("1,234", "EUR", Ok(123_400), Err(AmountFault::MoreDecimals)),
        ("12.345", "EUR", Err(AmountFault::MoreDecimals), Ok(1_234_500)),
        ("1,234", "KWD", Ok(1_234_000), Ok(1_234)),
        ("1,000", "JPY", Ok(1_000), Ok(1)),
        ("1.000", "VND", Ok(1), Ok(1_000)),
        ("-1.500", "CLF", Ok(-15_000), Ok(-15_000_000)),
    ] {
        let fault = read(text, code, Notation::Unknown).unwrap_err();
        assert!(matches!(fault, AmountFault::Ambiguous { .. }), "{text} {code}: {fault}");
        assert_eq!((read(text, code, point), read(text, code, comma)), (if_point, if_comma), "{text} {code}");
    }
    assert_eq!(
        Money::parse("1.500", currency("EUR")).unwrap_err().to_string(),
        "This can mean 1500 or 1.50. Write one of them."
    );
    // Nothing can be paid with a part of these.
    for text in ["1,500", "1.500"] {
        assert_eq!(read(text, "JPY", Notation::Unknown), Ok(1_500), "{text}");
    }
    // What is certain by itself stays so beside others.
    assert_eq!((read("12,50", "EUR", point), read("1.234,50", "EUR", point)), (Ok(1_250), Ok(123_450)));
}

#[test]
fn a_file_shows_its_notation() {
    let shown = |texts: &[&str]| {
        let mut evidence = Evidence::default();
        texts.iter().for_each(|text| evidence.note(text));
        evidence.notation()
    };
    for texts in [&["12.50"][..], &["1,234.5"], &["1,234,567"], &["x", "1.500", "320.0000"], &["1 234.567"], &["0.125"]]
    {
        assert_eq!(shown(texts), Notation::Decimals(Mark::Point), "{texts:?}");
    }
    for texts in [&["12,50"][..], &["1.234,5"], &["1.234.567"], &["1,2", "1.500"], &["1\u{a0}234,567"]] {
        assert_eq!(shown(texts), Notation::Decimals(Mark::Comma), "{texts:?}");
    }
    for texts in [&[][..], &["1.500", "1,500", "12", ""], &["12.50", "12,50"], &["1.2.3", "a.5", "1,2,3"], &["1 500"]] {
        assert_eq!(shown(texts), Notation::Unknown, "{texts:?}");
    }
}

#[test]
fn decimals_beyond_those_of_the_currency_may_be_rounded() {
    let rounded = |text: &str, code: &str| {
        Money::rounded(text, currency(code), Notation::Decimals(Mark::Point)).map(|money| money.minor)
    };
    for (text, code, minor) in [
        ("8.264463", "EUR", 826),
        ("1.735537", "EUR", 174),
        ("0.005", "EUR", 1),
        ("-0.005", "EUR", -1),
        ("0.0049999", "EUR", 0),
        ("12", "EUR", 1_200),
        ("10.000000", "EUR", 1_000),
        ("1.5", "JPY", 2),
        ("1.2345", "KWD", 1_235),
    ] {
        assert_eq!(rounded(text, code), Ok(minor), "{text} {code}");
    }
    assert_eq!(rounded("99999999999999999999", "EUR"), Err(AmountFault::TooLarge));
}

#[test]
fn things_are_counted_in_whole_numbers() {
    for (text, number) in [
        ("2", 2),
        ("1.00", 1),
        ("2.0000", 2),
        ("1,00", 1),
        ("-3.0", -3),
        ("+4", 4),
        ("1 000", 1_000),
        ("1,000,000", 1_000_000),
        (" 7\u{a0}", 7),
    ] {
        assert_eq!(whole(text, Notation::Unknown), Ok(number), "{text}");
    }
    for text in ["0.5", "1,5", "1.0001", "six", "", "1e3", "-"] {
        assert_eq!(whole(text, Notation::Unknown), Err(AmountFault::NotWhole), "{text}");
    }
    // A kilo and a half, or 1,500 pieces.
    for text in ["1.500", "1,500", "2.000"] {
        assert!(matches!(whole(text, Notation::Unknown), Err(AmountFault::Ambiguous { .. })), "{text}");
    }
    assert_eq!(whole("2.000", Notation::Decimals(Mark::Point)), Ok(2));
    assert_eq!(whole("1.500", Notation::Decimals(Mark::Comma)), Ok(1_500));
    assert_eq!(whole("99999999999999999999", Notation::Unknown), Err(AmountFault::TooLarge));
}

#[test]
fn amounts_print_with_sign_groups_and_decimals() {
    assert_eq!(Money::new(-123_456_789, currency("GBP")).to_string(), "\u{2212}£1,234,567.89");
    assert_eq!(Money::new(5, currency("GBP")).to_string(), "£0.05");
    assert_eq!(Money::new(1500, currency("JPY")).to_string(), "¥1,500");
    assert_eq!(Money::new(i64::MIN, currency("GBP")).plain(), "-92233720368547758.08");
}
