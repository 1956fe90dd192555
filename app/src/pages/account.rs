//! `/account`: who is signed in, and where else.

use db::people::Membership;
use leptos::prelude::*;

use crate::document::{Head, Rendered};
use crate::frame::{Visitor, bare};
use crate::ui::money::things;
use crate::ui::{Button, Card, Look, PageHeader};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// Who looks.
    pub visitor: Visitor,
    /// Their tenants.
    pub memberships: Vec<Membership>,
    /// How many sessions of theirs are open, this one included.
    pub sessions: i64,
}

/// Renders the page.
pub fn page(page: AccountPage) -> Rendered {
    let person = page.visitor.person.clone();
    bare(&Head::plain("Account", page.visitor.theme), Some(page.visitor), || {
        let name = (!person.name.is_empty()).then(|| view! { <dt>"Name"</dt><dd>{person.name.clone()}</dd> });
        let sessions = format!("You are signed in {}: ", things(page.sessions, "time", "times"));
        let tenant = |m: &Membership| {
            view! { <li><a href=format!("/t/{}", m.slug)>{m.name.clone()}</a>" "<span class="quiet">{m.role.as_str()}</span></li> }
        };
        let tenants = page.memberships.iter().map(tenant).collect_view();
        let tenants = (!page.memberships.is_empty())
            .then(|| view! { <dt>"Tenants"</dt><dd><ul class="plain">{tenants}</ul></dd> });
        view! {
            <PageHeader title="Account"/>
            <Card title="You">
                <dl class="facts">
                    {name}
                    <dt>"E-mail"</dt>
                    <dd>{person.email.clone()}</dd>
                    {tenants}
                </dl>
            </Card>
            <Card title="Sessions">
                <p>
                    {sessions}
                    "each browser counts, this one included."
                </p>
                <div class="actions">
                    <form method="post" action="/logout"><Button label="Sign out here"/></form>
                    <form method="post" action="/account/sign-out-everywhere">
                        <Button label="Sign out everywhere" look=Look::Danger/>
                    </form>
                </div>
            </Card>
        }
    })
}
