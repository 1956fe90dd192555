//! How numbers are written for people: which sign stands between thousands, and which before decimals.

use std::borrow::Cow;

use strum::{Display, EnumString, IntoStaticStr};

use crate::choices::Hint;
use crate::money::Money;

// 18,446,744,073,709,551,615, with signs of up to three bytes.
const LONGEST: usize = 20 + 6 * 3;
const MINUS: &str = "\u{2212}";

/// How a tenant has its numbers written. What programs read (the API, exports, addresses) is written plainly whatever it says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case", parse_err_ty = Hint, parse_err_fn = hint)]
pub enum NumberFormat {
    /// `1,234.50`
    #[default]
    CommaPoint,
    /// `1.234,50`
    PointComma,
    /// `1 234,50`; the space is a narrow one at which no line ends.
    SpaceComma,
    /// `1’234.50`
    ApostrophePoint,
}

impl NumberFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::CommaPoint, Self::PointComma, Self::SpaceComma, Self::ApostrophePoint];

    /// As it stands in the table of settings and in forms.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// A number written so, to choose by.
    pub const fn sample(self) -> &'static str {
        match self {
            Self::CommaPoint => "1,234.50",
            Self::PointComma => "1.234,50",
            Self::SpaceComma => "1\u{202f}234,50",
            Self::ApostrophePoint => "1\u{2019}234.50",
        }
    }

    /// What stands between thousands.
    pub const fn thousands(self) -> &'static str {
        match self {
            Self::CommaPoint => ",",
            Self::PointComma => ".",
            Self::SpaceComma => "\u{202f}",
            Self::ApostrophePoint => "\u{2019}",
        }
    }

    /// What stands before decimals.
    pub const fn decimal(self) -> &'static str {
        match self {
            Self::CommaPoint | Self::ApostrophePoint => ".",
            Self::PointComma | Self::SpaceComma => ",",
        }
    }

    /// Adds `number` to `text`, thousands apart, without a text in between.
    pub fn push(self, text: &mut String, number: u64) {
        let apart = self.thousands().as_bytes();
        let (mut buffer, mut first, mut left) = ([0; LONGEST], LONGEST, number);
        for place in 0.. {
            if place > 0 && place % 3 == 0 {
                first -= apart.len();
                buffer[first..first + apart.len()].copy_from_slice(apart);
            }
            first -= 1;
            buffer[first] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        text.push_str(std::str::from_utf8(&buffer[first..]).unwrap_or_default());
    }

    /// A whole number.
    pub fn count(self, n: i64) -> String {
        let mut text = String::with_capacity(LONGEST);
        text.push_str(if n < 0 { MINUS } else { "" });
        self.push(&mut text, n.unsigned_abs());
        text
    }

    /// An amount with the sign of its currency.
    pub fn amount(self, money: Money) -> String {
        let (whole, rest, places) = money.split();
        let mut text = String::from(if money.minor < 0 { MINUS } else { "" });
        text.push_str(&money.currency.sign());
        self.push(&mut text, whole);
        if places > 0 {
            text.push_str(self.decimal());
            text.push_str(&format!("{rest:0places$}"));
        }
        text
    }

    /// What somebody typed, as a program writes it: no thousands, a point before decimals. Both what this format shows and
    /// a plain number are understood; none for thousands that are not three digits each.
    pub fn plain(self, typed: &str) -> Option<Cow<'_, str>> {
        if !typed.contains(|c: char| c == ',' || c == '.' || is_apart(c)) {
            return Some(Cow::Borrowed(typed));
        }
        let (whole, decimals) = self.cut(typed);
        let mut groups = whole.split(|c: char| self.thousands().starts_with(c) || is_apart(c));
        let first = groups.next().unwrap_or_default();
        let mut plain = first.to_owned();
        for group in groups {
            // A zero begins no thousands, and four digits are none.
            if group.len() != 3 || first.starts_with('0') || !(1..=3).contains(&first.trim_start_matches('-').len()) {
                return None;
            }
            plain.push_str(group);
        }
        if plain.contains(',') {
            return None;
        }
        if let Some(decimals) = decimals {
            plain.push('.');
            plain.push_str(decimals);
        }
        Some(Cow::Owned(plain))
    }

    // Whole units and decimals. A point is a decimal one in every format, as in addresses, unless it stands for thousands.
    fn cut(self, typed: &str) -> (&str, Option<&str>) {
        let own = typed.rsplit_once(self.decimal());
        let cut = own.or_else(|| {
            let point = typed.rsplit_once('.');
            point.filter(|(_, after)| self.thousands() != "." || after.len() != 3)
        });
        cut.map_or((typed, None), |(whole, decimals)| (whole, Some(decimals)))
    }
}

// Signs that stand between thousands and nowhere else.
const fn is_apart(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}')
}

fn hint(_: &str) -> Hint {
    "Choose a format from the list."
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_format_writes_its_sample() {
        let money = Money::new(123_450, "KWD".parse().unwrap());
        for format in NumberFormat::ALL {
            assert_eq!(format.amount(Money::new(123_450, "GBP".parse().unwrap())), format!("£{}", format.sample()));
            assert_eq!(format.amount(money), format!("KWD 123{}450", format.decimal()));
            assert_eq!(format.as_str().parse(), Ok(format));
            assert_eq!(format.count(-7), "\u{2212}7");
        }
        assert!("".parse::<NumberFormat>().is_err());
        assert_eq!(NumberFormat::PointComma.count(i64::MIN), "\u{2212}9.223.372.036.854.775.808");
    }

    #[test]
    fn what_is_typed_is_understood_in_its_own_format_and_plainly() {
        use NumberFormat::{ApostrophePoint, CommaPoint, PointComma, SpaceComma};
        for (format, typed, plain) in [
            (CommaPoint, "1,234.50", Some("1234.50")),
            (CommaPoint, "12,50", None),
            (CommaPoint, "1,300", Some("1300")),
            (CommaPoint, ".5", Some(".5")),
            (PointComma, "1.234,50", Some("1234.50")),
            (PointComma, "12,5", Some("12.5")),
            (PointComma, "1.234", Some("1234")),
            (PointComma, "12.50", Some("12.50")),
            (PointComma, "1.234.567", Some("1234567")),
            (SpaceComma, "1 234,50", Some("1234.50")),
            (SpaceComma, "1\u{202f}234", Some("1234")),
            (SpaceComma, "-12.5", Some("-12.5")),
            (ApostrophePoint, "1'234.50", Some("1234.50")),
            (ApostrophePoint, "1\u{2019}234", Some("1234")),
            (ApostrophePoint, "12,5", None),
            (CommaPoint, "1234,567", None),
            (CommaPoint, "0,500", None),
            (CommaPoint, ",500", None),
            (PointComma, "0.500", None),
        ] {
            assert_eq!(format.plain(typed).as_deref(), plain, "{format} {typed}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_without_its_signs_is_the_same_number(
            minor in any::<i64>(),
            code in prop::sample::select(vec!["GBP", "JPY", "KWD", "NPR"]),
            format in prop::sample::select(NumberFormat::ALL.to_vec()),
        ) {
            let money = Money::new(minor, code.parse().unwrap());
            let shown = format.amount(money).replacen(&*money.currency.sign(), "", 1).replacen(MINUS, "-", 1);
            // Dinars have three decimals, which a point could be taken for thousands before.
            prop_assert_eq!(format.plain(&shown).unwrap(), money.plain());
            let whole = format.count(minor).replacen(MINUS, "-", 1);
            prop_assert_eq!(format.plain(&whole).unwrap(), minor.to_string());
            prop_assert_eq!(shown.replace(format.thousands(), "").replace(format.decimal(), "."), money.plain());
        }

        #[test]
        fn a_plain_amount_of_two_decimals_is_understood_everywhere(
            minor in -1_000_000_000_000_i64..1_000_000_000_000,
            format in prop::sample::select(NumberFormat::ALL.to_vec()),
        ) {
            let plain = Money::new(minor, "GBP".parse().unwrap()).plain();
            prop_assert_eq!(format.plain(&plain).unwrap(), plain.as_str());
        }
    }
}
