//! Pages as a browser would read them: what is escaped, what is said when there is nothing, what is hidden.

mod backups;
mod dashboard;
mod fixtures;
mod imports;
mod markup;
mod order_life;
mod orders;
mod people;
mod platform;
mod styleguide;
mod sums;
mod tenants;
mod webhooks;

use scraper::{Html, Selector};

/// The text of everything that `selector` finds, each with single spaces.
fn texts(html: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let text =
        |e: scraper::ElementRef<'_>| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    page.select(&Selector::parse(selector).unwrap()).map(text).collect()
}

/// The attribute `name` of everything that `selector` finds.
fn attributes(html: &str, selector: &str, name: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).filter_map(|e| e.value().attr(name)).map(str::to_owned).collect()
}

/// What no page may hold, whatever its data: styles in attributes, handlers, scripts without a nonce.
fn assert_clean(html: &str) {
    assert!(!html.contains(" style=") && !html.contains(" onclick="), "{html}");
    let page = Html::parse_document(html);
    for script in page.select(&Selector::parse("script").unwrap()) {
        assert!(script.value().attr("src").is_some() || script.value().attr("nonce") == Some("N"), "{}", script.html());
    }
    assert_eq!(texts(html, "h1").len(), 1, "{html}");
    for label in attributes(html, "label", "for") {
        assert_eq!(attributes(html, &format!("[id='{label}']"), "id").len(), 1, "{label}");
    }
}
