//! What a message says: parts that are written twice, as plain text and as simple HTML, from the same data.

use std::fmt::Write;

use domain::settings::Setting;
use html_escape::encode_quoted_attribute;
use serde::{Deserialize, Serialize};

/// Longest cell of a table in the plain text; what is longer ends with an ellipsis.
const LONGEST_CELL: usize = 48;

/// The content of a message.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Letter {
    /// What stands above the text.
    pub heading: String,
    /// The text.
    pub parts: Vec<Part>,
    /// Words and address of the one page to go on to.
    pub link: Option<(String, String)>,
    /// Why the reader gets it, and how that ends.
    pub footer: String,
}

/// A part of the text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Part {
    /// A paragraph.
    Words(String),
    /// A table; the first cell of a row is its heading.
    Table {
        /// What the table shows.
        caption: String,
        /// Its columns.
        columns: Vec<Column>,
        /// Its rows, each with a cell a column.
        rows: Vec<Vec<String>>,
    },
}

/// A column of a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Whether its cells are numbers, which stand right.
    pub is_number: bool,
}

impl Column {
    /// A column of words.
    pub fn words(title: &str) -> Self {
        Self { title: title.to_owned(), is_number: false }
    }

    /// A column of numbers.
    pub fn number(title: &str) -> Self {
        Self { title: title.to_owned(), is_number: true }
    }
}

impl Letter {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", plain(&self.heading));
        for part in &self.parts {
            out.push('\n');
            match part {
                Part::Words(words) => out.push_str(&format!("{}\n", plain(words))),
                Part::Table { caption, columns, rows } => table_text(&mut out, caption, columns, rows),
            }
        }
        if let Some((words, address)) = &self.link {
            out.push_str(&format!("\n{}:\n{}\n", plain(words), plain(address)));
        }
        out.push_str(&format!("\n-- \n{}\n", plain(&self.footer)));
        out
    }

    /// As HTML: a heading, paragraphs and tables, no images, nothing from elsewhere.
    pub fn html(&self) -> String {
        let heading = escape(&self.heading);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{heading}</title>\n</head>\n<body style=\"{BODY}\">\n<h1 style=\"font-size:20px;margin:0 0 16px\">{heading}</h1>\n"
        );
        for part in &self.parts {
            match part {
                Part::Words(words) => out.push_str(&format!("<p>{}</p>\n", escape(words))),
                Part::Table { caption, columns, rows } => table_html(&mut out, caption, columns, rows),
            }
        }
        if let Some((words, address)) = &self.link {
            let (words, address) = (escape(words), escape(address));
            out.push_str(&format!("<p><a href=\"{address}\" style=\"color:#1d4ed8\">{words}</a></p>\n"));
        }
        let footer = escape(&self.footer);
        out.push_str(&format!(
            "<p style=\"color:#57534e;font-size:14px;margin-top:32px\">{footer}</p>\n</body>\n</html>\n"
        ));
        out
    }
}

/// The footer of a message about a store: why somebody gets it and how that ends.
pub(crate) fn why(store: &str, setting: Setting) -> String {
    format!(
        "You receive this email about {} because {store} sends it to your address. To stop it, ask a manager of the \
         store. Replies reach your platform admin.",
        setting.words()
    )
}

const BODY: &str =
    "margin:0;padding:24px;max-width:640px;color:#1c1917;background:#ffffff;font:16px/1.5 system-ui,sans-serif";
const CELL: &str = "padding:4px 16px 4px 0;border-bottom:1px solid #d6d3d1;vertical-align:top";

fn table_text(out: &mut String, caption: &str, columns: &[Column], rows: &[Vec<String>]) {
    let titles: Vec<String> = columns.iter().map(|c| short(&c.title)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| short(cell)).collect()).collect();
    let width = |n: usize| {
        let cells = rows.iter().filter_map(|row| row.get(n)).chain(titles.get(n));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: &[String]| {
        let pad = |((cell, column), width): ((&String, &Column), &usize)| {
            if column.is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        };
        let cells: Vec<String> = cells.iter().zip(columns).zip(&widths).map(pad).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let _infallible = writeln!(out, "{}", plain(caption));
    let rule = "-".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1));
    let _infallible = writeln!(out, "{}\n{rule}", line(&titles));
    for row in &rows {
        let _infallible = writeln!(out, "{}", line(row));
    }
}

fn table_html(out: &mut String, caption: &str, columns: &[Column], rows: &[Vec<String>]) {
    let side = |column: &Column| if column.is_number { "right" } else { "left" };
    let _infallible = write!(
        out,
        "<table style=\"border-collapse:collapse;margin:0 0 16px\">\n<caption style=\"text-align:left;font-weight:600\">{}</caption>\n<thead><tr>",
        escape(caption)
    );
    for column in columns {
        let (title, side) = (escape(&column.title), side(column));
        // A heading of nothing is no heading to those who hear the table.
        let tag = if title.is_empty() { "td" } else { "th" };
        let scope = if title.is_empty() { "" } else { " scope=\"col\"" };
        let _infallible = write!(out, "<{tag}{scope} style=\"{CELL};text-align:{side}\">{title}</{tag}>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (n, (cell, column)) in row.iter().zip(columns).enumerate() {
            let (cell, side) = (escape(cell), side(column));
            let (tag, scope, weight) =
                if n == 0 { ("th", " scope=\"row\"", ";font-weight:400") } else { ("td", "", "") };
            let _infallible = write!(out, "<{tag}{scope} style=\"{CELL};text-align:{side}{weight}\">{cell}</{tag}>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

/// `text` on one line, without control characters and without characters that turn the order of letters round.
pub(super) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept: String = text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn short(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}\u{2026}", text[..end].trim_end()),
        None => text,
    }
}

fn escape(text: &str) -> String {
    encode_quoted_attribute(&plain(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            heading: "Order <A-1>".into(),
            parts: vec![
                Part::Words("A new order\r\nBcc: x@y.z".into()),
                Part::Table {
                    caption: "Items".into(),
                    columns: vec![Column::words("Item"), Column::number("Total")],
                    rows: vec![
                        vec!["Tee für \"Ana\"".into(), "£1,234.50".into()],
                        vec!["x".repeat(80), "£0.05".into()],
                        vec!["\u{202e}gnp".into(), "£1".into()],
                    ],
                },
            ],
            link: Some(("Open order".into(), "https://stoa.example/t/a/orders/b/A%2F1".into())),
            footer: "You receive this email because.".into(),
        }
    }

    #[test]
    fn text_and_html_say_the_same() {
        let (text, html) = (letter().text(), letter().html());
        assert!(text.starts_with("Order <A-1>\n\nA new order Bcc: x@y.z\n\nItems\n"), "{text}");
        assert!(text.contains("\nTee für \"Ana\"") && text.contains("  £1,234.50\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 78), "{text}");
        for words in ["Order &lt;A-1&gt;", "A new order Bcc: x@y.z", "Tee für &quot;Ana&quot;", "£1,234.50", "A%2F1"]
        {
            assert!(html.contains(words), "{words} in {html}");
        }
        assert!(!text.contains('\u{202e}') && !html.contains('\u{202e}'));
    }

    #[test]
    fn html_needs_nothing_from_elsewhere_and_names_its_table() {
        let html = letter().html();
        for word in ["<img", "src=", "url(", "<script", "<link"] {
            assert!(!html.contains(word), "{word}");
        }
        for word in ["lang=\"en\"", "<title>", "<h1", "<caption", "scope=\"col\"", "scope=\"row\""] {
            assert!(html.contains(word), "{word}");
        }
    }

    #[test]
    fn a_letter_reads_back_from_the_outbox() {
        let json = serde_json::to_value(letter()).unwrap();
        assert_eq!(serde_json::from_value::<Letter>(json).unwrap(), letter());
    }
}
