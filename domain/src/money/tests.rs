//! Amounts as they are printed, and as they are read: never another amount than was written.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const SPACES: [&str; 4] = [" ", "\u{a0}", "\u{202f}", "\u{2009}"];

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn every_currency() -> impl Strategy<Value = Currency> {
    let letter = "[A-Z]{3}";
    let usual = prop::sample::select(vec!["GBP", "JPY", "KWD", "CLF", "IRR", "VND", "CZK", "TND", "ITL", "UYW"]);
    let known = |code: String| code.parse::<Currency>().ok();
    prop_oneof![3 => usual.prop_map(currency), 1 => letter.prop_filter_map("no currency", known)]
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

/// A number as somebody writes it: digits in groups, decimals, and the two signs.
fn spelled(money: Money, places: usize, apart: &str, mark: &str) -> String {
    let (whole, rest, decimals) = money.split();
    let digits = whole.to_string();
    let mut groups = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            groups.push_str(apart);
        }
        groups.push(digit);
    }
    let fraction = if decimals == 0 { String::new() } else { format!("{rest:0decimals$}") };
    let fraction = format!("{fraction:0<places$}");
    let fraction = if fraction.is_empty() { fraction } else { format!("{mark}{fraction}") };
    format!("{}{groups}{fraction}", if money.minor < 0 { "-" } else { "" })
}

/// Every number that a text is in some notation, found without the parser: which sign is before decimals, and which between
/// thousands. As digits and how many of them are decimals, zeros at the end left out.
fn meanings(text: &str) -> BTreeSet<(String, usize)> {
    let text = text.trim();
    let body = text.strip_prefix(['-', '+']).unwrap_or(text).trim();
    let mut found = BTreeSet::new();
    for mark in ['.', ','] {
        let (whole, fraction) = body.split_once(mark).unwrap_or((body, ""));
        if !fraction.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        for apart in [None, Some('.'), Some(','), Some(' '), Some('\'')] {
            let groups: Vec<&str> = match apart {
                Some(apart) if apart != mark => whole.split(apart).collect(),
                Some(_) => continue,
                None => vec![whole],
            };
            let digits = groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()));
            let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
            let (threes, twos) = match &lengths[..] {
                [_] => (true, true),
                [first, between @ .., last] => (
                    *last == 3 && (1..=3).contains(first) && between.iter().all(|n| *n == 3),
                    *last == 3 && (1..=2).contains(first) && between.iter().all(|n| *n == 2),
                ),
                [] => (false, false),
            };
            if digits && (threes || twos) && !(groups.concat().is_empty() && fraction.is_empty()) {
                let decimals = fraction.trim_end_matches('0');
                let number = format!("{}{decimals}", groups.concat());
                found.insert((number.trim_start_matches('0').to_owned(), decimals.len()));
            }
        }
    }
    found
}

fn is_meaning(minor: i64, decimals: u32, (digits, places): &(String, usize)) -> bool {
    let number: i128 = if digits.is_empty() { 0 } else { digits.parse().unwrap() };
    let missing = (decimals as usize).checked_sub(*places);
    missing.is_some_and(|missing| number * 10_i128.pow(missing as u32) == i128::from(minor).abs())
}

proptest! {
    #[test]
    fn plain_text_reads_back(minor in -1_000_000_000_000_i64..1_000_000_000_000, currency in every_currency()) {
        let money = Money::new(minor, currency);
        prop_assert_eq!(Money::parse(&money.plain(), money.currency), Ok(money));
    }

    #[test]
    fn an_amount_is_read_as_it_was_written_in_every_currency_and_spelling(
        minor in prop_oneof![-100_000_i64..100_000, -2_000_000_000_000_i64..2_000_000_000_000],
        currency in every_currency(),
        more in 0_usize..4,
        apart in prop::sample::select(["", ",", ".", "'", "\u{2019}"].iter().chain(&SPACES).copied().collect::<Vec<_>>()),
        mark in prop::sample::select(vec![(".", Mark::Point), (",", Mark::Comma)]),
    ) {
        prop_assume!(apart != mark.0);
        let money = Money::new(minor, currency);
        let text = spelled(money, currency.exponent() as usize + more, apart, mark.0);
        prop_assert_eq!(Money::written(&text, currency, Notation::Decimals(mark.1)), Ok(money), "{}", text);
        match Money::parse(&text, currency) {
            Ok(read) => prop_assert_eq!(read, money, "{}", text),
            Err(fault) => prop_assert!(matches!(fault, AmountFault::Ambiguous { .. }), "{}: {}", text, fault),
        }
        // As many decimals as the currency has, and thousands apart or not: only three after a comma may be thousands.
        if more == 0 && currency.exponent() != 0 && (currency.exponent() != 3 || mark.1 == Mark::Point || minor.abs() >= 1_000_000) {
            prop_assert_eq!(Money::parse(&text, currency), Ok(money), "{}", text);
        }
        let mut evidence = Evidence::default();
        evidence.note(&text);
        prop_assert!(matches!(evidence.notation(), Notation::Unknown) || evidence.notation() == Notation::Decimals(mark.1)
            || !text.contains(mark.0), "{}", text);
    }

    #[test]
    fn a_format_reads_what_it_shows(
        minor in -2_000_000_000_000_i64..2_000_000_000_000,
        currency in every_currency(),
        format in prop::sample::select(NumberFormat::ALL.to_vec()),
    ) {
        let money = Money::new(minor, currency);
        let shown = format.amount(money).replacen(&*currency.sign(), "", 1);
        prop_assert_eq!(Money::written(&shown, currency, Notation::Typed(format)), Ok(money), "{}", shown);
    }

    #[test]
    fn no_accepted_text_is_off_by_a_power_of_ten(text in "[-+]?[0-9]{0,4}([., '][0-9]{1,4}){0,3}", currency in every_currency()) {
        let (decimals, text) = (currency.exponent(), text.trim().to_owned());
        let meanings = meanings(&text);
        let Ok(money) = Money::parse(&text, currency) else { return Ok(()) };
        let mine = meanings.iter().filter(|meaning| is_meaning(money.minor, decimals, meaning)).count();
        prop_assert_eq!(mine, 1, "{} is read as {:?}, means {:?}", text, money, meanings);
        if meanings.len() > 1 {
            // Two meanings, one of which the currency cannot have or everybody writes.
            let others: Vec<_> = meanings.iter().filter(|meaning| !is_meaning(money.minor, decimals, meaning)).collect();
            let body = text.trim_start_matches(['-', '+']).trim();
            let plain = decimals == 3 && body.contains('.') && money.plain().trim_start_matches('-') == body;
            let leading = body.starts_with('0');
            prop_assert!(plain || leading || (decimals == 0 && others.iter().all(|(_, places)| *places > 0)), "{} {:?}", text, others);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,30}", figures in "[-+0-9.,' \u{a0}\u{66b}()e]{0,40}") {
        for text in [&text, &figures] {
            for notation in [Notation::Unknown, Notation::Decimals(Mark::Comma), Notation::Typed(NumberFormat::PointComma)] {
                let _ = (Money::written(text, currency("KWD"), notation), whole(text, notation));
                if let Ok(number) = Decimal::read(text, 4, notation) {
                    prop_assert!(number.at_most(2) <= number.at_least(2));
                    prop_assert_eq!(Decimal::read(&number.plain(), 4, Notation::Unknown), Ok(number));
                }
            }
            Evidence::default().note(text);
        }
    }
}
