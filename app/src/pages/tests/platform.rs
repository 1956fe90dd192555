//! The platform's pages of the queue, as they look when something is wrong and when nothing is.

use std::collections::HashMap;

use chrono::TimeDelta;
use db::queue::alerts::Alert;
use db::queue::console::{
    AtWork, Counts, EntryRow, JobDetail, JobRow, LockRow, LogLine, Point, QueueRow, RunDetail, RunRow, Waiting,
    WorkerRow,
};
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::ids::{TenantId, Uuid};
use domain::jobs::{JobQuery, JobState, JobView, RunOutcome};
use domain::page::Page;

use super::fixtures::{HOSTILE, frame as tenant_frame, now};
use super::{assert_clean, attributes, texts};
use crate::frame::{Place, PlatformFrame, Section};
use crate::pages::jobs::Listed;
use crate::pages::platform::jobs::{Confirm, JobList, OneJob, Overview, Span, confirm, list, overview, show};
use crate::ui::Clock;

pub fn clock() -> Clock {
    Clock::new(now(), Tz::UTC)
}

fn frame(place: Place) -> PlatformFrame {
    PlatformFrame { visitor: tenant_frame(Section::Home).visitor, place }
}

pub fn tenant() -> TenantId {
    Uuid::from_u128(7).into()
}

fn job(state: JobState) -> JobRow {
    JobRow {
        tenant: tenant(),
        tenant_slug: Some("demo".into()),
        id: domain::ids::JobId(Uuid::from_u128(1)),
        kind: "apply_import".into(),
        queue: "heavy".into(),
        key: Some(HOSTILE.into()),
        payload: serde_json::json!({"import": HOSTILE}),
        priority: 0,
        state,
        run_at: now() - TimeDelta::minutes(3),
        waits_for: None,
        attempt: 2,
        max_attempts: 5,
        crashes: 0,
        worker: None,
        enqueued_at: now() - TimeDelta::hours(1),
        started_at: None,
        last_error: Some(HOSTILE.into()),
        actor: "user:1".into(),
        request_id: None,
    }
}

fn run(outcome: RunOutcome) -> RunRow {
    RunRow {
        tenant: TenantId(Uuid::nil()),
        tenant_slug: None,
        job: domain::ids::JobId(Uuid::from_u128(1)),
        fence: 1,
        kind: "prune".into(),
        queue: "default".into(),
        key: None,
        attempt: 1,
        outcome,
        enqueued_at: now(),
        ready_at: now(),
        started_at: Some(now()),
        finished_at: now(),
        wait_ms: 340,
        run_ms: 1_250,
        error: Some(HOSTILE.into()),
        worker: None,
    }
}

fn queue() -> QueueRow {
    QueueRow {
        name: "heavy".into(),
        ready: 3,
        running: 1,
        oldest: Some(now() - TimeDelta::minutes(12)),
        workers: 1,
        paused_at: Some(now()),
        paused_by: Some("user:1".into()),
        reason: Some(HOSTILE.into()),
    }
}

fn worker() -> WorkerRow {
    let at_work = AtWork {
        tenant: tenant(),
        tenant_slug: Some("demo".into()),
        id: domain::ids::JobId(Uuid::from_u128(1)),
        kind: "apply_import".into(),
        key: None,
        attempt: 1,
        started_at: Some(now() - TimeDelta::seconds(8)),
    };
    WorkerRow {
        id: domain::ids::WorkerId(Uuid::nil()),
        host: "box".into(),
        pid: 7,
        version: "1".into(),
        queues: vec!["default".into(), "heavy".into()],
        slots: 4,
        started_at: now(),
        seen_at: now(),
        state: "working".into(),
        jobs: vec![at_work],
    }
}

fn entry() -> EntryRow {
    EntryRow {
        name: "maintain_partitions".into(),
        cron: "0 * * * *".into(),
        zone: "Europe/London".into(),
        kind: "maintain_partitions".into(),
        enabled: true,
        last_tick: Some(now()),
        next_tick: now() + TimeDelta::minutes(30),
        missed: 2,
        missed_at: Some(now()),
        last_outcome: Some("failed".into()),
    }
}

fn lock() -> LockRow {
    LockRow {
        name: "backup/demo".into(),
        holder: "box:7".into(),
        fence: 1,
        lease_until: now(),
        acquired_at: now(),
        reason: HOSTILE.into(),
        is_over: true,
    }
}

fn whole(alerts: Vec<Alert>) -> String {
    let point = Point { at: now(), done: 3, failed: 1, other: 0, wait_ms: 1, wait_ms_max: 2, run_ms: 1, run_ms_max: 1 };
    let html = overview(&Overview {
        frame: frame(Place::Jobs),
        alerts,
        counts: Counts { done_hour: 1_204, ..Counts::default() },
        span: Span::Hour,
        points: vec![point],
        queues: vec![queue()],
        workers: vec![worker()],
        entries: vec![entry()],
        locks: vec![lock()],
        notes: Vec::new(),
        people: HashMap::from([("user:1".to_owned(), "ann@stoa.test".to_owned())]),
        done: None,
        clock: clock(),
    })
    .with_nonce("N");
    assert_clean(&html);
    assert!(!html.contains("<script>alert"), "{html}");
    html
}

#[test]
fn the_overview_says_what_needs_a_person_first_and_where_it_is() {
    let html = whole(vec![Alert::Dead(3), Alert::NoWorker]);
    let notices = texts(&html, ".notice");
    assert!(notices[0].starts_with("3 jobs failed permanently") && notices.len() == 2, "{notices:?}");
    assert_eq!(attributes(&html, ".notice a", "href"), ["/platform/jobs/list?state=dead"]);
    assert!(texts(&html, ".figure").contains(&"Done, last hour1,204".to_owned()), "{html}");
    assert_eq!(
        attributes(&html, ".act", "action"),
        [
            "/platform/jobs/queues/heavy/resume",
            "/platform/jobs/timetable/maintain_partitions/run",
            "/platform/jobs/timetable/maintain_partitions/disable",
            "/platform/jobs/locks/backup%2Fdemo/break"
        ]
    );
    assert!(html.contains("by ann@stoa.test") && html.contains("14:00: 3 done, 1 failed"), "{html}");
    assert!(texts(&whole(Vec::new()), ".notice").is_empty(), "quiet while all is well");
}

#[test]
fn a_list_is_a_form_whose_boxes_say_which() {
    let page = |found, query, typed: &[(&str, &str)], faults| {
        let frame = frame(Place::Jobs);
        let page = JobList {
            frame,
            query,
            typed: typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            faults,
            counts: Counts::default(),
            found,
            done: None,
            clock: clock(),
        };
        let html = list(&page).with_nonce("N");
        assert_clean(&html);
        html
    };
    let rows = |rows| Page { rows, newer: None, older: None };
    let dead = JobQuery { kind: Some("apply_import".into()), ..JobQuery::of(JobView::Live(JobState::Dead)) };
    let html =
        page(Listed::Live(JobState::Dead, rows(vec![job(JobState::Dead)])), dead.clone(), &[], FieldErrors::default());
    assert_eq!(attributes(&html, "[name=job]", "value"), [format!("{}/{}", tenant(), Uuid::from_u128(1))]);
    assert_eq!(texts(&html, ".bulk button"), ["Retry jobs", "Cancel jobs", "Delete jobs"]);
    assert_eq!(attributes(&html, "main form[method=post] [type=hidden]", "name"), ["state", "kind"]);
    assert!(attributes(&html, ".job-link", "href")[0].ends_with("?tenant=demo"), "{html}");
    let html = page(Listed::Live(JobState::Dead, rows(vec![])), JobQuery::of(dead.view), &[], FieldErrors::default());
    assert_eq!(texts(&html, ".empty-title"), ["No jobs here"]);
    let runs = Page { rows: vec![run(RunOutcome::Failed)], newer: None, older: None };
    let html = page(Listed::Ended(runs), JobQuery::of(JobView::Ended(None)), &[], FieldErrors::default());
    assert!(texts(&html, "tbody td").contains(&"1.2 s".to_owned()), "{html}");
    let none = Listed::Live(JobState::Running, rows(vec![]));
    let fault = FieldErrors::one("tenant", "There is no tenant 'x'.");
    let html = page(none, JobQuery::default(), &[("tenant", "x")], fault);
    assert_eq!(texts(&html, ".chip-ignored"), ["Ignored: tenant = x"]);
    assert_eq!(texts(&html, "#f-tenant-note"), ["There is no tenant 'x'."]);
}

#[test]
fn one_job_says_why_it_waits_and_what_was_tried() {
    let log = vec![LogLine { ms: 12, level: "warn".into(), text: HOSTILE.into() }];
    let detail = JobDetail {
        job: Some(job(JobState::Ready)),
        runs: vec![RunDetail { run: run(RunOutcome::Failed), payload: serde_json::json!({}), log }],
        notes: Vec::new(),
        waiting: vec![Waiting::NoWorker { queue: "heavy".into() }],
    };
    let one = OneJob {
        frame: frame(Place::Jobs),
        tenant: tenant(),
        id: domain::ids::JobId(Uuid::from_u128(1)),
        job: detail,
        people: HashMap::new(),
        done: None,
        clock: clock(),
    };
    let html = show(&one).with_nonce("N");
    assert_clean(&html);
    assert!(!html.contains("<script>alert"), "{html}");
    assert!(texts(&html, ".notice")[0].contains("No worker serves the queue heavy"), "{html}");
    assert_eq!(texts(&html, ".page-head button"), ["Cancel job", "Delete job"], "what is ready need not be retried");
    assert!(texts(&html, ".log")[0].contains("warning:"), "{html}");
}

#[test]
fn what_follows_is_said_before_it_is_done() {
    let page = Confirm {
        frame: frame(Place::Jobs),
        title: "Delete 2 jobs?".into(),
        words: vec!["The jobs are deleted.".into()],
        action: "/platform/jobs/change".into(),
        hidden: vec![("job".into(), HOSTILE.into())],
        label: Some("Delete 2 jobs".into()),
        asks_why: true,
        is_final: true,
        back: "/platform/jobs".into(),
        reason: HOSTILE.into(),
        faults: FieldErrors::one("reason", "Enter a reason."),
    };
    let html = confirm(&page).with_nonce("N");
    assert_clean(&html);
    assert_eq!(texts(&html, "#f-reason-note"), ["Enter a reason."]);
    assert_eq!(attributes(&html, "[name=job]", "value"), [HOSTILE]);
    let nothing = confirm(&Confirm { label: None, ..page }).with_nonce("N");
    assert!(texts(&nothing, "main button").is_empty());
}
