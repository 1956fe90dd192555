//! HTML written straight into one text, for what a page holds dozens of: the rows of a list, where building a view of
//! each cell costs more than everything else about the page. All other HTML is made by views.
//!
//! What stands in the source goes in as it is, and the compiler sees to it that nothing else does; what comes from
//! data goes in escaped.

/// HTML that grows.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Nothing yet, with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Markup from the source.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text from data, for between tags and for attributes in double quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let mut plain = 0;
        for (at, byte) in text.bytes().enumerate() {
            if SPECIAL[usize::from(byte)] {
                self.0.push_str(&text[plain..at]);
                self.0.push_str(escaped(byte));
                plain = at + 1;
            }
        }
        self.0.push_str(&text[plain..]);
        self
    }

    /// A number in at least so many digits, at most ten.
    pub fn digits(&mut self, number: u32, digits: usize) -> &mut Self {
        push_number(&mut self.0, number, digits);
        self
    }

    /// What was written.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Adds `number` to `text` in at least so many digits, at most ten.
pub(super) fn push_number(text: &mut String, number: u32, digits: usize) {
    let (mut buffer, mut first, mut left) = ([b'0'; 10], 10, number);
    while left > 0 {
        first -= 1;
        buffer[first] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    let first = first.min(10_usize.saturating_sub(digits.max(1)));
    text.extend(buffer[first..].iter().copied().map(char::from));
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
    fn only_markup_stays_markup() {
        let mut html = Html::default();
        html.markup("<b title=\"").text("a\"b'é<&>").markup("\">").text("").markup("</b>");
        html.text("<i>");
        html.digits(0, 1).digits(7, 2).digits(2011, 1).digits(u32::MAX, 4);
        assert_eq!(html.into_string(), "<b title=\"a&quot;b&#39;é&lt;&amp;&gt;\"></b>&lt;i&gt;00720114294967295");
    }
}
