//! Changes to what stands: queues, the timetable, locks.

use app::frame::Place;
use app::pages::platform::jobs::{Confirm, confirm};
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Response};
use db::queue::QUEUES;
use db::queue::console::{self, By};
use db::{Actor, DataError};
use domain::fields::FieldErrors;

use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{frame, submitted_reason};
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

const OVERVIEW: &str = "/platform/jobs";

// What is asked before it is done.
struct Question {
    title: String,
    words: String,
    action: String,
    label: String,
    is_final: bool,
}

/// Pauses a queue, or opens it again.
///
/// # Errors
/// For everybody but platform admins, unknown queues, and when PostgreSQL fails.
pub async fn queue(
    admin: PlatformAdmin,
    visit: Visit,
    Path((name, verb)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let (label, words) = match verb.as_str() {
        "pause" => ("Pause", "No new jobs start until the queue is resumed. Running jobs continue."),
        "resume" => ("Resume", "Jobs start again, the oldest first."),
        _ => return Err(PageError::NotFound),
    };
    if !QUEUES.contains(&name.as_str()) {
        return Err(PageError::NotFound);
    }
    let question = Question {
        title: format!("{label} queue {name}?"),
        words: words.to_owned(),
        action: format!("{OVERVIEW}/queues/{}/{verb}", app::url::escape(&name)),
        label: format!("{label} queue"),
        is_final: false,
    };
    let by = match ask(&admin, visit, question, &pairs).await {
        Ok(by) => by,
        Err(page) => return Ok(*page),
    };
    let (changed, word) = match verb.as_str() {
        "pause" => (console::pause(&admin.platform, &name, &by).await?, "paused"),
        _ => (console::resume(&admin.platform, &name, &by).await?, "resumed"),
    };
    Ok(over(changed, word))
}

/// Runs an entry of the timetable now, lets it tick, or keeps it from ticking.
///
/// # Errors
/// For everybody but platform admins, unknown entries, and when PostgreSQL fails.
pub async fn entry(
    admin: PlatformAdmin,
    visit: Visit,
    Path((name, verb)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let (label, words) = match verb.as_str() {
        "run" => ("Run", "The job runs once, as soon as a worker is free. The schedule does not change."),
        "enable" => ("Enable", "The schedule starts again from now on. Missed runs are not repeated."),
        "disable" => ("Disable", "The job does not run on schedule until the entry is enabled."),
        _ => return Err(PageError::NotFound),
    };
    if !console::schedule(&admin.platform).await?.iter().any(|entry| entry.name == name) {
        return Err(PageError::NotFound);
    }
    let question = Question {
        title: format!("{label} {name}?"),
        words: words.to_owned(),
        action: format!("{OVERVIEW}/timetable/{}/{verb}", app::url::escape(&name)),
        label: format!("{label} {name}"),
        is_final: false,
    };
    let by = match ask(&admin, visit, question, &pairs).await {
        Ok(by) => by,
        Err(page) => return Ok(*page),
    };
    Ok(match verb.as_str() {
        "run" => match console::run_now(&admin.platform, &name, &by).await? {
            Some(_) => over(true, "enqueued"),
            None => over(true, "live"),
        },
        "enable" => over(console::enable(&admin.platform, &name, &by).await?, "enabled"),
        _ => over(console::disable(&admin.platform, &name, &by).await?, "disabled"),
    })
}

/// Takes a lock from its holder.
///
/// # Errors
/// For everybody but platform admins, locks that nobody holds, and when PostgreSQL fails.
pub async fn lock(
    admin: PlatformAdmin,
    visit: Visit,
    Path(name): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let held = console::locks(&admin.platform).await?;
    let held = held.into_iter().find(|lock| lock.name == name).ok_or(DataError::NotFound("lock"))?;
    let question = Question {
        title: format!("Break lock {name}?"),
        words: format!(
            "{} has held the lock since {} ({}). Its later writes under this lock are rejected, and the next holder \
             can start.",
            held.holder,
            held.acquired_at.format("%-d %b %Y, %H:%M:%S UTC"),
            held.reason
        ),
        action: format!("{OVERVIEW}/locks/{}/break", app::url::escape(&name)),
        label: "Break lock".to_owned(),
        is_final: true,
    };
    let by = match ask(&admin, visit, question, &pairs).await {
        Ok(by) => by,
        Err(page) => return Ok(*page),
    };
    Ok(over(console::break_lock(&admin.platform, &name, &by).await?, "broken"))
}

// Whoever gave a reason goes on; everybody else is asked for one.
async fn ask(admin: &PlatformAdmin, visit: Visit, question: Question, pairs: &Pairs) -> Result<By, Box<Response>> {
    let reason = submitted_reason(pairs);
    let faults = match reason.map(|reason| By::new(Actor::User(admin.person.id), reason)) {
        Some(Ok(by)) => return Ok(by),
        Some(Err(faults)) => faults,
        None => FieldErrors::default(),
    };
    let status = answer::status(&faults);
    let page = Confirm {
        frame: frame(admin, visit, Place::Jobs),
        title: question.title,
        words: vec![question.words],
        action: question.action,
        hidden: Vec::new(),
        label: Some(question.label),
        asks_why: true,
        is_final: question.is_final,
        back: OVERVIEW.to_owned(),
        reason: reason.unwrap_or_default().to_owned(),
        faults,
    };
    Err(Box::new(answer::with(status, page, confirm).await))
}

fn over(changed: bool, word: &str) -> Response {
    answer::done(OVERVIEW, if changed { word } else { "unchanged" }).into_response()
}
