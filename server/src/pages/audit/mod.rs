//! `/t/{tenant}/audit`: who did what in the tenant, and the same as a file.

mod export;

pub use export::export;

use app::frame::Section;
use app::pages::audit::{Around, AuditPage, page as view};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use db::audit::{self, Entry};
use db::{DataError, Db, people};
use domain::audit::{AuditQuery, difference};
use domain::csv;
use domain::fields::UNKNOWN;
use domain::page::{Cursors, Limit, List, Page, Place, Seal};
use domain::permission::Permission;
use futures::stream::{self, Stream, StreamExt};
use http::{HeaderValue, header};

use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, Pairs};
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The heading of the file.
const HEADING: [&str; 11] =
    ["time", "tenant", "number", "actor", "via", "action", "object", "before", "after", "request", "address"];

/// One page of the record.
///
/// # Errors
/// For strangers, staff and viewers, and when PostgreSQL fails.
pub async fn index(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadAudit)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Audit);
    let (query, mut faults) = understood(&typed, &seal);
    // Whose it is is settled by the address.
    faults.add_if(query.tenant.is_some(), "tenant", UNKNOWN);
    let frame = frame(&scope, &member, visit, Section::Audit, None).await?;
    let query = AuditQuery { tenant: None, zone: Some(frame.zone), ..query };
    let page = audit::entries(&scope, &query, Limit::default()).await?.sealed(&seal);
    let people = people::emails(scope.db(), actors(&page, &query)).await?;
    let clock = frame.clock();
    let around = Around::Tenant(Box::new(frame));
    Ok(answer::ok(AuditPage { around, query, typed, faults, page, people, clock }, view).await)
}

/// What can be understood of an address, and the faults of the rest.
pub(in crate::pages) fn understood(typed: &Pairs, seal: &Seal) -> (AuditQuery, domain::fields::FieldErrors) {
    AuditQuery::understood(filters::of(typed), seal)
}

/// The filters in one line, for the record.
pub(in crate::pages) fn shown(query: &AuditQuery) -> String {
    query.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// The actors on a page, and the actor of the filter.
pub(in crate::pages) fn actors<'a>(
    page: &'a Page<Entry, Place>,
    query: &'a AuditQuery,
) -> impl Iterator<Item = &'a str> {
    let named = page.rows.iter().map(|entry| entry.actor.as_str());
    named.chain(query.actor.as_deref())
}

/// The lines of the file, `rows` at most, page after page: nothing is held but the page that is being sent.
pub(in crate::pages) fn lines<F, W>(
    query: AuditQuery,
    rows: usize,
    db: Db,
    pages: F,
) -> impl Stream<Item = Result<Bytes, DataError>>
where
    F: Fn(AuditQuery) -> W + Send,
    W: Future<Output = Result<Page<Entry, Place>, DataError>> + Send,
{
    let head = stream::iter([Ok(Bytes::from(csv::line(HEADING)))]);
    let rest = stream::try_unfold((Some((query, rows)), pages, db), |(next, pages, db)| async move {
        let Some((query, rows)) = next else { return Ok::<_, DataError>(None) };
        let mut page = pages(query.clone()).await?;
        page.rows.truncate(rows);
        let rows = rows - page.rows.len();
        let people = people::emails(&db, page.rows.iter().map(|e| e.actor.as_str())).await?;
        let text: String = page.rows.iter().map(|entry| line(entry, people.get(&entry.actor))).collect();
        let next = page.older.filter(|_| rows > 0).map(|cursor| (query.at(Some(cursor)), rows));
        Ok(Some((Bytes::from(text), (next, pages, db))))
    });
    head.chain(rest)
}

/// Those lines as a file to be kept.
pub(in crate::pages) fn file(
    name: &str,
    lines: impl Stream<Item = Result<Bytes, DataError>> + Send + 'static,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    let mut response = (headers, Body::from_stream(lines)).into_response();
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// As many entries as are read at once for a file.
pub(in crate::pages) fn most() -> Limit {
    Limit::new(u64::from(Limit::MAX)).unwrap_or_default()
}

fn line(entry: &Entry, email: Option<&String>) -> String {
    let changed = difference(entry.before.as_ref(), entry.after.as_ref());
    let side = |of: fn(&domain::audit::Changed) -> Option<&String>| {
        let fields = changed.iter().filter_map(|c| of(c).map(|text| format!("{}: {text}", c.field)));
        fields.collect::<Vec<_>>().join("; ")
    };
    let whose = if entry.tenant.0.is_nil() { Some("-".to_owned()) } else { entry.slug.clone() };
    csv::line([
        entry.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        whose.unwrap_or_default(),
        entry.seq.to_string(),
        email.unwrap_or(&entry.actor).clone(),
        entry.via.as_str().to_owned(),
        entry.action.clone(),
        entry.subject.clone(),
        side(|c| c.before.as_ref()),
        side(|c| c.after.as_ref()),
        entry.request_id.clone().unwrap_or_default(),
        entry.address.clone().unwrap_or_default(),
    ])
}
