//! Impersonation: viewing a tenant as one of its members.

use db::impersonation::MINUTES;
use db::team::Member;
use domain::fields::FieldErrors;
use domain::ids::UserId;
use leptos::prelude::*;

use crate::document::{Document, Head};
use crate::frame::{PlatformFrame, Visitor, bare};
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Clock, Look, Notice, PageHeader, SelectField, TextArea, Tone, When};

/// Before it begins.
#[derive(Clone, Debug)]
pub struct ImpersonationForm {
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
pub struct WriteAccessForm {
    /// Who impersonates whom.
    pub visitor: Visitor,
    /// Why, as typed.
    pub reason: String,
    /// What is wrong.
    pub faults: FieldErrors,
}

/// The members of a tenant, each to be impersonated.
pub fn members(frame: &PlatformFrame, tenant: &str, members: &[Member], clock: Clock) -> Document {
    frame.render(&format!("Members of {tenant}"), || {
        let row = |member: &Member| {
            let href = format!("/platform/tenants/{tenant}/impersonation/{}", member.id);
            let seen = match member.seen_at {
                Some(at) => view! { <When at clock/> }.into_any(),
                None => view! { <span class="text-quiet">"Not recently"</span> }.into_any(),
            };
            let vouch = (!member.is_proven).then(|| {
                let action = format!("/platform/tenants/{tenant}/members/{}/vouch", member.id);
                view! { <form method="post" action=action><Button label="Confirm email" look=Look::Quiet/></form> }
            });
            view! {
                <tr>
                    <td><span class="clip wide-clip">{member.email.clone()}</span></td>
                    <td><span class="clip" dir="auto">{member.role.name().to_owned()}</span></td>
                    <td>{seen}</td>
                    <td><div class="actions"><ButtonLink href label="View as member" look=Look::Quiet/>{vouch}</div></td>
                </tr>
            }
        };
        let rows = members.iter().map(row).collect_view();
        let columns =
            vec![Column::text("Member"), Column::text("Role"), Column::time("Last seen", &clock), Column::text("")];
        view! {
            <PageHeader title=format!("Members of {tenant}") back=(format!("/platform/tenants/{tenant}"), "Tenant")/>
            <Card flush=true><Table caption="Members" columns>{rows}</Table></Card>
        }
    })
}

/// Renders the form that begins it.
pub fn page(form: &ImpersonationForm) -> Document {
    let title = format!("View as {}", form.email);
    form.frame.render(&title, || {
        let ImpersonationForm { tenant, member, reason, minutes, .. } = form.clone();
        let members = format!("/platform/tenants/{tenant}/members");
        let action = format!("/platform/tenants/{tenant}/impersonation/{member}");
        let words = format!("You see {tenant} as {} does, with the role {}.", form.email, form.role);
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
                        <li>"Changes are disabled. You can enable them later, with a separate reason."</li>
                        <li>"Your name and the reason are recorded in the audit logs of the platform and the tenant."</li>
                    </ul>
                    <TextArea name="reason" label="Reason" value=reason fault=reason_fault/>
                    <SelectField name="minutes" label="Duration" options chosen fault=minutes_fault/>
                    <div class="actions">
                        <Button label="Start viewing" look=Look::Primary/>
                        <ButtonLink href=members label="Go back" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}

/// Renders the form that lets things be changed.
pub fn write_access(form: &WriteAccessForm) -> Document {
    bare(&Head::plain("Enable changes", form.visitor.theme), Some(form.visitor.clone()), || {
        let (reason, fault) = (form.reason.clone(), form.faults.of("reason").map(str::to_owned));
        view! {
            <PageHeader title="Enable changes"/>
            <Card>
                <form class="stack" method="post" action="/impersonation/write-access">
                    <p>"Until the impersonation ends, your changes take effect and are recorded under your name."</p>
                    <TextArea name="reason" label="Reason" value=reason fault/>
                    <div class="actions">
                        <Button label="Enable changes" look=Look::Danger/>
                        <ButtonLink href="/" label="Continue without changes" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}
