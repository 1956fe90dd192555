//! The team at a glance.

use db::team::{Invitation, Member, OwnRole};
use leptos::prelude::*;

use super::invite::place_fields;
use super::model::TeamIndex;
use super::words;
use crate::document::Document;
use crate::ui::money::things;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Empty, Field, Look, Notice, PageHeader, Pill, Tone, When};

/// Renders the page.
pub fn page(page: &TeamIndex) -> Document {
    page.frame.render("Team", || {
        let number = i64::try_from(page.members.len()).unwrap_or(i64::MAX);
        let note = things(number, "member", "members").into_any();
        view! {
            <PageHeader title="Team" note=note/>
            {notices(page)}
            {members(page)}
            {invitations(page)}
            <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
                {invite(page)}
                <div class="flex flex-col gap-3.5">{roles(page)}{second_factor(page)}{sso(page)}</div>
            </div>
        }
    })
}

fn notices(page: &TeamIndex) -> impl IntoView + use<> {
    let invited = page.invited.clone().map(|invited| {
        let link = invited.link.map(|link| {
            view! {
                <p>"No mail server is configured, so no email was sent. Copy this link and send it yourself. It is \
                    shown only once:"</p>
                <code class="once">{link}</code>
            }
        });
        view! { <Notice tone=Tone::Positive><p>{format!("{} is invited.", invited.email)}</p>{link}</Notice> }
    });
    let words = page.done.as_deref().and_then(|done| match done {
        "changed" => Some("Member updated."),
        "removed" => Some("Member removed."),
        "transferred" => Some("Ownership transferred. You are now a manager."),
        "withdrawn" => Some("Invitation withdrawn. Its link no longer works."),
        "vouched" => Some("Email confirmed. The member can now open this tenant."),
        "role" => Some("Role saved."),
        "role-deleted" => Some("Role deleted."),
        "second-factor" => {
            Some("Saved. Members without two-factor authentication must set it up on the next page they open.")
        }
        _ => None,
    });
    let done = words.map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> });
    let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
    view! { {invited}{done}{refused} }
}

fn members(page: &TeamIndex) -> impl IntoView + use<> {
    let base = format!("/t/{}/team/members", page.frame.tenant());
    let row = |member: &Member| {
        let name = if member.name.is_empty() { member.email.clone() } else { member.name.clone() };
        let address =
            (!member.name.is_empty()).then(|| view! { " "<span class="text-quiet">{member.email.clone()}</span> });
        let is_me = member.id == page.me;
        let clock = page.clock;
        let seen = match member.seen_at {
            Some(at) => view! { <When at clock/> }.into_any(),
            None => view! { <span class="text-quiet">"Not recently"</span> }.into_any(),
        };
        let closed = (!member.is_open).then(|| view! { " "<Pill tone=Tone::Attention label="Email not confirmed"/> });
        let factor = member.has_second_factor.then(|| view! { <Pill tone=Tone::Positive label="On"/> });
        view! {
            <tr>
                <td>
                    <a class="clip wide-clip" dir="auto" href=format!("{base}/{}", member.id)>{name}</a>
                    {address}
                    {is_me.then_some(" (you)")}
                    {closed}
                </td>
                <td><span class="clip" dir="auto">{words::role(&member.role)}</span></td>
                <td class="wide"><span class="clip wide-clip" dir="auto">{words::stores(&member.stores, &page.frame.stores)}</span></td>
                <td>{seen}</td>
                <td class="wide">{factor}</td>
            </tr>
        }
    };
    let rows = page.members.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Member"),
        Column::text("Role"),
        Column::text("Stores").wide(),
        Column::time("Last seen", &page.clock),
        Column::text("Two-factor authentication").wide(),
    ];
    view! { <Card title="Members" flush=true><Table caption="Members" columns>{rows}</Table></Card> }
}

fn invitations(page: &TeamIndex) -> Option<impl IntoView + use<>> {
    if page.invitations.is_empty() {
        return None;
    }
    let base = format!("/t/{}/team/invitations", page.frame.tenant());
    let row = |invitation: &Invitation| {
        let clock = page.clock;
        let is_over = invitation.expires_at <= clock.now;
        let until = if is_over {
            view! { <Pill tone=Tone::Attention label="Expired"/> }.into_any()
        } else if !invitation.has_sender {
            view! { <Pill tone=Tone::Attention label="Sender can no longer invite"/> }.into_any()
        } else {
            view! { <When at=invitation.expires_at clock/> }.into_any()
        };
        view! {
            <tr>
                <td><span class="clip wide-clip">{invitation.email.clone()}</span></td>
                <td><span class="clip" dir="auto">{words::role(&invitation.role)}</span></td>
                <td class="wide"><When at=invitation.sent_at clock/></td>
                <td>{until}</td>
                <td>
                    <div class="actions">
                        <form method="post" action=format!("{base}/{}/resend", invitation.id)>
                            <Button label="Resend" look=Look::Quiet/>
                        </form>
                        <form method="post" action=format!("{base}/{}/withdraw", invitation.id)>
                            <Button label="Withdraw" look=Look::Quiet/>
                        </form>
                    </div>
                </td>
            </tr>
        }
    };
    let rows = page.invitations.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Email"),
        Column::text("Role"),
        Column::time("Sent", &page.clock).wide(),
        Column::time("Expires", &page.clock),
        Column::text(""),
    ];
    Some(view! { <Card title="Invitations" flush=true><Table caption="Invitations" columns>{rows}</Table></Card> })
}

fn invite(page: &TeamIndex) -> impl IntoView + use<> {
    let action = format!("/t/{}/team/invitations", page.frame.tenant());
    let (email, fault) = (page.form.email.clone(), page.form.faults.of("email").map(str::to_owned));
    let fields = place_fields(&page.form, &page.roles, &page.frame.stores);
    view! {
        <Card title="Invite member">
            <form class="stack" method="post" action=action>
                <Field name="email" label="Email" kind="email" value=email fault required=true/>
                {fields}
                <Button label="Send invitation" look=Look::Primary/>
            </form>
        </Card>
    }
}

fn roles(page: &TeamIndex) -> impl IntoView + use<> {
    let base = format!("/t/{}/team/roles", page.frame.tenant());
    let row = |role: &OwnRole| {
        let permissions = i64::try_from(role.permissions.iter().count()).unwrap_or_default();
        view! {
            <tr>
                <td><a class="clip" dir="auto" href=format!("{base}/{}", role.id)>{role.name.clone()}</a></td>
                <td>{things(permissions, "permission", "permissions")}</td>
                <td class="num">{role.in_use}</td>
            </tr>
        }
    };
    let list = if page.roles.is_empty() {
        view! { <Empty title="No custom roles yet" text="Create a role when owner, manager, staff and viewer do not \
        fit."/> }
        .into_any()
    } else {
        let rows = page.roles.iter().map(row).collect_view();
        let columns = vec![Column::text("Role"), Column::text("Includes"), Column::figures("In use")];
        view! { <Table caption="Custom roles" columns>{rows}</Table> }.into_any()
    };
    let aside =
        view! { <ButtonLink href=format!("{base}/new") label="Create role" writes=true look=Look::Quiet/> }.into_any();
    view! { <Card title="Custom roles" aside flush=true>{list}</Card> }
}

fn second_factor(page: &TeamIndex) -> impl IntoView + use<> {
    let action = format!("/t/{}/team/second-factor", page.frame.tenant());
    let (words, value, label) = if page.frame.membership.needs_second_factor {
        ("All members must use two-factor authentication.", "no", "Make two-factor authentication optional")
    } else {
        ("Members can sign in with their password alone.", "yes", "Require two-factor authentication")
    };
    view! {
        <Card title="Two-factor authentication">
            <form class="stack" method="post" action=action>
                <p>{words}</p>
                <Button label name="needed" value/>
            </form>
        </Card>
    }
}

// Owners alone set it, for it decides who comes in as whom.
fn sso(page: &TeamIndex) -> Option<impl IntoView + use<>> {
    let href = format!("/t/{}/settings/sso", page.frame.tenant());
    page.frame.membership.role.is_owner().then(|| {
        view! {
            <Card title="Single sign-on">
                <p>"Let members sign in with your OpenID Connect provider."</p>
                <div class="actions"><ButtonLink href label="Set up SSO"/></div>
            </Card>
        }
    })
}
