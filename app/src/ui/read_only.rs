//! Pages of somebody who may look and not change anything, such as a platform admin who views a tenant as one of its members:
//! no page offers them what would be refused. It is done once, when a page is drawn, so that no page can forget it.

use std::cell::Cell;

const END: &str = "</form>";
const BUTTON_END: &str = "</button>";
/// What such a visitor may still send: what is about the visit itself and about their browser.
const ALLOWED: [&str; 3] = ["/impersonation/", "/theme", "/logout"];

thread_local! {
    static ON: Cell<bool> = const { Cell::new(false) };
}

// Puts back what was said before, even where drawing panics.
struct Before(bool);

impl Drop for Before {
    fn drop(&mut self) {
        ON.set(self.0);
    }
}

/// What `draw` draws, where nothing can be changed if it is `on`.
pub fn within<T>(on: bool, draw: impl FnOnce() -> T) -> T {
    let _before = Before(ON.replace(on));
    draw()
}

/// Whether nothing can be changed on the page that is being drawn.
pub fn is_on() -> bool {
    ON.get()
}

/// The page without what sends a change: forms become groups of disabled fields, and their buttons go. In our pages `<` and
/// `>` are tags: what comes from data is escaped.
pub fn without_writes(html: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some((before, form)) = split(rest, "<form") {
        let Some((form, after)) = form.split_once(END) else { break };
        out.push_str(before);
        match form.split_once('>') {
            Some((tag, fields)) if is_write(tag) => write_disabled(&mut out, tag, fields),
            _ => out.extend([form, END]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_write(tag: &str) -> bool {
    let to = attribute(tag, "action").unwrap_or_default();
    attribute(tag, "method") == Some("post") && !ALLOWED.iter().any(|allowed| to.starts_with(allowed))
}

fn write_disabled(out: &mut String, tag: &str, fields: &str) {
    out.push_str("<fieldset disabled class=\"read-only ");
    out.push_str(attribute(tag, "class").unwrap_or_default());
    out.push_str("\">");
    let mut rest = fields;
    while let Some((before, button)) = split(rest, "<button") {
        out.push_str(before);
        rest = button.split_once(BUTTON_END).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.push_str("</fieldset>");
}

fn split<'a>(text: &'a str, at: &str) -> Option<(&'a str, &'a str)> {
    text.find(at).map(|at| text.split_at(at))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_be_refused_goes() {
        let html = "<form class=\"filters\" method=\"get\" action=\"/x\"><button>Search</button></form>\
                    <form class=\"stack\" method=\"post\" action=\"/t/demo/settings\"><input name=\"a\"><div><button \
                    type=\"submit\" class=\"btn\">Save</button></div>kept<button>B</button></form> and \
                    <form method=\"post\" action=\"/impersonation/end\"><button>End</button></form>";
        let shown = "<form class=\"filters\" method=\"get\" action=\"/x\"><button>Search</button></form>\
                     <fieldset disabled class=\"read-only stack\"><input name=\"a\"><div></div>kept</fieldset> and \
                     <form method=\"post\" action=\"/impersonation/end\"><button>End</button></form>";
        assert_eq!(without_writes(html), shown);
        assert_eq!(without_writes("no forms"), "no forms");
    }

    #[test]
    fn it_ends_with_the_page() {
        within(true, || assert!(is_on()));
        assert!(!is_on());
    }
}
