//! One member.

use leptos::prelude::*;

use super::invite::place_fields;
use super::model::MemberPage;
use super::words;
use crate::document::Document;
use crate::ui::{Button, ButtonLink, Card, Look, Notice, PageHeader, Tone, When};

/// Renders the page.
pub fn page(page: &MemberPage) -> Document {
    let member = &page.member;
    let title = if member.name.is_empty() { member.email.clone() } else { member.name.clone() };
    page.frame.render(&title, || {
        let back = (format!("/t/{}/team", page.frame.tenant()), "Team");
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let may_change = !page.is_me && !member.role.is_owner();
        view! {
            <PageHeader title=title.clone() back=back/>
            {refused}
            {vouch(page)}
            <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
                {if may_change { change(page).into_any() } else { fixed(page).into_any() }}
                {facts(page)}
            </div>
        }
    })
}

// Their address is not proven: the owner decides whether they get in all the same.
fn vouch(page: &MemberPage) -> Option<impl IntoView + use<>> {
    let action = format!("/t/{}/team/members/{}/vouch", page.frame.tenant(), page.member.id);
    let button = page.i_own.then(|| {
        view! { <form method="post" action=action><Button label="Confirm email"/></form> }
    });
    (!page.member.is_open).then(|| {
        view! {
            <Notice tone=Tone::Attention>
                <p>"This member's email is not confirmed, so they cannot open this tenant yet. They can confirm it \
                    with \u{201c}Forgot your password?\u{201d}, or an owner who knows them can confirm it."</p>
                {button}
            </Notice>
        }
    })
}

fn change(page: &MemberPage) -> impl IntoView + use<> {
    let address = format!("/t/{}/team/members/{}", page.frame.tenant(), page.member.id);
    let fields = place_fields(&page.form, &page.roles, &page.frame.stores);
    let transfer = page.i_own.then(|| {
        view! { <ButtonLink href=format!("{address}/transfer") label="Transfer ownership" writes=true look=Look::Quiet/> }
    });
    view! {
        <Card title="Role and stores">
            <form class="stack" method="post" action=address.clone()>
                {fields}
                <div class="actions">
                    <Button label="Save member" look=Look::Primary/>
                    <ButtonLink href=format!("{address}/remove") label="Remove member" writes=true look=Look::Danger/>
                    {transfer}
                </div>
            </form>
        </Card>
    }
}

fn fixed(page: &MemberPage) -> impl IntoView + use<> {
    let words = if page.is_me {
        "This is you. Another member who manages the team can change your role."
    } else {
        "This member is the owner. Only the owner can transfer the ownership. After that, you can change or remove \
         them."
    };
    view! { <Card title="Role and stores"><p>{words}</p></Card> }
}

fn facts(page: &MemberPage) -> impl IntoView + use<> {
    let (member, clock) = (&page.member, page.clock);
    let seen = match member.seen_at {
        Some(at) => view! { <When at clock/> }.into_any(),
        None => view! { "Not recently" }.into_any(),
    };
    let (email, role, stores) =
        (member.email.clone(), words::role(&member.role), words::stores(&member.stores, &page.frame.stores));
    let (joined_at, factor) = (member.joined_at, if member.has_second_factor { "on" } else { "off" });
    view! {
        <Card title="Details">
            <dl class="facts">
                <dt>"Email"</dt>
                <dd>{email}</dd>
                <dt>"Role"</dt>
                <dd>{role}</dd>
                <dt>"Stores"</dt>
                <dd>{stores}</dd>
                <dt>"Joined"</dt>
                <dd><When at=joined_at clock/></dd>
                <dt>"Last seen"</dt>
                <dd>{seen}</dd>
                <dt>"Two-factor authentication"</dt>
                <dd>{factor}</dd>
            </dl>
        </Card>
    }
}
