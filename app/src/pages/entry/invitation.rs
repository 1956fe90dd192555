//! An invitation, as whoever has its link sees it.

use db::team::Invited;
use leptos::prelude::*;

use super::model::{InvitationPage, Standing};
use crate::document::{Document, Head};
use crate::frame::bare;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

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
