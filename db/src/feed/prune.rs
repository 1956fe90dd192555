//! Forgetting events.

use chrono::{DateTime, Utc};
use domain::settings::FEWEST_EVENTS;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Expr, Func};

use crate::entities::{TenantQueries, feed_head};
use crate::error::DataError;
use crate::scope::Scope;

/// So many events at once: their rows are locked by nobody else, but the tenant's writers wait while the head is.
const AT_ONCE: i64 = 5_000;

#[derive(FromQueryResult)]
struct Cut {
    first: Option<i64>,
    gone: i64,
}

/// Forgets the oldest events of the tenant, [`AT_ONCE`] at most, until one that is not older than `before` or is among the
/// newest [`FEWEST_EVENTS`]; how many. What remains has no hole, and whoever resumes before it is told of a gap. Index: the
/// primary key.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    // SQL: what goes is found and deleted in one statement, which says where the rest begins.
    let sql = "with oldest as ( \
                 select e.seq, e.at from feed_events e where e.tenant_id = $1 \
                   and e.seq <= (select h.last_seq - $3 from feed_heads h where h.tenant_id = $1) order by e.seq limit $4), \
               cut as (select coalesce((select min(o.seq) from oldest o where o.at >= $2), (select max(o.seq) + 1 from oldest o)) as first), \
               gone as (delete from feed_events e using cut where e.tenant_id = $1 and e.seq < cut.first returning e.seq) \
               select cut.first, (select count(*) from gone) as gone from cut";
    let tx = scope.begin().await?;
    let cut: Option<Cut> = tx.one(sql, [before.into(), FEWEST_EVENTS.into(), AT_ONCE.into()]).await?;
    let Some(Cut { first: Some(first), gone: gone @ 1.. }) = cut else {
        tx.end();
        return Ok(0);
    };
    // Last, because the tenant's writers wait for it.
    let later = Func::greatest([Expr::col(feed_head::Column::FirstSeq), Expr::val(first)]);
    tx.update::<feed_head::Entity>().col_expr(feed_head::Column::FirstSeq, later.into()).exec(tx.conn()).await?;
    tx.commit().await?;
    Ok(gone.unsigned_abs())
}
