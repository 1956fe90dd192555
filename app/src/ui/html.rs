//! HTML written straight into one text, for what a page holds dozens of: rows of a list, rooms, fields of a form. Building
//! a view of each of them costs more than everything else about the page. All other HTML is made by views.
//!
//! What stands in the source goes in as it is, and the compiler sees to it that nothing else does; what comes from
//! data goes in escaped.

use domain::numbers::NumberFormat;
use leptos::tachys::html::InertElement;

use super::numbers;

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

    /// How it writes numbers.
    pub const fn numbers(&self) -> NumberFormat {
        self.numbers
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

    /// An attribute without a value, where it is `on`.
    pub fn flag(&mut self, name: &'static str, on: bool) -> &mut Self {
        if on { self.markup(" ").markup(name) } else { self }
    }

    /// A number in at least so many digits, at most ten.
    pub fn digits(&mut self, number: u32, digits: usize) -> &mut Self {
        push_number(&mut self.text, number, digits);
        self
    }

    /// A number with thousands apart.
    pub fn grouped(&mut self, number: u64) -> &mut Self {
        self.numbers.push(&mut self.text, number);
        self
    }

    /// Part of a view. An attribute's value would be copied on its way; this is not.
    pub fn view(self) -> InertElement {
        InertElement::new(self.text)
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
            let html = numbers::within(format, || std::mem::take(&mut Html::with_capacity(0).grouped(1_234_567).text));
            assert_eq!(html, format.count(1_234_567));
        }
    }

    #[test]
    fn only_markup_stays_markup() {
        let mut html = Html::with_capacity(0);
        html.markup("<b title=\"").text("a\"b'é<&>").markup("\">").text("").markup("</b>");
        html.text("<i>").attribute("a", Some("\"")).attribute("b", None).flag("c", true).flag("d", false);
        html.digits(0, 1).digits(7, 2).digits(2011, 1).digits(u32::MAX, 4);
        assert_eq!(html.text, "<b title=\"a&quot;b&#39;é&lt;&amp;&gt;\"></b>&lt;i&gt; a=\"&quot;\" c00720114294967295");
    }
}
