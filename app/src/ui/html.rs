//! HTML written straight into one text, for what a page holds dozens of: the rows of a list, where building a view of
//! each cell costs more than everything else about the page. All other HTML is made by views.
//!
//! What stands in the source goes in as it is, and the compiler sees to it that nothing else does; what comes from
//! data goes in escaped.

use std::fmt;

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
            if let Some(escaped) = escaped(byte) {
                self.0.push_str(&text[plain..at]);
                self.0.push_str(escaped);
                plain = at + 1;
            }
        }
        self.0.push_str(&text[plain..]);
        self
    }

    /// What was written.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Formatted text is text.
impl fmt::Write for Html {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

// All of them are ASCII, so that a text is only ever cut between characters.
const fn escaped(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn only_markup_stays_markup() {
        let mut html = Html::default();
        html.markup("<b title=\"").text("a\"b'é<&>").markup("\">").text("").markup("</b>");
        let written = "<i>";
        write!(html, "{written}").unwrap();
        assert_eq!(html.into_string(), "<b title=\"a&quot;b&#39;é&lt;&amp;&gt;\"></b>&lt;i&gt;");
    }
}
