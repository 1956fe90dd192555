//! How PostgreSQL means to do what background work asks of it.

use domain::ids::{CustomerId, Uuid};
use sea_orm::{FromQueryResult, Value};

use crate::platform::Platform;
use crate::scope::Scope;

#[derive(FromQueryResult)]
struct Line {
    #[sea_orm(from_alias = "QUERY PLAN")]
    line: String,
}

/// The plan of looking for mail that is due.
pub async fn mail_due(platform: &Platform) -> String {
    let now = platform.db().clock().now();
    of_platform(platform, crate::outbox::DUE, vec![now.into(), now.into(), 8_i64.into()]).await
}

/// The plan of looking for summaries that are due.
pub async fn summaries_due(platform: &Platform) -> String {
    of_platform(platform, crate::summaries::DUE, vec![platform.db().clock().now().into(), 50_i64.into()]).await
}

/// The plan of looking for low stock.
pub async fn stock_low(platform: &Platform) -> String {
    of_platform(platform, crate::stock::LOW, vec![200_i64.into(), "stock.alerts".into()]).await
}

/// The plan of gathering the metrics of the customers up to `last`.
pub async fn metrics(scope: &Scope, last: CustomerId) -> String {
    let tx = scope.begin().await.expect("begin");
    let sql = format!("explain {}", crate::customer_metrics::facts());
    let lines: Vec<Line> = tx.all(&sql, [Uuid::nil().into(), last.0.into()]).await.expect("plan");
    lines.into_iter().map(|l| l.line + "\n").collect()
}

async fn of_platform(platform: &Platform, sql: &str, values: Vec<Value>) -> String {
    let tx = platform.begin().await.expect("begin");
    let lines: Vec<Line> = tx.all(&format!("explain {sql}"), values).await.expect("plan");
    lines.into_iter().map(|l| l.line + "\n").collect()
}
