//! Every form of every page, sent with hostile text in each of its fields: what is refused comes back with what was typed,
//! as text. What is stored is looked at by the other tests.

use std::collections::BTreeSet;

use domain::permission::Role;
use reqwest::Method;
use scraper::{ElementRef, Html, Selector};
use server::router;

use super::{assert_clean, corpus};
use crate::browser::Browser;
use crate::matrix::world::{Id, Who, World};

// They end what the others need, or belong to the browser.
const LEFT_OUT: [&str; 5] =
    ["/logout", "/theme", "/account/sign-out-everywhere", "/account/sessions/end", "/impersonation/"];

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Sent {
    action: String,
    // Names of fields; the value where it is not typed.
    fields: Vec<(String, Option<String>)>,
}

#[tokio::test]
async fn values_shown_again_by_a_form_are_never_markup() {
    let world = World::new().await;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let admin = world.enter(Who::Admin).await.0;
    let mut forms = BTreeSet::new();
    for (n, browser) in [&owner, &admin].into_iter().enumerate() {
        for route in router::table(&world.app.state).into_iter().filter(|route| route.method == Method::GET) {
            if route.path.starts_with("/api") || route.path.ends_with("/events") || route.path.contains("{secret}") {
                continue;
            }
            let path = world.address(&route.path, "demo", Id::Own);
            let answer = browser.get(&path).await;
            if answer.status() == 200 {
                forms.extend(posted(&answer.text().await.unwrap()).into_iter().map(|form| (n, form)));
            }
        }
    }
    let areas = forms.iter().filter(|(_, form)| form.fields.iter().any(|(name, _)| name == "reason")).count();
    assert!(forms.len() > 25 && areas > 1, "{forms:?}");
    let some = if db::testing::full_counts() { 3 } else { 31 };
    let mut refused = 0;
    // The later ones end what holds text, in every spelling.
    for text in corpus().iter().skip(500).step_by(some) {
        for (n, form) in &forms {
            let browser = if *n == 0 { &owner } else { &admin };
            for typed in [text.clone(), format!("\n{}", text.repeat(40))] {
                refused += usize::from(send(browser, form, &typed).await == 422);
            }
        }
    }
    assert!(refused > forms.len(), "few forms came back: {refused} of {}", forms.len());
}

async fn send(browser: &Browser, form: &Sent, typed: &str) -> u16 {
    let value = |given: &Option<String>| given.clone().unwrap_or_else(|| typed.to_owned());
    let pairs: Vec<(String, String)> = form.fields.iter().map(|(name, given)| (name.clone(), value(given))).collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let answer = browser.post(&form.action, &pairs).await;
    let (status, about) = (answer.status().as_u16(), format!("{} {typed}", form.action));
    assert!(status < 500, "{about}: {status}");
    assert_clean(&answer.text().await.unwrap(), &about);
    status
}

fn posted(html: &str) -> Vec<Sent> {
    let page = Html::parse_document(html);
    let forms = Selector::parse("form[method=post]").unwrap();
    let sent = page.select(&forms).map(|form| Sent {
        action: form.value().attr("action").unwrap_or_default().to_owned(),
        fields: form.select(&Selector::parse("[name]").unwrap()).filter_map(field).collect(),
    });
    sent.filter(|form| !LEFT_OUT.iter().any(|left| form.action.contains(left))).collect()
}

fn field(element: ElementRef<'_>) -> Option<(String, Option<String>)> {
    let element = element.value();
    let name = element.attr("name")?.to_owned();
    let value = element.attr("value").unwrap_or_default().to_owned();
    match (element.name(), element.attr("type")) {
        ("button", _) | (_, Some("checkbox" | "file")) => None,
        (_, Some("hidden" | "radio")) => Some((name, Some(value))),
        _ => Some((name, None)),
    }
}
