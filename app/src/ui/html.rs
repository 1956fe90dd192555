//! HTML written straight into one text, for the rows of the order list: up to 200 of them, of which each would be some thirty
//! views. All other HTML is made by views. What it buys is in decision 0002.
//!
//! What stands in the source goes in as it is, and the compiler sees to it that nothing else does; what comes from
//! data goes in escaped.

use chrono::{DateTime, Utc};
use domain::calendar::Tz;
use domain::money::Money;
use domain::numbers::NumberFormat;
use leptos::tachys::html::InertElement;

use super::numbers;
use super::pill::Tone;
use super::time::{self, Clock};

/// Markup of the source as a view, which is not copied.
pub fn inert(markup: &'static str) -> InertElement {
    InertElement::new(markup)
}

/// HTML that grows.
#[derive(Clone, Debug)]
pub struct Html {
    text: String,
    // Asked for once, and not for each number of a long table.
    numbers: NumberFormat,
}

impl Html {
    /// Nothing yet, with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), numbers: numbers::format() }
    }

    /// Markup from the source.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.text.push_str(markup);
        self
    }

    /// Text from data, for between tags and for attributes in double quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let mut plain = 0;
        for (at, byte) in text.bytes().enumerate() {
            if SPECIAL[usize::from(byte)] {
                self.text.push_str(&text[plain..at]);
                self.text.push_str(escaped(byte));
                plain = at + 1;
            }
        }
        self.text.push_str(&text[plain..]);
        self
    }

    /// An attribute of an open tag; none where there is no value.
    pub fn attribute(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.markup(" ").markup(name).markup("=\"").text(value).markup("\""),
            None => self,
        }
    }

    /// A number in at least so many digits, at most ten.
    pub fn digits(&mut self, number: u32, digits: usize) -> &mut Self {
        push_number(&mut self.text, number, digits);
        self
    }

    /// A whole number with thousands apart.
    pub fn count(&mut self, n: i64) -> &mut Self {
        self.markup(if n < 0 { "\u{2212}" } else { "" }).grouped(n.unsigned_abs())
    }

    /// An amount, as [`Amount`](super::Amount) shows it.
    pub fn amount(&mut self, money: Money) -> &mut Self {
        let (whole, rest, places) = money.split();
        self.markup(if money.minor < 0 { "<span class=\"money\">\u{2212}" } else { "<span class=\"money\">" });
        self.text(&money.currency.sign()).grouped(whole);
        if places > 0 {
            let decimal = self.numbers.decimal();
            // Less than ten to the fourth: no currency has more digits.
            self.markup("<small>").markup(decimal).digits(u32::try_from(rest).unwrap_or_default(), places);
            self.markup("</small>");
        }
        self.markup("</span>")
    }

    /// A word of status, as [`Pill`](super::Pill) shows it.
    pub fn pill(&mut self, tone: Tone, label: &'static str) -> &mut Self {
        self.markup("<span class=\"pill ").markup(tone.as_str()).markup("\">").markup(label).markup("</span>")
    }

    /// A moment, as [`When`](super::When) shows it; `store` is the zone of the store in which it happened.
    pub fn moment(&mut self, at: DateTime<Utc>, clock: &Clock, store: Tz) -> &mut Self {
        self.markup("<time datetime=\"");
        time::write_machine(self, at);
        self.markup("\" title=\"");
        time::write_exact(self, at, store);
        self.markup("\">");
        clock.write_short(self, at);
        self.markup("</time>")
    }

    /// Part of a view. An attribute's value would be copied on its way; this is not.
    pub fn view(self) -> InertElement {
        InertElement::new(self.text)
    }

    fn grouped(&mut self, number: u64) -> &mut Self {
        self.numbers.push(&mut self.text, number);
        self
    }
}

/// Adds `number` to `text` in at least so many digits, at most ten.
pub(super) fn push_number(text: &mut String, number: u32, digits: usize) {
    if number < 100 && digits <= 2 {
        if number > 9 || digits == 2 {
            text.push(char::from(b'0' + (number / 10) as u8));
        }
        text.push(char::from(b'0' + (number % 10) as u8));
        return;
    }
    let (mut buffer, mut first, mut left) = ([b'0'; 10], 10, number);
    while left > 0 {
        first -= 1;
        buffer[first] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    let first = first.min(10_usize.saturating_sub(digits.max(1)));
    text.push_str(std::str::from_utf8(&buffer[first..]).unwrap_or_default());
}

const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b'&' as usize] = true;
    table[b'<' as usize] = true;
    table[b'>' as usize] = true;
    table[b'"' as usize] = true;
    table[b'\'' as usize] = true;
    table
};

// All of them are ASCII, so that a text is only ever cut between characters.
const fn escaped(special: u8) -> &'static str {
    match special {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        _ => "&#39;",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_as_the_page_has_them() {
        for format in NumberFormat::ALL {
            let html = numbers::within(format, || std::mem::take(&mut Html::with_capacity(0).count(1_234_567).text));
            assert_eq!(html, format.count(1_234_567));
        }
    }

    #[test]
    fn only_markup_stays_markup() {
        let mut html = Html::with_capacity(0);
        html.markup("<b title=\"").text("a\"b'é<&>").markup("\">").text("").markup("</b>");
        html.text("<i>").attribute("a", Some("\"")).attribute("b", None);
        html.digits(0, 1).digits(7, 2).digits(2011, 1).digits(u32::MAX, 4);
        assert_eq!(html.text, "<b title=\"a&quot;b&#39;é&lt;&amp;&gt;\"></b>&lt;i&gt; a=\"&quot;\"00720114294967295");
    }
}
