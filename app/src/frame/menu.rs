//! The menu of whoever is signed in: account, theme, sign-out. Opens without scripts.

use leptos::prelude::*;

use super::Visitor;
use crate::document::Theme;

const THEMES: [(Theme, &str); 3] = [(Theme::Light, "Light"), (Theme::Dark, "Dark"), (Theme::System, "Auto")];

/// Initials that open a menu.
#[component]
pub fn PersonMenu(
    /// Who is signed in.
    visitor: Visitor,
    /// Whether there are other tenants to go to.
    many_tenants: bool,
) -> impl IntoView {
    let initials = visitor.initials();
    let email = visitor.person.email.clone();
    let label = format!("Account of {email}");
    let account = visitor.impersonation.is_none().then(|| view! { <a href="/account">"Account"</a> });
    let tenants = many_tenants.then(|| view! { <a href="/">"Switch tenant"</a> });
    let platform = visitor.person.is_platform_admin.then(|| view! { <a href="/platform">"Platform"</a> });
    view! {
        <details class="menu menu-end">
            <summary aria-label=label><span class="avatar" aria-hidden="true">{initials}</span></summary>
            <div class="menu-box">
                <p class="menu-who">{email}</p>
                {account}
                {tenants}
                {platform}
                <ThemeForm theme=visitor.theme back=visitor.here/>
                <form method="post" action="/logout"><button type="submit">"Sign out"</button></form>
            </div>
        </details>
    }
}

/// Three choices of theme as a form.
#[component]
pub fn ThemeForm(
    /// The one in force.
    theme: Theme,
    /// Where one is afterwards.
    #[prop(into)]
    back: String,
) -> impl IntoView {
    let choice = |(to, label): (Theme, &'static str)| {
        let pressed = if to == theme { "true" } else { "false" };
        view! { <button type="submit" name="theme" value=to.as_str() aria-pressed=pressed>{label}</button> }
    };
    let choices = THEMES.map(choice).into_iter().collect_view();
    view! {
        <form method="post" action="/theme" class="themes" aria-label="Theme">
            <input type="hidden" name="back" value=back/>
            {choices}
        </form>
    }
}
