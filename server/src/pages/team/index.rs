//! The team at a glance.

use app::frame::Section;
use app::pages::team::{Invited, PlaceForm, TeamIndex, index as view};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::{Scope, team};
use domain::permission::Permission;

use super::form::{Pairs, value};
use crate::auth::Member;
use crate::auth::visitors::Visitors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// What the page says beside the team itself.
#[derive(Default)]
pub(super) struct News {
    pub form: PlaceForm,
    pub invited: Option<Invited>,
    pub refused: Option<String>,
}

/// The team.
///
/// # Errors
/// For strangers, for whoever may not manage people, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    Ok(answer::ok(page(&scope, &member, visit, News::default()).await?, view).await)
}

/// Says whether members need a second factor.
///
/// # Errors
/// For strangers, for whoever may not manage people, and when PostgreSQL fails.
pub async fn set_second_factor(
    State(visitors): State<Visitors>,
    member: Member,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    team::set_needs_second_factor(&scope, value(&pairs, "needed") == "yes").await?;
    visitors.forget_person(member.person.id).await;
    Ok(answer::done(&address(&member), "second-factor").into_response())
}

/// The page with its news.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn page(scope: &Scope, member: &Member, visit: Visit, news: News) -> Result<TeamIndex, PageError> {
    let done = visit.done().map(str::to_owned);
    let frame = frame(scope, member, visit, Section::Team, None).await?;
    Ok(TeamIndex {
        members: team::members(scope).await?,
        invitations: team::invitations(scope).await?,
        roles: team::roles(scope).await?,
        me: member.person.id,
        form: news.form,
        invited: news.invited,
        refused: news.refused,
        done,
        clock: frame.clock(),
        frame,
    })
}

/// Where the team is.
pub(super) fn address(member: &Member) -> String {
    format!("/t/{}/team", member.membership.slug)
}
