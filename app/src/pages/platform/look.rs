//! Looking at a tenant as one of its members.

use db::impersonation::MINUTES;
use db::team::Member;
use domain::fields::FieldErrors;
use domain::ids::UserId;
use leptos::prelude::*;

use crate::document::{Head, Rendered};
use crate::frame::{PlatformFrame, Visitor, bare};
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Clock, Look, Notice, PageHeader, SelectField, TextArea, Tone, When};

/// Before it begins.
#[derive(Clone, Debug)]
pub struct LookForm {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// The tenant's name in addresses.
    pub tenant: String,
    /// As whom.
    pub member: UserId,
    /// Their address.
    pub email: String,
    /// The name of their role.
    pub role: String,
    /// Why, as typed.
    pub reason: String,
    /// For how long, as chosen.
    pub minutes: String,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why it was refused.
    pub refused: Option<String>,
}

/// Before things can be changed.
#[derive(Clone, Debug)]
pub struct RaiseForm {
    /// Who looks, as whom.
    pub visitor: Visitor,
    /// Why, as typed.
    pub reason: String,
    /// What is wrong.
    pub faults: FieldErrors,
}

/// The members of a tenant, each to be looked as.
pub fn look_members(frame: &PlatformFrame, tenant: &str, members: &[Member], clock: Clock) -> Rendered {
    frame.render(&format!("Members of {tenant}"), || {
        let row = |member: &Member| {
            let href = format!("/platform/tenants/{tenant}/look/{}", member.id);
            let seen = match member.seen_at {
                Some(at) => view! { <When at clock/> }.into_any(),
                None => view! { <span class="quiet">"not lately"</span> }.into_any(),
            };
            let vouch = (!member.is_proven).then(|| {
                let action = format!("/platform/tenants/{tenant}/members/{}/vouch", member.id);
                view! { <form method="post" action=action><Button label="Confirm address" look=Look::Quiet/></form> }
            });
            view! {
                <tr>
                    <td><span class="clip wide-clip">{member.email.clone()}</span></td>
                    <td><span class="clip" dir="auto">{member.role.name().to_owned()}</span></td>
                    <td>{seen}</td>
                    <td><div class="actions"><ButtonLink href label="Look as them" look=Look::Quiet/>{vouch}</div></td>
                </tr>
            }
        };
        let rows = members.iter().map(row).collect_view();
        let columns =
            vec![Column::text("Who"), Column::text("Role"), Column::time("Last seen", &clock), Column::text("")];
        view! {
            <PageHeader title=format!("Members of {tenant}") back=(format!("/platform/tenants/{tenant}"), "Tenant")/>
            <Card flush=true><Table caption="Members" columns>{rows}</Table></Card>
        }
    })
}

/// Renders the form that begins it.
pub fn look(form: &LookForm) -> Rendered {
    let title = format!("Look as {}", form.email);
    form.frame.render(&title, || {
        let LookForm { tenant, member, reason, minutes, .. } = form.clone();
        let (members, action) = (format!("/platform/tenants/{tenant}/members"), format!("/platform/tenants/{tenant}/look/{member}"));
        let words = format!("You see {tenant} as {} does, who is {} there.", form.email, form.role);
        let refused = form.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let fault = |field: &str| form.faults.of(field).map(str::to_owned);
        let (reason_fault, minutes_fault) = (fault("reason"), fault("minutes"));
        let options = MINUTES.map(|m| (m.to_string(), format!("{m} minutes"))).to_vec();
        let chosen = if minutes.is_empty() { "15".to_owned() } else { minutes };
        view! {
            <PageHeader title=title.clone() back=(members.clone(), "Members")/>
            {refused}
            <Card>
                <form class="stack" method="post" action=action>
                    <ul class="plan">
                        <li>{words}</li>
                        <li>"You cannot change anything unless you ask for it on the way, with a reason of its own."</li>
                        <li>"It is written down here and in the tenant's own audit, with your name and the reason."</li>
                    </ul>
                    <TextArea name="reason" label="Why" value=reason fault=reason_fault/>
                    <SelectField name="minutes" label="For" options chosen fault=minutes_fault/>
                    <div class="actions">
                        <Button label="Begin" look=Look::Primary/>
                        <ButtonLink href=members label="Do not" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}

/// Renders the form that lets things be changed.
pub fn raise(form: &RaiseForm) -> Rendered {
    bare(&Head::plain("Change things", form.visitor.theme), Some(form.visitor.clone()), || {
        let (reason, fault) = (form.reason.clone(), form.faults.of("reason").map(str::to_owned));
        view! {
            <PageHeader title="Change things"/>
            <Card>
                <form class="stack" method="post" action="/impersonation/raise">
                    <p>"From now to the end of this look, what you change is changed, under your own name."</p>
                    <TextArea name="reason" label="Why" value=reason fault/>
                    <div class="actions">
                        <Button label="Let me change things" look=Look::Danger/>
                        <ButtonLink href="/" label="Go on looking" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}
