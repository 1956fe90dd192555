//! An invitation, as whoever has its link sees it.

use db::team::Invited;
use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::{Document, Head, Theme};
use crate::frame::bare;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// Who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The invited, signed in.
    Invited,
    /// Somebody else, signed in with this address.
    Other(String),
    /// Nobody who is signed in; the invited have an account.
    HasAccount,
    /// Nobody who is signed in; the invited have none yet.
    New,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct InvitationPage {
    /// The invitation.
    pub invited: Invited,
    /// The secret of its link.
    pub secret: String,
    /// Who reads it.
    pub standing: Standing,
    /// The name typed.
    pub name: String,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why it was refused.
    pub refused: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}

/// Renders the page. It posts to its own address.
pub fn page(page: &InvitationPage) -> Document {
    let title = format!("Join {}", page.invited.tenant_name);
    bare(&Head::plain(title.clone(), page.theme), None, || {
        let Invited { email, role, tenant_name, .. } = &page.invited;
        let words = format!("{email} is invited to join {tenant_name} as {role}.");
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let step = next_step(page);
        view! {
            <div class="sign-in">
                <PageHeader title=title.clone()/>
                {refused}
                <Card>
                    <p>{words}</p>
                    {step}
                </Card>
            </div>
        }
    })
}

fn next_step(page: &InvitationPage) -> AnyView {
    let here = domain::link::invitation(&page.secret);
    match &page.standing {
        Standing::Invited => view! {
            <form method="post" action=here><Button label="Accept invitation" look=Look::Primary/></form>
        }
        .into_any(),
        Standing::Other(email) => view! {
            <p>{format!("You are signed in as {email}. Sign out, then open the link again.")}</p>
            <form method="post" action="/logout"><Button label="Sign out"/></form>
        }
        .into_any(),
        Standing::HasAccount => view! {
            <p>"You already have an account with this email. Sign in to accept the invitation."</p>
            <ButtonLink href=format!("/login?next={here}") label="Sign in" look=Look::Primary/>
        }
        .into_any(),
        Standing::New => new_account(page, here).into_any(),
    }
}

fn new_account(page: &InvitationPage, here: String) -> impl IntoView + use<> {
    let fault = |field: &str| page.faults.of(field).map(str::to_owned);
    let (name_fault, password_fault) = (fault("name"), fault("password"));
    view! {
        <form class="stack" method="post" action=here>
            <Field name="name" label="Your name" value=page.name.clone() autocomplete="name" fault=name_fault/>
            <Field
                name="password"
                label="Password"
                kind="password"
                autocomplete="new-password"
                hint="At least 12 characters. A few unrelated words work well."
                fault=password_fault
                required=true
            />
            <Button label="Create account and join" look=Look::Primary/>
        </form>
    }
}
