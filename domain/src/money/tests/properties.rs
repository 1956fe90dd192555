//! Any amount in any spelling, against a reading of its own.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const SPACES: [&str; 4] = [" ", "\u{a0}", "\u{202f}", "\u{2009}"];

fn every_currency() -> impl Strategy<Value = Currency> {
    let letter = "[A-Z]{3}";
    let usual = prop::sample::select(vec!["GBP", "JPY", "KWD", "CLF", "IRR", "VND", "CZK", "TND", "ITL", "UYW"]);
    let known = |code: String| code.parse::<Currency>().ok();
    prop_oneof![3 => usual.prop_map(currency), 1 => letter.prop_filter_map("no currency", known)]
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
