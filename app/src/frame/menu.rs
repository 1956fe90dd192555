//! The menu of whoever is signed in: account, theme, sign-out. Opens without scripts.

use leptos::prelude::*;

use super::Visitor;
use crate::document::Theme;

/// Initials that open a menu.
#[component]
pub fn PersonMenu(
    /// Who looks.
    visitor: Visitor,
    /// Whether there are other tenants to go to.
    many_tenants: bool,
) -> impl IntoView {
    let initials = visitor.initials();
    let Visitor { person, theme, here, look } = visitor;
    let label = format!("Account of {}", person.email);
    view! {
        <details class="menu menu-end">
            <summary aria-label=label><span class="avatar" aria-hidden="true">{initials}</span></summary>
            <div class="menu-box">
                <p class="menu-who">{person.email.clone()}</p>
                {look.is_none().then(|| view! { <a href="/account">"Account"</a> })}
                {many_tenants.then(|| view! { <a href="/">"Switch tenant"</a> })}
                {person.is_platform_admin.then(|| view! { <a href="/platform">"Platform"</a> })}
                <ThemeForm theme back=here/>
                <form method="post" action="/logout">
                    <button type="submit">"Sign out"</button>
                </form>
            </div>
        </details>
    }
}

/// Three choices of theme, as a form.
#[component]
pub fn ThemeForm(
    /// The one in force.
    theme: Theme,
    /// Where to go afterwards.
    back: String,
) -> impl IntoView {
    let choice = |to: Theme, label: &'static str| {
        let pressed = if to == theme { "true" } else { "false" };
        view! { <button type="submit" name="theme" value=to.as_str() aria-pressed=pressed>{label}</button> }
    };
    view! {
        <form method="post" action="/theme" class="themes" aria-label="Theme">
            <input type="hidden" name="back" value=back/>
            {choice(Theme::Light, "Light")}
            {choice(Theme::Dark, "Dark")}
            {choice(Theme::System, "Auto")}
        </form>
    }
}
