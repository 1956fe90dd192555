//! The menu of whoever is signed in: account, theme, sign-out. Opens without scripts.

use leptos::prelude::*;

use super::Visitor;
use crate::document::Theme;
use crate::ui::Html;

// What the menu takes, roughly.
const BYTES: usize = 1_024;
const THEMES: [(Theme, &str); 3] = [(Theme::Light, "Light"), (Theme::Dark, "Dark"), (Theme::System, "Auto")];

/// Initials that open a menu. `many_tenants` says whether there are others to go to.
pub fn person_menu(visitor: &Visitor, many_tenants: bool) -> impl IntoView + use<> {
    let mut html = Html::with_capacity(BYTES);
    let email = &visitor.person.email;
    html.markup("<details class=\"menu menu-end\"><summary aria-label=\"Account of ").text(email);
    html.markup("\"><span class=\"avatar\" aria-hidden=\"true\">").text(&visitor.initials());
    html.markup("</span></summary><div class=\"menu-box\"><p class=\"menu-who\">").text(email).markup("</p>");
    if visitor.look.is_none() {
        html.markup("<a href=\"/account\">Account</a>");
    }
    if many_tenants {
        html.markup("<a href=\"/\">Switch tenant</a>");
    }
    if visitor.person.is_platform_admin {
        html.markup("<a href=\"/platform\">Platform</a>");
    }
    write_themes(&mut html, visitor.theme, &visitor.here);
    html.markup(
        "<form method=\"post\" action=\"/logout\"><button type=\"submit\">Sign out</button></form></div></details>",
    );
    html.view()
}

/// Three choices of theme, of which `theme` is in force, as a form. Afterwards one is at `back`.
pub fn theme_form(theme: Theme, back: &str) -> impl IntoView + use<> {
    let mut html = Html::with_capacity(BYTES / 2);
    write_themes(&mut html, theme, back);
    html.view()
}

fn write_themes(html: &mut Html, theme: Theme, back: &str) {
    html.markup("<form method=\"post\" action=\"/theme\" class=\"themes\" aria-label=\"Theme\">");
    html.markup("<input type=\"hidden\" name=\"back\"").attribute("value", Some(back)).markup(">");
    for (to, label) in THEMES {
        let pressed = if to == theme { "true" } else { "false" };
        html.markup("<button type=\"submit\" name=\"theme\" value=\"").markup(to.as_str());
        html.markup("\" aria-pressed=\"").markup(pressed).markup("\">").markup(label).markup("</button>");
    }
    html.markup("</form>");
}
