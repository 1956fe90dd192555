//! What a form asks of an order, and the answer: on to the order, or the same form with what is wrong.

use app::pages::orders::{Asked, Filled, show as view};
use axum::response::Response;
use db::orders::OrderDetail;
use db::orders::change::{Change, change_seen};
use db::{DataError, Scope};
use domain::fields::FieldErrors;
use domain::orders::OrderQuery;
use domain::page::Cursors;
use domain::permission::Permission;
use http::StatusCode;

use super::show::{Named, page, within};
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

const CHANGED: &str = "This order was changed by someone else. No changes were made. Check the order, then try again.";

/// A form on an order, and who sent it.
pub struct Submission {
    pub scope: Scope,
    pub order: OrderDetail,
    member: Member,
    visit: Visit,
    named: Named,
    within: OrderQuery,
}

impl Submission {
    /// The order that is named, for a member with this right.
    ///
    /// # Errors
    /// For members without it, unknown orders, and when PostgreSQL fails.
    pub async fn open(
        cursors: &Cursors,
        (member, visit): (Member, Visit),
        (named, listed): (Named, &Pairs),
        right: Permission,
    ) -> Result<Self, PageError> {
        let scope = member.scope(right)?;
        let order = named.find(&scope).await?;
        let within = within(cursors, &scope, listed).await?;
        Ok(Self { scope, order, member, visit, named, within })
    }

    /// The order with this form open.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn show(self, asked: Asked) -> Result<Response, PageError> {
        self.answer(StatusCode::OK, asked).await
    }

    /// Changes the order: `done` is the word that says so. Otherwise `asked` makes the form that says what is wrong. Of an
    /// order that has no longer the `version` that the form was filled in for, nothing is changed.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn apply(
        mut self,
        change: Result<Change, FieldErrors>,
        version: Option<i32>,
        done: &'static str,
        asked: impl FnOnce(FieldErrors) -> Asked,
    ) -> Result<Response, PageError> {
        let stored = match &change {
            Ok(change) => change_seen(&self.scope, self.order.order.id, change, version).await,
            Err(faults) => Err(DataError::Invalid(faults.clone())),
        };
        match stored {
            Ok(()) => Ok(self.done(done)),
            Err(DataError::Refused(words)) => {
                self.answer(StatusCode::UNPROCESSABLE_ENTITY, asked(FieldErrors::one("order", words))).await
            }
            Err(DataError::Invalid(faults)) => self.answer(StatusCode::UNPROCESSABLE_ENTITY, asked(faults)).await,
            Err(DataError::Stale) => {
                self.reload().await?;
                self.answer(StatusCode::CONFLICT, asked(FieldErrors::one("order", CHANGED))).await
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Reads the order once more.
    ///
    /// # Errors
    /// When it is gone, or PostgreSQL fails.
    pub async fn reload(&mut self) -> Result<(), PageError> {
        self.order = self.named.find(&self.scope).await?;
        Ok(())
    }

    /// On to the order; `word` says what was done.
    pub fn done(&self, word: &'static str) -> Response {
        answer::done(&self.named.address(&self.member.membership.slug, &self.within), word)
    }

    /// The order with this form open, under this status.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn answer(self, status: StatusCode, asked: Asked) -> Result<Response, PageError> {
        let Self { order, member, visit, within, .. } = self;
        Ok(answer::with(status, page(&member, visit, order, (within, asked)).await?, view).await)
    }
}

/// The version that a form was filled in for, when it says so.
pub fn version(form: &Pairs) -> Option<i32> {
    value(form, "version").parse().ok()
}

/// What was typed into the field called `name`, without the spaces around it.
pub fn value<'a>(form: &'a Pairs, name: &str) -> &'a str {
    form.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).unwrap_or_default()
}

/// Whether the box called `name` is ticked.
pub fn is_ticked(form: &Pairs, name: &str) -> bool {
    value(form, name) == "true"
}

/// The form as it was sent, with what is wrong.
pub fn filled(form: Pairs, faults: FieldErrors) -> Filled {
    Filled { typed: form, faults }
}
