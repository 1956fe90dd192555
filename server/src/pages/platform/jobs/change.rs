//! Retrying, calling off and deleting jobs: one, those chosen, or all that match. The first submission says how many it
//! would be, the second, with a reason, does it.

use app::frame::Place;
use app::pages::jobs::Shown;
use app::pages::platform::jobs::{Confirm, confirm};
use app::ui::money::{count, things};
use axum::extract::{Form, State};
use axum::response::Response;
use db::Actor;
use db::queue::console::{self, Action, By, Changed, Chosen, MOST};
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::jobs::{JobQuery, JobView};
use domain::page::{Cursors, List, Seal};

use super::list::{live_filter, tenant_of};
use crate::auth::PlatformAdmin;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{frame, submitted_reason};
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

const ACTIONS: [Action; 3] = [Action::Retry, Action::Cancel, Action::Delete];

/// Asks, or does it.
///
/// # Errors
/// For users who are not platform admins, for what cannot be understood, and when PostgreSQL fails.
pub async fn submit(
    State(cursors): State<Cursors>,
    admin: PlatformAdmin,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let (action, query) = read(&pairs, &cursor_seal::of_platform(&cursors, &admin.platform, List::Jobs))?;
    let chosen = chosen(&admin, &query, &pairs).await?;
    let actor = Actor::User(admin.person.id);
    let reason = submitted_reason(&pairs);
    let faults = match reason.map(|reason| By::new(actor, reason)) {
        Some(Ok(by)) => {
            let changed = console::change(&admin.platform, action, &chosen, &by, false).await?;
            let word = format!("{}-{}-{}", action.as_str(), changed.changed, changed.chosen);
            // A job that is gone has no page to go back to.
            let query = JobQuery::of(query.view);
            let address = Shown::Platform.list(&query);
            return Ok(answer::done(&address, word));
        }
        Some(Err(faults)) => faults,
        None => FieldErrors::default(),
    };
    let by = By::new(actor, "how many would it be")?;
    let would = console::change(&admin.platform, action, &chosen, &by, true).await?;
    let status = answer::status(&faults);
    let page = Confirm {
        frame: frame(&admin, visit, Place::Jobs),
        title: format!("{} {}?", verb(action), things(would.chosen, "job", "jobs")),
        words: words(action, would),
        action: "/platform/jobs/change".to_owned(),
        hidden: pairs.iter().filter(|(name, _)| name != "reason").cloned().collect(),
        label: (would.chosen > 0).then(|| format!("{} {}", verb(action), things(would.chosen, "job", "jobs"))),
        asks_why: true,
        is_final: action != Action::Retry,
        back: Shown::Platform.list(&query),
        reason: reason.unwrap_or_default().to_owned(),
        faults,
    };
    Ok(answer::with(status, page, confirm).await)
}

/// What was done, from its word: `retry-3-5`.
pub fn done_words(word: &str) -> Option<String> {
    let mut parts = word.split('-');
    let action = parts.next().and_then(|name| ACTIONS.into_iter().find(|a| a.as_str() == name))?;
    let (changed, chosen): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let did = match action {
        Action::Retry => "retried",
        Action::Cancel => "cancelled",
        Action::Delete => "deleted",
    };
    let rest = if changed < chosen {
        " The others changed in the meantime, or another job with the same key is active."
    } else {
        ""
    };
    Some(format!("{} of {} {did}.{rest}", count(changed), things(chosen, "job", "jobs")))
}

fn read(pairs: &Pairs, seal: &Seal) -> Result<(Action, JobQuery), FieldErrors> {
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    // The rest says what to do, and to which of them.
    let filters =
        pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(|(name, _)| JobQuery::NAMES.contains(name));
    let (query, mut faults) = JobQuery::understood(filters, seal);
    let action = ACTIONS.into_iter().find(|action| Some(action.as_str()) == value("action"));
    faults.add_if(action.is_none(), "action", "Use retry, cancel or delete.");
    faults.add_if(!matches!(query.view, JobView::Live(_)), "state", "Use the status of active jobs.");
    faults.add_if(!matches!(value("which"), Some("chosen" | "matching")), "which", "Use chosen or matching.");
    faults.into_result((action.unwrap_or(Action::Retry), query))
}

async fn chosen(admin: &PlatformAdmin, query: &JobQuery, pairs: &Pairs) -> Result<Chosen, PageError> {
    if pairs.iter().any(|(name, value)| name == "which" && value == "matching")
        && let JobView::Live(state) = query.view
    {
        let mut faults = FieldErrors::default();
        let tenant = tenant_of(&admin.platform, query, &mut faults).await?;
        faults.into_result(())?;
        return Ok(Chosen::Matching(live_filter(query, state, tenant, Tz::UTC)));
    }
    let one = |text: &str| {
        let (tenant, job) = text.split_once('/')?;
        Some((tenant.parse().ok()?, job.parse().ok()?))
    };
    let jobs: Option<Vec<_>> = pairs.iter().filter(|(name, _)| name == "job").map(|(_, value)| one(value)).collect();
    let jobs = jobs.ok_or_else(|| FieldErrors::one("job", "Use a tenant ID and a job ID, separated by /."))?;
    Ok(Chosen::These(jobs))
}

const fn verb(action: Action) -> &'static str {
    match action {
        Action::Retry => "Retry",
        Action::Cancel => "Cancel",
        Action::Delete => "Delete",
    }
}

fn words(action: Action, would: Changed) -> Vec<String> {
    if would.chosen == 0 {
        return vec!["No selected job can be changed this way. Select jobs in the list first.".to_owned()];
    }
    let follows = match action {
        Action::Retry => "The jobs run as soon as a worker is free. Their attempts start again from 1.",
        Action::Cancel => {
            "The jobs will not start. A running job is stopped, and its later writes are rejected. They are listed \
             under Finished as cancelled."
        }
        Action::Delete => "The jobs are deleted. Only a record of this change remains.",
    };
    let mut words = vec![follows.to_owned()];
    if would.more {
        words.push(format!(
            "More than {} jobs match. This changes the oldest {}. Repeat it for the others.",
            count(MOST),
            count(MOST)
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_in_words() {
        assert_eq!(done_words("retry-3-3").as_deref(), Some("3 of 3 jobs retried."));
        assert!(done_words("delete-1-2").unwrap().starts_with("1 of 2 jobs deleted. The others"));
        assert_eq!((done_words("retry-x-3"), done_words("gone-1-1"), done_words("")), (None, None, None));
    }

    #[test]
    fn a_change_names_its_faults() {
        let pairs =
            |list: &[(&str, &str)]| list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Pairs>();
        let seal = domain::page::Cursors::new(b"x").of(
            db::platform::PlatformTx::NIL,
            uuid::Uuid::nil(),
            List::Jobs,
            chrono::DateTime::UNIX_EPOCH,
        );
        let faults = read(&pairs(&[("action", "eat"), ("state", "ended")]), &seal).unwrap_err();
        assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["action", "state", "which"]);
        assert!(read(&pairs(&[("action", "retry"), ("state", "dead"), ("which", "matching")]), &seal).is_ok());
    }
}
