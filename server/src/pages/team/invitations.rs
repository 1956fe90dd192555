//! Inviting people, and what becomes of invitations.

use std::sync::Arc;

use app::pages::team::{Invited, index as view};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use db::outbox::NewMail;
use db::team::LinkDelivery;
use db::{DataError, Scope, team};
use domain::email;
use domain::ids::InvitationId;
use domain::people::INVITATION_LASTS;
use domain::permission::Permission;
use http::StatusCode;
use jobs::Tools;
use jobs::people::{Invitation, invitation};

use super::form::{self, Pairs, value};
use super::index::{News, address, page};
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;

/// Invites somebody.
///
/// # Errors
/// For strangers, for whoever may not manage people, and when PostgreSQL fails.
pub async fn invite(
    State(tools): State<Arc<Tools>>,
    member: Member,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    let typed = value(&pairs, "email").trim();
    // Where it is no address, that is said below.
    let to = email::check(typed).unwrap_or_else(|_| typed.to_owned());
    let until = scope.now() + INVITATION_LASTS;
    let write = |secret: &str| letter(&scope, &tools, &member, &to, until, secret);
    let (status, news) = match team::invite(&scope, &to, &form::place(&pairs), delivery(&tools), write).await {
        Ok(secret) => {
            let invited = Some(invited(&tools, to.clone(), &secret));
            (StatusCode::OK, News { invited, ..News::default() })
        }
        Err(DataError::Invalid(faults)) => {
            let form = form::again(&pairs, faults);
            (StatusCode::UNPROCESSABLE_ENTITY, News { form, ..News::default() })
        }
        Err(other) => return Err(other.into()),
    };
    Ok(answer::with(status, page(&scope, &member, visit, news).await?, view).await)
}

/// Sends an invitation again, with another link.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown invitations, and when PostgreSQL fails.
pub async fn resend(
    State(tools): State<Arc<Tools>>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    let write = |invitation: &team::Invitation, secret: &str| {
        letter(&scope, &tools, &member, &invitation.email, invitation.expires_at, secret)
    };
    let (status, news) = match team::resend(&scope, read(&id)?, delivery(&tools), write).await {
        Ok((sent, secret)) => {
            let invited = Some(invited(&tools, sent.email, &secret));
            (StatusCode::OK, News { invited, ..News::default() })
        }
        Err(DataError::Refused(words)) => (StatusCode::CONFLICT, News { refused: Some(words), ..News::default() }),
        Err(other) => return Err(other.into()),
    };
    Ok(answer::with(status, page(&scope, &member, visit, news).await?, view).await)
}

/// Withdraws an invitation.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown invitations, and when PostgreSQL fails.
pub async fn withdraw(member: Member, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    team::withdraw(&scope, read(&id)?).await?;
    Ok(answer::done(&address(&member), "withdrawn").into_response())
}

fn read(id: &str) -> Result<InvitationId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

fn letter(scope: &Scope, tools: &Tools, member: &Member, to: &str, until: DateTime<Utc>, secret: &str) -> NewMail {
    let tenant = &member.membership.name;
    let by = &member.person.email;
    invitation(&tools.mailer, &Invitation { id: scope.db().clock().id(), to, tenant, by, until, secret })
}

// Where mail becomes files, somebody must pass the link on.
fn delivery(tools: &Tools) -> LinkDelivery {
    if tools.mailer.reaches_people() { LinkDelivery::Mailed } else { LinkDelivery::Shown }
}

fn invited(tools: &Tools, email: String, secret: &str) -> Invited {
    let mailer = &tools.mailer;
    let link = (!mailer.reaches_people()).then(|| mailer.link(&domain::link::invitation(secret)));
    Invited { email, link }
}
